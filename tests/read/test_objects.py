"""Vectors and metadata from objects in memory: what is accepted, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from projector_export.embedding import Embedding
from projector_export.errors import InputError
from projector_export.read.objects import as_matrix, as_table

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
        (3.5, r"shape \(\); expected"),
        ([[1, 2], [3]], "rows of unequal length"),
        (np.array([[1, 2], [3, 4]], object), "type object; expected real numbers"),
        ([["a", "b"], ["c", "d"]], "expected real numbers"),
        (np.ones((2, 2), complex), "type complex128; expected real numbers"),
        (np.array([["2020", "2021"]], "datetime64[Y]"), "expected real numbers"),
        (
            pd.DataFrame({"x": [1.0, 2.0], "word": ["a", "b"]}),
            "a column 'word' of type (object|str)",
        ),
        (None, r"shape \(\); expected"),
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
