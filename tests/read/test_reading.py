from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from projector_export.errors import InputError
from projector_export.fixer.fix import write_fixed
from projector_export.read.files import read_embedding, read_metadata, read_vectors

ROWS = [[1.5, -2.0, 3e-8], [0.0, 1.0, 1e30]]


def file_of(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def npy(array: np.ndarray, *, allow_pickle: bool = False) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=allow_pickle)
    return file.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("v.tsv", "1.5\t-2\t3e-8\n0\t1\t1e30\n"),
        ("v.txt", "\ufeff1.5\t-2\t3e-8\r\n\r\n0\t1\t1e30"),
        ("v.csv", "1.5, -2, 3e-8\n0,1,1e30\n\n"),
        ("v.npy", npy(np.array(ROWS))),
        ("v.npy", npy(np.asfortranarray(ROWS, dtype=np.float32))),
        ("v.npz", npz(vectors=np.array(ROWS), titles=np.array(["a", "b"]))),
    ],
)
def test_vectors_are_read_as_float32_from(tmp_path: Path, name: str, content: str | bytes):
    vectors = read_vectors(file_of(tmp_path, name, content))
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    np.testing.assert_array_equal(vectors, np.array(ROWS, np.float32))


def test_whole_numbers_are_vectors_too(tmp_path: Path):
    path = file_of(tmp_path, "v.npy", npy(np.array([[1, 2], [3, 4]])))
    np.testing.assert_array_equal(read_vectors(path), np.array([[1, 2], [3, 4]], np.float32))


@pytest.mark.parametrize(
    "content",
    [
        "1.5;-2;3e-8\n0;1;1e30\n",
        "1.5\t-2\t3e-8\n0\t1\t1e30\n",
        "1.5 -2 3e-8\n0  1 1e30\n",
        "x,y,z\n1.5,-2,3e-8\n0,1,1e30\n",
        "0,1,2\n1.5,-2,3e-8\n0,1,1e30\n",  # names that pandas gives to columns
        ",0,1,2\n0,1.5,-2,3e-8\n1,0,1,1e30\n",  # and to rows
    ],
)
@pytest.mark.parametrize("name", ["v.csv", "v.tsv", "v.txt", "vectors"])
def test_vectors_as_text_may_have_any_separator_and_a_header(tmp_path, name, content):
    vectors = read_vectors(file_of(tmp_path, name, content))
    np.testing.assert_array_equal(vectors, np.array(ROWS, np.float32))


@pytest.mark.parametrize("content", ["king,1,2\nqueen,2,3\n", "king\t1\t2\nqueen\t2\t3\n"])
def test_a_word_in_front_of_each_vector_is_its_label(tmp_path, content):
    embedding = read_embedding(file_of(tmp_path, "v.csv", content))
    assert embedding.labels == ["king", "queen"]
    assert embedding.vectors.tolist() == [[1, 2], [2, 3]]


@pytest.mark.parametrize(
    ("name", "content", "tip"),
    [
        ("v.npy", npy(np.array([[1, 2], None], object), allow_pickle=True), "np.stack(rows)"),
        ("v.npy", npy(np.zeros(3)), "save one row per vector"),
        ("v.csv", "1,5;2,5\n4,5;5,5\n", "separated by semicolons"),
        ("v.csv", "1,2\nqueen,3\n", "is that line a label or a header?"),
        ("v.csv", "1,2\nx,y\n", None),
    ],
)
def test_vectors_in_another_shape_are_recognized(tmp_path, name, content, tip):
    with pytest.raises(InputError) as caught:
        read_vectors(file_of(tmp_path, name, content))
    assert caught.value.tip is None if tip is None else tip in caught.value.tip


def test_a_long_cell_that_is_not_a_number_is_not_quoted(tmp_path):
    with pytest.raises(InputError) as caught:
        read_vectors(file_of(tmp_path, "v.csv", "1,2\n1," + "x" * 300))
    assert len(caught.value.message.removeprefix(str(tmp_path))) < 130


@pytest.mark.parametrize(
    ("content", "tip"),
    [
        ("word\na\nb\nc\n", "the first line 'word' seems to be a header"),
        ("a,k\nb,k\nc,k\n", "header"),
        ("w\n" * 4, "the vectors seem to be transposed; save vectors.T instead"),
        ("word;kind\na;k\nb,c;k\nc;k\n", "separated by semicolons"),
        ("word;kind\na;k\nb;k\nc;k\n", "separated by semicolons; save the file with commas"),
        ("word\tkind\na\tk\nb\tk\nc\tk\n", "separated by tabs; save the file with commas"),
        (",word\n0,a\n1,b\n2,c\n", "that is pandas' row index; save the table with"),
        ("Unnamed: 0,word\n0,a\n1,b\n2,c\n", "that is pandas' row index"),
        (",kind\na,k\nb,k\nc,k\n", "name the column; from pandas"),
        ("a\nb\n", None),
    ],
)
def test_metadata_that_does_not_fit_is_recognized(tmp_path, content, tip):
    # Three vectors; of four numbers, so that four labels look like those of the columns.
    dim = 4 if content.startswith("w\n") else 5
    vectors = file_of(tmp_path, "v.npy", npy(np.ones((3, dim))))
    with pytest.raises(InputError) as caught:
        read_embedding(vectors, file_of(tmp_path, "m.csv", content))
    assert caught.value.tip is None if tip is None else tip in caught.value.tip


def test_labels_with_commas_are_labels_if_their_number_fits(tmp_path):
    vectors = file_of(tmp_path, "v.npy", npy(np.ones((2, 5))))
    labels = file_of(tmp_path, "m.tsv", "Tolstoy, Leo\nAusten, Jane\n")
    assert read_embedding(vectors, labels).labels == ["Tolstoy, Leo", "Austen, Jane"]


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return Path("/nowhere/pickle-was-run").touch, ()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("v.tsv", "", "v.tsv is empty; expected one vector per line"),
        ("v.tsv", "1\t2\n\n1\tx\n", "v.tsv:3: could not convert string to float"),
        ("v.tsv", "\n1\t2\n1\t2\t3\n", "v.tsv:3 has 3 numbers where the first line has 2"),
        ("v.tsv", "1\t\t2\n", "v.tsv contains only a header"),
        ("v.tsv", "1\t2\n1\t\n", "v.tsv:2: could not convert string to float"),
        ("v.tsv", "a\tb\nx\ty\n", "v.tsv has no vectors: no column of lists, and not several"),
        ("v.tsv", "a\tb\nx\t1\n", "v.tsv has no vectors"),
        ("v.tsv", "a\tb\n1\t2\n1\tx\n", "v.tsv has no vectors"),
        ("v.tsv", b"1\t2\n\xff\n", "v.tsv is not UTF-8 at byte 4"),
        ("v.bin", b"\x00", "v.bin has the suffix of word2vec, binary, but not its content"),
        ("v.xyz", b"\x00", "v.xyz has no known format; expected vectors"),
        ("v.npy", b"\x00", "v.npy has the suffix of NumPy array, but not its content"),
        ("v.npy", b"", "v.npy is empty"),
        ("v.npy", b"\x93NUMPY\x01\x00\x02\x00({", "v.npy cannot be read as a NumPy file"),
        ("v.npy", b"\x93NUMPY\x01\x00", "v.npy cannot be read as a NumPy file"),
        ("v.npy", npy(np.zeros((2, 3)))[:-4], "v.npy is too short: its header says (2, 3)"),
        ("v.npy", npy(np.array([[Bomb()]]), allow_pickle=True), "v.npy contains Python objects"),
        ("v.npz", npz(a=np.zeros((2, 3)))[:-40], "v.npz cannot be read as a NumPy file"),
        ("v.npz", b"PK\x03\x04 broken", "v.npz cannot be read as a NumPy file"),
        (
            "v.npy",
            npy(np.zeros(3)),
            "v.npy contains an array of shape (3,); expected a matrix of (rows",
        ),
        ("v.npy", npy(np.zeros((2, 2, 2))), "v.npy contains an array of shape (2, 2, 2)"),
        ("v.npz", npz(), "v.npz contains nothing; expected a matrix"),
        ("v.npy", npy(np.array([["a"]])), "v.npy contains a matrix of <U1; expected real numbers"),
        ("v.npy", npy(np.ones((2, 2), complex)), "v.npy contains a matrix of complex128"),
        (
            "v.npz",
            npz(a=np.ones((2, 2)), b=np.ones((2, 2))),
            "contains 2 matrices; expected the name of one",
        ),
    ],
)
def test_bad_vectors_are_refused_in_one_line(tmp_path, name, content, words):
    with pytest.raises(InputError) as caught:
        read_vectors(file_of(tmp_path, name, content))
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_damage_within_a_packed_npz_is_refused(tmp_path: Path):
    content = bytearray(npz(a=np.arange(3000.0).reshape(1000, 3)))
    middle = len(content) // 2
    content[middle : middle + 50] = bytes(50)
    with pytest.raises(InputError, match="cannot be read as a NumPy file"):
        read_vectors(file_of(tmp_path, "v.npz", bytes(content)))


def test_a_pickle_within_an_npz_is_not_opened(tmp_path: Path):
    path = tmp_path / "v.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", npy(np.array([[Bomb()]]), allow_pickle=True))
    with pytest.raises(InputError, match="contains Python objects"):
        read_vectors(path)


@pytest.mark.parametrize("content", ["1\t1e39\n1\t1\n", "1\tnan\n1\t1\n", "1\t-inf\n1\t1\n"])
def test_nan_and_infinity_are_reported_with_their_row(tmp_path, content):
    path = file_of(tmp_path, "v.tsv", content)
    with pytest.raises(InputError, match="words: row 0 contains NaN or infinity"):
        read_embedding(path, name="words")


def test_float64_too_large_for_float32_is_reported_too(tmp_path: Path):
    path = file_of(tmp_path, "v.npy", npy(np.array([[1.0, 1.0], [1e39, 1.0]])))
    with pytest.raises(InputError, match="words: row 1 contains NaN or infinity"):
        read_embedding(path, name="words")


def test_without_metadata_rows_are_labeled_by_their_number(tmp_path: Path):
    embedding = read_embedding(file_of(tmp_path, "v.csv", "1,2\n3,4\n"))
    assert embedding.labels == ["row 0", "row 1"]


def test_a_tsv_is_split_only_at_tabs(tmp_path: Path):
    path = file_of(tmp_path, "m.tsv", '\ufeffword\tkind\n"a, b"\tx\r\nc\u2028d\t\n')
    table = read_metadata(path)
    assert table.to_dict("list") == {"word": ['"a, b"', "c\u2028d"], "kind": ["x", ""]}


def test_a_csv_may_quote_commas_line_ends_and_quotes(tmp_path: Path):
    path = file_of(tmp_path, "m.csv", 'word,kind\n"a, ""b""","x\ny"\nc,\n')
    table = read_metadata(path)
    assert table.to_dict("list") == {"word": ['a, "b"', "c"], "kind": ["x\ny", ""]}


@pytest.mark.parametrize("name", ["m.tsv", "m.csv"])
def test_one_column_has_no_header(tmp_path: Path, name: str):
    table = read_metadata(file_of(tmp_path, name, "dog\ncat\n"))
    assert table.to_dict("list") == {"label": ["dog", "cat"]}


def test_names_of_columns_lose_blanks_and_quotes(tmp_path: Path):
    table = read_metadata(file_of(tmp_path, "m.csv", ' word ,"kind",kind of\na,b,c\n'))
    assert list(table.columns) == ["word", "kind", "kind of"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "20", "-3"], [1, 20, -3]),
        (["1.5", ".5", "1e3"], [1.5, 0.5, 1000.0]),
        (["1900", "", "NaN"], [1900.0, None, None]),
        (["007", "8", "9"], ["007", "8", "9"]),
        (["+44", "1", "2"], ["+44", "1", "2"]),
        (["1234567890123456", "1", "2"], ["1234567890123456", "1", "2"]),
        (["0x10", "1", "2"], ["0x10", "1", "2"]),
        (["NA", "Null", "1"], ["NA", "Null", "1"]),
        (["", "", ""], ["", "", ""]),
        (["1_0", "1", "2"], ["1_0", "1", "2"]),
        (["\uff11", "1", "2"], ["\uff11", "1", "2"]),
    ],
)
@pytest.mark.parametrize(("name", "mark"), [("m.tsv", "\t"), ("m.csv", ",")])
def test_a_column_is_numeric_if_its_cells_print_as_written(
    tmp_path: Path, name: str, mark: str, cells: list[str], expected: list[object]
):
    lines = [f"word{mark}value", *(f"w{mark}{cell}" for cell in cells)]
    column = read_metadata(file_of(tmp_path, name, "\n".join(lines)))["value"]
    assert [None if pd.isna(cell) else cell for cell in column] == expected
    assert pd.api.types.is_numeric_dtype(column) == (not isinstance(expected[0], str))


@pytest.mark.parametrize("name", ["m.tsv", "m.csv"])
def test_the_label_stays_text_even_if_all_labels_are_numbers(tmp_path: Path, name: str):
    mark = "," if name == "m.csv" else "\t"
    path = file_of(tmp_path, name, f"title{mark}year\n1984{mark}1949\n2666{mark}2004\n")
    table = read_metadata(path)
    assert table["title"].tolist() == ["1984", "2666"]
    assert table["year"].tolist() == [1949, 2004]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("m.tsv", "", "m.tsv is empty; expected one line per vector"),
        ("m.tsv", " \n\n", "m.tsv is empty; expected one line per vector"),
        ("m.tsv", "a\tb\n", "m.tsv contains only a header"),
        ("m.tsv", "a\tb\n\n1\t2\n1\t2\t3\n", "m.tsv:4 has 3 cells where line 1 has 2"),
        ("m.tsv", "one\ntwo\tthree\n", "m.tsv:2 has 2 cells where line 1 has 1"),
        ("m.tsv", b"a\tb\n\xe9\t1\n", "m.tsv is not UTF-8 at byte 4"),
        ("m.csv", "", "m.csv is empty; expected one line per vector"),
        ("m.csv", "a,b\n1,2,3\n", "m.csv:2 has 3 cells where line 1 has 2"),
        ("m.csv", 'a,b\n"x\ny",1\n2\n', "m.csv:4 has 1 cells where line 1 has 2"),
        ("m.csv", 'a,b\n"x,1\n', "m.csv:2: not CSV: unexpected end of data"),
        ("m.csv", b"a,b\n\xff,1\n", "m.csv is not UTF-8 at byte 4"),
        ("m.xlsx", b"PK\x03\x04\0", "m.xlsx has no known format; expected metadata"),
    ],
)
def test_bad_metadata_is_refused_in_one_line(tmp_path, name, content, words):
    with pytest.raises(InputError) as caught:
        read_metadata(file_of(tmp_path, name, content))
    assert words in caught.value.message
    assert "\n" not in caught.value.message


def test_missing_files_and_folders_are_named(tmp_path: Path):
    with pytest.raises(
        InputError, match=r"x\.npy does not exist; expected vectors, such as in \.npy"
    ):
        read_vectors(tmp_path / "x.npy")
    with pytest.raises(InputError, match=r"is a folder; expected metadata, such as in \.csv"):
        read_metadata(tmp_path)


def test_a_row_of_tabs_is_a_row_and_a_blank_line_is_not(tmp_path: Path):
    table = read_metadata(file_of(tmp_path, "m.tsv", "a\tb\n \n\t\nx\ty\n"))
    assert table.to_dict("list") == {"a": ["", "x"], "b": ["", "y"]}


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=60) | st.text(st.sampled_from('a1,\t\n\r" .e-'), max_size=40))
@example(content="\t\n\r ")
@pytest.mark.parametrize("name", ["f.tsv", "f.csv", "f.npy", "f.npz"])
def test_any_bytes_are_read_or_refused(tmp_path_factory, name: str, content: bytes | str):
    path = file_of(tmp_path_factory.getbasetemp(), name, content)
    for read in (read_vectors, read_metadata):
        try:
            assert len(read(path)) > 0
        except InputError as error:
            assert str(path) in error.message  # noqa: PT017


def test_the_error_for_a_quoted_tab_says_how_to_fix_it(tmp_path: Path):
    table = 'title\tgenre\nOne\tdrama\n"Tab\there"\tepic\n'
    path = file_of(tmp_path, "m.tsv", table)
    with pytest.raises(InputError, match=r"m\.tsv:3 has 3 cells") as raised:
        read_metadata(path)
    assert f"projector-export check {path} --fix -o fixed" in str(raised.value.tip)
    fixed = write_fixed(path, None, tmp_path / "fixed")
    assert list(read_metadata(fixed.path)["title"]) == ["One", "Tab here"]
