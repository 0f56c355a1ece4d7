"""Every format, from files that the tools themselves wrote: read back, exported and checked."""

from __future__ import annotations

import tomllib
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from projector_export.read.formats import FORMATS, find_format
from tests.helpers.running import PROJECT, exit_code
from tests.helpers.vector_files import (
    DIM,
    HAS_METADATA,
    LABELS,
    NUM_ROWS,
    TABLE,
    VECTORS,
    WRITERS,
)


class Files:
    """Each file is written once, when it is first asked for."""

    def __init__(self, new_folder: Callable[[str], Path]) -> None:
        self._new_folder = new_folder
        self._written: dict[str, Path] = {}

    def __getitem__(self, title: str) -> Path:
        if title not in self._written:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what the tools warn of is not this program's
                self._written[title] = WRITERS[title](self._new_folder("files"))
        return self._written[title]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp)


@pytest.mark.parametrize("title", WRITERS)
def test_vectors_are_read_back_as_they_were_written(files, title) -> None:
    vectors = px.read_vectors(files[title])
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    # Text has as many digits as its writer gives it; NumPy prints eight.
    if title == "CSV of arrays":
        np.testing.assert_allclose(vectors, VECTORS, atol=1e-7)
    else:
        np.testing.assert_array_equal(vectors, VECTORS)


@pytest.mark.parametrize("title", WRITERS)
def test_metadata_is_read_too(files, title) -> None:
    embedding = px.read_embedding(files[title])
    assert embedding.labels == LABELS[title]
    if title in HAS_METADATA:
        columns = {str(name): cells for name, cells in embedding.metadata.to_dict("list").items()}
        assert next(iter(columns)) == "word"
        assert columns == TABLE.to_dict("list")


@pytest.mark.parametrize("title", WRITERS)
def test_the_command_exports_it_without_an_error(files, title, tmp_path, capsys) -> None:
    options = ["--layouts", "none", "-o", str(tmp_path / "map")]
    assert exit_code(["export", str(files[title]), *options]) == 0
    report = px.check(tmp_path / "map")
    assert report.num_errors == 0
    assert len(px.open_export(tmp_path / "map").table().vectors) == NUM_ROWS


def test_every_format_has_a_file_in_these_tests(files) -> None:
    tested = {find_format(path, what="vectors").title for path in map(files.__getitem__, WRITERS)}
    elsewhere = {"Qdrant folder", "Chroma folder"}  # test_databases.py
    elsewhere |= {"pickle", "fastText model", "projector config", "torch tensors"}
    assert {known.title for known in FORMATS} - tested == elsewhere


@pytest.mark.parametrize("title", ["Parquet of lists", "GloVe", "Keras model", ".npy", "AnnData"])
def test_the_content_of_a_file_decides_its_format(files, title, tmp_path) -> None:
    for name in ("vectors", "vectors.csv", "vectors.npy"):
        path = tmp_path / name
        path.write_bytes(files[title].read_bytes())
        np.testing.assert_array_equal(px.read_vectors(path), VECTORS)


def test_reading_writes_no_files(files) -> None:
    for title in WRITERS:
        folder = files[title] if files[title].is_dir() else files[title].parent
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
        px.read_embedding(files[title])
        assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before, title


@pytest.mark.parametrize("dtype", ["float16", "float64", "int8", "uint16", "bfloat16"])
def test_safetensors_of_other_numbers_become_float32(tmp_path, dtype) -> None:
    import ml_dtypes
    from safetensors.numpy import save_file

    rows = np.arange(12).reshape(4, 3).astype(getattr(ml_dtypes, dtype, dtype))
    save_file({"rows": rows}, tmp_path / "v.safetensors")
    vectors = px.read_vectors(tmp_path / "v.safetensors")
    assert vectors.dtype == np.float32
    assert vectors.tolist() == np.arange(12).reshape(4, 3).tolist()


def test_metadata_without_vectors_is_read_from_every_table(files) -> None:
    tables = [
        title
        for title in WRITERS
        if title.startswith(("Parquet", "Feather", "JSON")) and title in HAS_METADATA
    ]
    for title in [*tables, "AnnData", ".npz", "LanceDB folder"]:
        metadata = px.read_metadata(files[title])
        assert [name for name in TABLE if name not in metadata] == []
        assert metadata["word"].tolist() == TABLE["word"].tolist()


def test_a_file_of_vectors_is_refused_as_metadata(files) -> None:
    with pytest.raises(px.InputError, match="has vectors and no metadata"):
        px.read_metadata(files[".npy"])


def test_every_suffix_and_extra_is_on_the_page_of_formats() -> None:
    page = (PROJECT / "docs" / "formats.md").read_text("utf-8")
    suffixes = {suffix for known in FORMATS for suffix in known.suffixes}
    assert {suffix for suffix in suffixes if suffix not in page} == set()
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    read_with = set(extras["optional-dependencies"]) - {
        "pacmap",
        "huggingface",
        "test",
        "dev",
        "formats",
    }
    assert {extra for extra in read_with if f"| `{extra}` |" not in page} == set()


@pytest.mark.parametrize(("kind", "max_error"), [("SQ8", 0.1), ("PCA8,Flat", 1e-4)])
def test_a_compressed_index_gives_vectors_near_those_that_went_in(
    tmp_path, kind, max_error
) -> None:
    import faiss

    rows = np.random.default_rng(0).normal(size=(300, DIM)).astype(np.float32)
    index = faiss.index_factory(DIM, kind)
    index.train(rows)
    index.add(rows)
    faiss.write_index(index, str(tmp_path / "v.faiss"))
    np.testing.assert_allclose(px.read_vectors(tmp_path / "v.faiss"), rows, atol=max_error)


def test_tables_that_faiss_computes_may_be_larger_than_the_file(tmp_path) -> None:
    import faiss

    rows = np.random.default_rng(0).normal(size=(300, DIM)).astype(np.float32)
    index = faiss.IndexIVFPQ(faiss.IndexFlatL2(DIM), DIM, 2, DIM, 8)
    index.pq.cp.niter = 1  # 256 values for the 300 numbers of each column are near at once
    index.train(rows)
    index.add(rows)
    faiss.write_index(index, str(tmp_path / "v.faiss"))
    assert (tmp_path / "v.faiss").stat().st_size < 4 * 2 * DIM * 256  # the table's bytes
    np.testing.assert_allclose(px.read_vectors(tmp_path / "v.faiss"), rows, atol=0.5)


def test_an_index_whose_vectors_faiss_cannot_give_back_is_refused(tmp_path) -> None:
    import faiss

    rows = np.random.default_rng(0).normal(size=(100, DIM)).astype(np.float32)
    index = faiss.index_factory(DIM, "IVF2,PQ4x4fs")
    index.train(rows)
    index.add(rows)
    faiss.write_index(index, str(tmp_path / "v.faiss"))
    with pytest.raises(px.InputError, match="cannot give back the vectors of a fast-scan index"):
        px.read_vectors(tmp_path / "v.faiss")
