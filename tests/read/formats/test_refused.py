"""Files that are damaged, that claim a wrong size, or that could run code."""

from __future__ import annotations

import io
import pickle
import struct
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import projector_export as px
from tests.helpers.vector_files import WRITERS, keyed_vectors

RAN = Path("/nowhere/pickle-was-run")


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return RAN.touch, ()


def refusal(path: Path) -> px.InputError:
    with pytest.raises(px.InputError) as caught:
        px.read_vectors(path)
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message
    return caught.value


def lines_of_python(error: px.InputError) -> str:
    """Return the lines to run from a tip, which compile as Python."""
    _, *lines = str(error.tip).splitlines()
    assert len(lines) == 2
    compile("\n".join(lines), "tip", "exec")
    return "\n".join(lines)


def test_the_file_of_gensim_is_refused_with_lines_that_convert_it(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    keyed_vectors().save("words.kv")
    error = refusal(Path("words.kv"))
    assert "is a pickle, which can run any code" in error.message
    exec(lines_of_python(error), {})  # noqa: S102
    np.testing.assert_array_equal(px.read_vectors("vectors.bin"), keyed_vectors().vectors)


def test_a_whole_model_of_gensim_is_refused_too(tmp_path, monkeypatch) -> None:
    from gensim.models import Word2Vec

    monkeypatch.chdir(tmp_path)
    model = Word2Vec([["a", "b", "c"]] * 20, vector_size=5, min_count=1, workers=1)
    model.save("words.model")
    exec(lines_of_python(refusal(Path("words.model"))), {})  # noqa: S102
    np.testing.assert_array_equal(px.read_vectors("vectors.bin"), model.wv.vectors)


def test_a_pickled_array_or_table_is_refused_too(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("v.pkl").write_bytes(pickle.dumps(np.ones((3, 4))))
    exec(lines_of_python(refusal(Path("v.pkl"))), {})  # noqa: S102
    assert px.read_vectors("vectors.npy").tolist() == np.ones((3, 4)).tolist()
    pd.DataFrame({"e0": [1.0, 2.0], "e1": [3.0, 4.0], "e2": [0.0, 0.0]}).to_pickle("t.pkl")
    exec(lines_of_python(refusal(Path("t.pkl"))), {})  # noqa: S102
    assert px.read_vectors("table.parquet").tolist() == [[1, 3, 0], [2, 4, 0]]


@pytest.mark.parametrize("name", ["v.pkl", "v.npy", "v.csv", "v"])
def test_no_pickle_is_run_whatever_its_name(tmp_path, name) -> None:
    (tmp_path / name).write_bytes(pickle.dumps(Bomb()))
    assert "is a pickle" in refusal(tmp_path / name).message
    assert not RAN.exists()


def test_fasttexts_model_is_refused_with_lines_that_convert_it(tmp_path) -> None:
    (tmp_path / "wiki.bin").write_bytes(struct.pack("<ii", 793712314, 12) + bytes(100))
    assert "load_facebook_vectors" in lines_of_python(refusal(tmp_path / "wiki.bin"))


def npy_header(shape: tuple[int, ...]) -> bytes:
    file = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue()


def test_headers_that_claim_too_much_take_no_memory(tmp_path) -> None:
    huge = npy_header((10**12, 300)) + bytes(100)
    (tmp_path / "v.npy").write_bytes(huge)
    with zipfile.ZipFile(tmp_path / "v.npz", "w") as archive:
        archive.writestr("v.npy", huge)
    (tmp_path / "v.bin").write_bytes(b"999999999999 300\nking " + bytes(range(200, 256)) * 60)
    header = (
        b'{"v":{"dtype":"F32","shape":[1000000000000,300],"data_offsets":[0,1200000000000000]}}'
    )
    (tmp_path / "v.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(100))
    assert "its header says (1000000000000, 300)" in refusal(tmp_path / "v.npy").message
    assert "its header says (1000000000000, 300)" in refusal(tmp_path / "v.npz").message
    assert "is too short for the 999,999,999,999 words" in refusal(tmp_path / "v.bin").message
    assert "cannot be read as safetensors" in refusal(tmp_path / "v.safetensors").message


def test_a_dataset_of_hdf5_that_claims_more_than_is_stored_takes_no_memory(tmp_path) -> None:
    import h5py

    with h5py.File(tmp_path / "v.weights.h5", "w") as weights:
        group = weights.create_group("layers/embedding/vars")
        group.create_dataset("0", shape=(10**9, 300), dtype="f4", chunks=(10, 300))
    assert "claims 1,200,000,000,000 bytes" in refusal(tmp_path / "v.weights.h5").message


FILES = ["Parquet of lists", "Feather", "safetensors", "word2vec, binary", "FAISS index with ids"]


@pytest.mark.parametrize("title", FILES)
def test_a_file_that_ends_early_is_refused(tmp_path, title) -> None:
    path = WRITERS[title](tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    refusal(path)


@pytest.mark.parametrize("title", ["Keras weights", "AnnData"])
def test_a_damaged_hdf5_file_is_refused(tmp_path, title) -> None:

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = WRITERS[title](tmp_path)
    path.write_bytes(path.read_bytes()[:1000])
    refusal(path)


def test_a_checkpoint_that_ends_early_is_refused(tmp_path) -> None:
    path = WRITERS["TensorFlow checkpoint's prefix"](tmp_path)
    data = next(tmp_path.glob("*.data-*"))
    data.write_bytes(data.read_bytes()[:50])
    assert "cannot be read as a TensorFlow checkpoint" in refusal(path).message


def test_word2vec_text_with_fewer_words_than_it_claims_is_refused(tmp_path) -> None:
    path = WRITERS["word2vec, text"](tmp_path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    assert "the first line says 24 words, and there are 23" in refusal(path).message


def test_a_list_of_another_length_is_reported_with_its_row(tmp_path) -> None:
    rows = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0, 7.0]]
    table = pd.DataFrame({"word": list("abc"), "vector": rows})
    table.to_parquet(tmp_path / "v.parquet")
    table.to_json(tmp_path / "v.jsonl", orient="records", lines=True)
    assert "vector 2 has length 3; expected 2" in refusal(tmp_path / "v.parquet").message
    assert "vector 2 has shape (3,); expected (2,)" in refusal(tmp_path / "v.jsonl").message


def test_a_missing_list_is_reported_with_its_row(tmp_path) -> None:
    table = pd.DataFrame({"word": list("abc"), "vector": [[1.0, 2.0], None, [5.0, 6.0]]})
    table.to_parquet(tmp_path / "v.parquet")
    table.to_json(tmp_path / "v.jsonl", orient="records", lines=True)
    assert "vector 1 has no list" in refusal(tmp_path / "v.parquet").message
    assert "row 1 has no vector in 'vector'" in refusal(tmp_path / "v.jsonl").message


def test_a_list_that_was_shortened_when_printed_is_refused(tmp_path) -> None:
    pd.DataFrame({"a": ["x", "y"], "v": [np.ones(2000)] * 2}).to_csv(tmp_path / "v.csv")
    assert "the list was shortened when it was printed" in refusal(tmp_path / "v.csv").message


@pytest.mark.parametrize(
    ("title", "module", "extra"),
    [
        ("Parquet of lists", "pyarrow", "parquet"),
        ("safetensors", "safetensors", "safetensors"),
        ("FAISS index with ids", "faiss", "faiss"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(
    tmp_path, monkeypatch, title, module, extra
) -> None:
    path = WRITERS[title](tmp_path)
    monkeypatch.setitem(sys.modules, module, None)
    error = refusal(path)
    assert error.message == f"{path} is read with {module}, which is not installed"
    assert error.tip == f"pip install 'projector-export[{extra}]'"


BEGINNINGS = [
    b"\x93NUMPY\x01\x00",
    b"PK\x03\x04",
    b"PAR1",
    b"ARROW1",
    b"\x89HDF\r\n\x1a\n",
    b"3 5\n",
]
BEGINNINGS += [
    b'{"a": [',
    b"IxFI",
    b"\x80\x04",
    b"\x02\0\0\0\0\0\0\0{}",
    b"a 1 2 3\n",
    b"a,b0,b1,b2\n",
]


@settings(max_examples=200, deadline=None)
@given(beginning=st.sampled_from(BEGINNINGS), rest=st.binary(max_size=200))
def test_any_file_is_read_or_refused_in_one_line(tmp_path_factory, beginning, rest) -> None:
    path = tmp_path_factory.getbasetemp() / "file"
    path.write_bytes(beginning + rest)
    for read in (px.read_embedding, px.read_vectors, px.read_metadata):
        try:
            read(path)
        except px.InputError as error:
            assert "\n" not in error.message  # noqa: PT017


FILES_OF_BYTES = [
    title
    for title in WRITERS
    if not title.startswith(("TensorFlow", "SavedModel", "LanceDB", "tensorboardX", "pair"))
]


@pytest.mark.parametrize("title", FILES_OF_BYTES)
def test_a_file_with_damaged_bytes_is_read_or_refused_in_one_line(tmp_path, title) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = WRITERS[title](tmp_path)
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    for _ in range(10):
        damaged = bytearray(whole)
        for end in (len(whole), min(300, len(whole))):  # anywhere, and among what comes first
            damaged[rng.integers(end)] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            px.read_embedding(path)
        except px.InputError as error:
            assert "\n" not in error.message  # noqa: PT017
