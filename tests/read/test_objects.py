"""Vectors and metadata from objects in memory: what is accepted, and what is refused."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

import projector_export as px
from projector_export.embedding import Embedding
from projector_export.errors import InputError
from projector_export.read.objects import as_matrix, as_table, with_labels

ROWS = [[1, 2, 3], [4, 5, 6]]


class ArrayLike:
    """A tensor with only `__array__`, like those of TensorFlow."""

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:  # noqa: FBT001
        return np.array(ROWS, dtype=dtype or np.float64)


class DlpackOnly:
    """A tensor with only DLPack."""

    def __init__(self) -> None:
        self._array = np.array(ROWS, dtype=np.float32)

    def __dlpack__(self, **options: Any) -> Any:
        return self._array.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self._array.__dlpack_device__()


class ArrowLike:
    """A table with only `to_pandas`, like those of Arrow."""

    def to_pandas(self) -> pd.DataFrame:
        return pd.DataFrame(ROWS, columns=list("abc"))


class PolarsLike:
    """A table that offers `to_numpy` and `to_pandas`, as those of polars do."""

    def to_numpy(self) -> np.ndarray:
        return np.array(ROWS)

    def to_pandas(self) -> pd.DataFrame:
        return pd.DataFrame({"word": ["a", "b"]})


@pytest.mark.parametrize(
    "vectors",
    [
        *(
            np.array(ROWS, dtype)
            for dtype in ("f2", "f4", "f8", "longdouble", "i1", "u2", "i4", "i8", ">f4", ">i4")
        ),
        np.asfortranarray(np.array(ROWS, "f4")),
        np.array([[1, 0, 2, 0, 3], [4, 0, 5, 0, 6]], "f4")[:, ::2],
        ROWS,
        tuple(map(tuple, ROWS)),
        [np.array(row) for row in ROWS],
        pd.DataFrame(ROWS, columns=list("abc"), index=[7, 7]),
        pd.DataFrame(ROWS).astype("Int64"),
        ArrayLike(),
        DlpackOnly(),
        ArrowLike(),
        PolarsLike(),
    ],
    ids=lambda vectors: f"{type(vectors).__name__} {getattr(vectors, 'dtype', '')}".strip(),
)
def test_vectors_of_many_kinds_become_the_same_float32_rows(vectors: Any) -> None:
    matrix = as_matrix(vectors)
    assert matrix.dtype == np.float32
    assert matrix.dtype.isnative
    assert matrix.flags.c_contiguous
    assert matrix.tolist() == ROWS


class TorchLike:
    """A tensor on a graph, which NumPy cannot take before it is detached."""

    def detach(self) -> TorchLike:
        return self

    def cpu(self) -> TorchLike:
        return self

    def float(self) -> np.ndarray:
        return np.array(ROWS, "f4")

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad")


FIXED_SIZE = pa.array(ROWS, pa.list_(pa.float32(), 3))
OF_LIBRARIES = {
    "bfloat16": np.array(ROWS, ml_dtypes.bfloat16),
    "float8": np.array(ROWS, ml_dtypes.float8_e4m3fn),
    "masked, nothing hidden": np.ma.masked_array(ROWS, mask=False),
    "a column of lists": pd.DataFrame({"v": ROWS}),
    "a Series of lists": pd.Series(ROWS, index=[7, 3]),
    "a Series of arrays": pd.Series([np.array(row, "f4") for row in ROWS]),
    "pandas' sparse columns": pd.DataFrame(ROWS).astype(pd.SparseDtype("float", 0)),
    "SciPy csr": scipy.sparse.csr_matrix(ROWS),
    "SciPy coo": scipy.sparse.coo_array(np.array(ROWS)),
    "polars": pl.DataFrame(ROWS, schema=list("abc"), orient="row"),
    "polars lists": pl.DataFrame({"v": ROWS}),
    "polars column": pl.Series("v", ROWS),
    "polars fixed size": pl.Series("v", ROWS).cast(pl.Array(pl.Float32, 3)),
    "Arrow": pa.table({"a": [1, 4], "b": [2, 5], "c": [3, 6]}),
    "Arrow lists": pa.table({"v": pa.array(ROWS)}),
    "Arrow fixed size": pa.table({"v": FIXED_SIZE}),
    "Arrow array": FIXED_SIZE,
    "Arrow chunks": pa.chunked_array([FIXED_SIZE]),
    "Arrow batch": pa.record_batch({"v": FIXED_SIZE}),
    "Torch": TorchLike(),
}


@pytest.mark.parametrize("name", OF_LIBRARIES)
def test_vectors_of_many_libraries_become_the_same_float32_rows(name: str) -> None:
    matrix = as_matrix(OF_LIBRARIES[name])
    assert matrix.dtype == np.float32
    assert matrix.flags.c_contiguous
    assert matrix.tolist() == ROWS


def test_tensors_and_variables_of_tensorflow_are_accepted() -> None:
    import tensorflow as tf

    for dtype in (tf.float32, tf.bfloat16, tf.int32):
        tensor = tf.constant(ROWS, dtype)
        assert as_matrix(tensor).tolist() == ROWS
        assert as_matrix(tf.Variable(tensor)).tolist() == ROWS


def test_a_memory_map_is_not_read_into_memory(tmp_path) -> None:
    np.save(tmp_path / "v.npy", np.array(ROWS, "f4"))
    mapped = np.load(tmp_path / "v.npy", mmap_mode="r")
    assert np.shares_memory(as_matrix(mapped), mapped)


def test_masked_numbers_are_missing_values() -> None:
    hidden = np.ma.masked_array(ROWS, mask=[[False] * 3, [True, False, False]])
    assert np.isnan(as_matrix(hidden)).tolist() == [[False] * 3, [True, False, False]]


def test_a_sparse_matrix_that_is_too_large_is_refused() -> None:
    wide = scipy.sparse.csr_matrix((1_000_000, 50_000), dtype="f4")
    with pytest.raises(InputError, match=r"takes 200\.0 GB as dense float32") as caught:
        as_matrix(wide)
    assert "TruncatedSVD" in caught.value.tip


@settings(max_examples=60, deadline=None)
@given(
    dtype=st.sampled_from(["?", "i1", ">u2", "i4", ">i8", "f2", "f4", ">f4", "f8", ">f8"]),
    shape=st.tuples(st.sampled_from([0, 1, 15, 16]), st.integers(0, 3)),
    is_fortran=st.booleans(),
    step=st.sampled_from([-2, -1, 1, 2]),
    seed=st.integers(0, 99),
)
def test_any_memory_layout_gives_the_numbers_themselves(
    dtype: str, shape: tuple[int, int], *, is_fortran: bool, step: int, seed: int
) -> None:
    numbers = np.random.default_rng(seed).integers(0, 2, size=(2 * shape[0], shape[1]))
    given = np.asarray(numbers, dtype, order="F" if is_fortran else "C")[::step]
    matrix = as_matrix(given)
    assert (matrix.dtype, matrix.shape) == (np.float32, given.shape)
    np.testing.assert_array_equal(matrix, numbers[::step])


def test_booleans_are_zeros_and_ones() -> None:
    assert as_matrix(np.array([[True, False], [False, True]])).tolist() == [[1, 0], [0, 1]]


def test_a_missing_number_of_pandas_is_refused_with_its_row() -> None:
    frame = pd.DataFrame({"x": [1, 2, None], "y": [4, 5, 6]}, dtype="Int64")
    with pytest.raises(InputError, match="words: row 2 contains NaN or infinity"):
        Embedding("words", frame)


def test_float32_rows_are_not_copied() -> None:
    rows = np.array(ROWS, "f4")
    assert np.shares_memory(as_matrix(rows), rows)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        ([1.0, 2.0], r"shape \(2,\); expected \(rows, dimensions\)"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        (3.5, "vectors are float; expected"),
        ([[1, 2], [3]], "rows of unequal length"),
        (pd.Series([[1, 2], [3]]), "rows of 1 to 2 numbers"),
        (pl.Series([[1, 2], None]), "expected"),
        (np.array([[1, 2], [3, 4]], object), "type object; expected real numbers"),
        ([["a", "b"], ["c", "d"]], "expected real numbers"),
        (np.ones((2, 2), complex), "type complex128; expected real numbers"),
        (np.array([["2020", "2021"]], "datetime64[Y]"), "expected real numbers"),
        (
            pd.DataFrame({"x": [1.0, 2.0], "word": ["a", "b"]}),
            "a column 'word' of type (object|str)",
        ),
        (None, "vectors are NoneType; expected"),
    ],
)
def test_input_that_is_not_a_matrix_of_numbers_is_refused(vectors: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        as_matrix(vectors)


def table_of(metadata: Any, num_rows: int = 2) -> dict[str, list[Any]]:
    table = as_table(metadata, num_rows=num_rows)
    assert table.index.tolist() == list(range(len(table)))
    return {str(name): cells for name, cells in table.to_dict("list").items()}


@pytest.mark.parametrize(
    "metadata",
    [
        pd.DataFrame({"word": ["a", "b"]}, index=[7, 3]),
        pd.Series(["a", "b"], name="word", index=[7, 3]),
        {"word": ["a", "b"]},
        {"word": np.array(["a", "b"])},
        {"word": pd.Series(["a", "b"], index=[7, 3])},
        {"word": ("a", "b")},
        PolarsLike(),
        pl.DataFrame({"word": ["a", "b"]}),
        pl.Series("word", ["a", "b"]),
        pa.table({"word": ["a", "b"]}),
    ],
    ids=lambda metadata: type(metadata).__name__,
)
def test_metadata_of_many_kinds_becomes_the_same_table(metadata: Any) -> None:
    assert table_of(metadata) == {"word": ["a", "b"]}


@pytest.mark.parametrize(
    "labels", [["a", "b"], ("a", "b"), np.array(["a", "b"]), pd.Series(list("ab"))]
)
def test_a_list_is_read_as_labels(labels: Any) -> None:
    assert table_of(labels) == {"label": ["a", "b"]}


def test_columns_keep_their_types() -> None:
    categories = pd.Categorical([1, 2])
    moments = np.array(["2024-01-01", "2024-01-02"], "M8[ns]")
    table = as_table(
        {"word": ["a", "b"], "x": categories, "y": np.array([1, 2], "f4"), "z": moments}, num_rows=2
    )
    assert [str(dtype) for dtype in table.dtypes[1:]] == ["category", "float32", "datetime64[ns]"]
    table = as_table(pl.DataFrame({"word": ["a", "b"], "x": [["p"], ["q", "r"]]}), num_rows=2)
    assert table["x"].tolist() == [["p"], ["q", "r"]]


def test_labels_come_first_with_one_per_row() -> None:
    table = with_labels({"kind": ["x", "y"]}, ["a", "b"])
    assert table.to_dict("list") == {"label": ["a", "b"], "kind": ["x", "y"]}
    assert with_labels(None, pd.Series(["a", "b"], name="word")).columns.tolist() == ["label"]
    with pytest.raises(InputError, match="3 labels but 2 rows of metadata"):
        with_labels({"kind": ["x", "y"]}, list("abc"))
    with pytest.raises(InputError, match="labels are given twice"):
        with_labels({"label": ["x", "y"]}, ["a", "b"])


def test_without_metadata_rows_are_labeled_by_their_number() -> None:
    assert table_of(None, num_rows=3) == {"label": ["row 0", "row 1", "row 2"]}


def test_numbers_stay_numbers_and_the_users_table_is_not_changed() -> None:
    theirs = pd.DataFrame({"word": ["a", "b"], "year": [1999, 2001]}, index=[7, 3])
    assert table_of(theirs) == {"word": ["a", "b"], "year": [1999, 2001]}
    assert theirs.index.tolist() == [7, 3]


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"word": ["a", "b"], "kind": ["x"]}, r"unequal lengths \(word: 2, kind: 1\)"),
        ("words.csv", "metadata is str; expected a DataFrame, a dict of columns or a list"),
        (3, "metadata is int; expected"),
    ],
)
def test_metadata_that_is_not_a_table_is_refused(metadata: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        as_table(metadata, num_rows=2)


def test_lone_surrogates_are_text_too_and_the_viewer_gets_a_replacement_character(tmp_path) -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 5))
    columns = {"word": ["a\ud800b"] * 20, "kind": ["x\udfff", "y"] * 10}
    exported = px.export(vectors, columns, tmp_path / "map", layouts=())
    text = (tmp_path / "map/upload/vectors.metadata.tsv").read_text("utf-8")
    assert set(text.splitlines()[1:]) == {"a\ufffdb\tx\ufffd", "a\ufffdb\ty"}
    assert exported.report.num_errors == 0
    assert px.Embedding("words", vectors, ["\ud800"] * 20).labels[0] == "\ud800"
