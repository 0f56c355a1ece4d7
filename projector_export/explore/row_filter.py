"""Select rows by the values of their metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from projector_export.errors import InputError
from projector_export.nearest import did_you_mean, nearest_names
from projector_export.prepare.cells import LIST_SEPARATOR, is_numeric, number_cell
from projector_export.prepare.colors import RAW_SUFFIX

NUM_NAMED = 5  # values that a tip lists

RowMask = npt.NDArray[np.bool_]


def rows_where(metadata: pd.DataFrame, where: Mapping[str, object], *, table: str) -> RowMask:
    """Return which rows (N,) have one of the given values in every given column.

    Case does not matter, and a cell that lists several values has each of them. A value that was
    grouped as "Other" for the colors is looked up in the column's original.

    Args:
        metadata: N rows.
        where: column -> a value, or several of which one is enough.
        table: the table's name, for messages.

    Raises:
        InputError: a column does not exist, or no row has a value; the tip names the nearest ones.
    """
    kept = np.ones(len(metadata), dtype=bool)
    for column, values in where.items():
        kept &= _rows_with(metadata, column, _as_texts(values), table=table)
    return kept


def find_column(metadata: pd.DataFrame, column: str, table: str) -> pd.Series:
    """Return a column's cells.

    Raises:
        InputError: the column does not exist; the tip names the nearest ones.
    """
    names = [str(name) for name in metadata.columns]
    if column not in names:
        tip = did_you_mean(column, names)
        raise InputError(
            f"{table} has no column {column!r}",
            tip=f"{tip}columns are: {', '.join(names)}",
        )
    return metadata.iloc[:, names.index(column)]


def _rows_with(
    metadata: pd.DataFrame, column: str, values: Sequence[str], *, table: str
) -> RowMask:
    names = [str(name) for name in metadata.columns]
    find_column(metadata, column, table)
    searched = [name for name in (column, column + RAW_SUFFIX) if name in names]
    cells = {name: _texts(metadata.iloc[:, names.index(name)]) for name in searched}
    kept = np.zeros(len(metadata), dtype=bool)
    for value in values:
        rows = np.logical_or.reduce([_rows_equal(texts, value) for texts in cells.values()])
        if not rows.any():
            raise InputError(
                f"no row of {table} has {column}={value}", tip=_values_tip(cells[column], value)
            )
        kept |= rows
    return kept


def _rows_equal(texts: pd.Series, value: str) -> RowMask:
    wanted = value.casefold().strip()
    has_it = {
        text: wanted in {text.casefold(), *text.casefold().split(LIST_SEPARATOR)}
        for text in texts.unique()
    }
    return texts.map(has_it).to_numpy(dtype=bool)


def _values_tip(texts: pd.Series, value: str) -> str:
    counts = texts.value_counts()
    known = [str(text) for text in counts.index]
    if near := nearest_names(value, known):
        return f"did you mean {', '.join(map(repr, near))}?"
    more = ", ..." if len(known) > NUM_NAMED else ""
    return f"its most frequent values are: {', '.join(map(repr, known[:NUM_NAMED]))}{more}"


def _texts(column: pd.Series) -> pd.Series:
    cell = number_cell if is_numeric(column) else str
    return pd.Series([cell(value) for value in column], dtype=object)


def _as_texts(values: object) -> list[str]:
    several = isinstance(values, Sequence | set | np.ndarray) and not isinstance(values, str)
    return [_as_text(value) for value in (values if several else [values])]  # type: ignore[attr-defined]


def _as_text(value: object) -> str:
    return number_cell(value) if isinstance(value, int | float | np.number) else str(value)
