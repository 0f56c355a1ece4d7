"""Tables in memory that contain both vectors and their metadata, as files often do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from projector_export.read.objects import as_table, label_from_index


def split_table(table: Any, metadata: Any = None) -> tuple[Any, Any]:
    """Return the vectors in a table of pandas, polars or Arrow, and its other columns.

    As in files, vectors are in a column of lists or in columns of numbers. Columns that are all
    numbers are vectors; then only pandas' index may have labels.

    Returns:
        What was passed, if it is no table or has only vectors, or if there is metadata.

    Raises:
        InputError: it has other columns, and it is not clear which ones the vectors are in.
    """
    first = _first_row(table) if metadata is None else None
    if first is None or first.empty:
        return table, metadata
    from projector_export.read.formats.columns import MIN_NUMBERS, choose_columns, label_first

    cells = {str(name): first[name].iloc[0] for name in first.columns}
    lists = {name: len(cell) for name, cell in cells.items() if _is_list(cell)}
    numbers = [name for name in cells if pd.api.types.is_numeric_dtype(first[name])]
    if len(numbers) == len(cells) or len(cells) < MIN_NUMBERS:
        return table, _labels_of(table)
    chosen = choose_columns("the table", lists=lists, numbers=numbers, asked=None)
    rest = [name for name in cells if name not in {*chosen, *lists}]
    others = as_table(_select(table, rest), num_rows=len(table)) if rest else _labels_of(table)
    return _select(table, chosen), None if others is None else label_first(others)


def _first_row(table: Any) -> pd.DataFrame | None:
    if isinstance(table, pd.DataFrame):
        has_names = all(isinstance(name, str) for name in table.columns)
        return table.iloc[:1] if has_names and table.columns.is_unique else None
    if hasattr(table, "slice") and hasattr(table, "select"):  # of polars or Arrow
        return as_table(table.slice(0, 1), num_rows=1)
    return None


def _select(table: Any, names: Sequence[str]) -> Any:
    return table[list(names)] if isinstance(table, pd.DataFrame) else table.select(list(names))


def _labels_of(table: Any) -> pd.DataFrame | None:
    labels = label_from_index(table[[]]) if isinstance(table, pd.DataFrame) else None
    return None if labels is None or labels.empty else labels


def _is_list(cell: Any) -> bool:
    return hasattr(cell, "__len__") and not isinstance(cell, str | bytes | dict) and len(cell) > 1
