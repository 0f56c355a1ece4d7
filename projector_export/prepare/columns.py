"""Convert columns of any type to text and numbers, the only types that the viewer knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from projector_export.errors import InputError
from projector_export.prepare.cells import (
    LIST_SEPARATOR,
    is_missing,
    is_numeric,
    number_cell,
    text_cell,
    text_cells,
)
from projector_export.prepare.dates import dates_of
from projector_export.viewer_facts import MAX_COLOR_VALUES

MAX_INTEGER = 2**53  # JavaScript rounds larger ones
MAX_TEXT_LENGTH = 200  # characters of a cell: some five lines of the viewer's card
FULL_SUFFIX = "_full"  # suffix of the column with the full text of a shortened one
YEAR_SUFFIX = "_year"  # suffix of the column with the years of a column of dates


def viewer_columns(metadata: pd.DataFrame, *, full_text: bool = False) -> pd.DataFrame:
    """Return `metadata` with every column as text or numbers.

    The label is always text. Dates become ISO text, which sorts; more than 50 different ones also
    become a column of years, which the viewer can color. Lists are joined; long text is shortened.

    Args:
        metadata: N rows, without nested data.
        full_text: keep the full text of a shortened column, as `<column>_full`.
    """
    taken = {str(name) for name in metadata.columns}
    shown: dict[str, pd.Series] = {}
    for index, name in enumerate(map(str, metadata.columns)):
        column = _text_or_numbers(metadata.iloc[:, index], is_label=index == 0)
        extra = _years_beside(metadata.iloc[:, index], name)
        if not is_numeric(column):
            whole, column = column, column.map(_shortened)
            if full_text and (whole != column).any():
                extra[name + FULL_SUFFIX] = whole
        shown[name] = column
        shown |= {key: series for key, series in extra.items() if key not in taken}
    return pd.DataFrame(shown, index=metadata.index)


def year_columns(metadata: pd.DataFrame, shown: pd.DataFrame) -> dict[str, str]:
    """Return column of dates -> the column of years that `viewer_columns` added."""
    names = {str(name): f"{name}{YEAR_SUFFIX}" for name in metadata.columns}
    return {
        name: years
        for name, years in names.items()
        if years in shown.columns and years not in names
    }


def refuse_nested(metadata: pd.DataFrame) -> None:
    """Refuse cells that are not text, a number, a date or a flat list of them.

    Raises:
        InputError: a cell contains a dict, or lists in a list; the message names the column.
    """
    for index, name in enumerate(metadata.columns):
        column = metadata.iloc[:, index]
        if not _may_contain_objects(column):
            continue
        for row, value in enumerate(column):
            items = _items(value) or ()
            if isinstance(value, Mapping) or any(
                isinstance(item, Mapping) or _items(item) is not None for item in items
            ):
                raise InputError(
                    f"metadata column {str(name)!r} is nested: row {row} contains "
                    f"{_described(value)}; expected text, a number, a date or a list of them",
                    tip="make columns of its parts, such as with pandas.json_normalize(...)",
                )


def _text_or_numbers(column: pd.Series, *, is_label: bool) -> pd.Series:
    dates = dates_of(column)
    if dates is not None:
        cells = dates.texts()
    elif not _contains_numbers(column):
        cells = text_cells(map(_text, column))
    elif is_label or _has_long_integers(column):
        cells = [text_cell(number_cell(_plain(value))) for value in column]
    else:
        return _plain_numbers(column)
    return pd.Series(cells, index=column.index, dtype=object)


def _contains_numbers(column: pd.Series) -> bool:
    """Whether a column contains only numbers, in a numeric type or as objects."""
    if column.dtype != object:
        return is_numeric(column)
    is_number = [_is_number(value) for value in column if not is_missing(value)]
    return bool(is_number) and all(is_number)


def _has_long_integers(column: pd.Series) -> bool:
    """Whether there are integers with more digits than JavaScript keeps."""
    if pd.api.types.is_float_dtype(column):
        return False
    return any(
        isinstance(value, Integral) and abs(int(value)) > MAX_INTEGER
        for value in column
        if not is_missing(value)
    )


def _plain_numbers(column: pd.Series) -> pd.Series:
    """Return numbers as int64 or float64, in which they print as short as they were written."""
    if column.dtype == np.float64:
        return column
    is_numpy = isinstance(column.dtype, np.dtype)  # whose values are Python floats in a Series
    values = [_plain(value) for value in (column.to_numpy() if is_numpy else column)]
    if not any(map(is_missing, values)) and all(isinstance(value, int) for value in values):
        return pd.Series(values, index=column.index, dtype="int64")
    return pd.Series(values, index=column.index, dtype=object).astype(float)


def _plain(value: Any) -> Any:
    """Return a number as Python's own; float32's 0.1 is 0.1 and not 0.10000000149011612."""
    if is_missing(value):
        return np.nan
    if isinstance(value, Integral):
        return int(value)
    return float(str(value)) if isinstance(value, np.float16 | np.float32) else float(value)


def _is_number(value: object) -> bool:
    is_real = isinstance(value, Real | Decimal)
    return is_real and not isinstance(value, bool | np.bool_)


def _years_beside(column: pd.Series, name: str) -> dict[str, pd.Series]:
    dates = dates_of(column)
    if dates is None or len(np.unique(dates.moments)) <= MAX_COLOR_VALUES:
        return {}
    return {name + YEAR_SUFFIX: pd.Series(dates.years(), index=column.index)}


def _text(value: object) -> object:
    """Return what `text_cell` turns into text: lists joined, bytes decoded."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, str):
        return value
    items = _items(value)
    if items is None:
        return value
    return LIST_SEPARATOR.join(str(_text(item)) for item in items if not is_missing(item))


def _items(value: object) -> list[Any] | None:
    """Return the items of a list of any kind, in order; None if it is not a list."""
    if isinstance(value, AbstractSet):
        return sorted(value, key=str)
    if isinstance(value, np.ndarray):
        return list(value) if value.ndim else [value.item()]
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return list(value)
    return list(value) if isinstance(value, pd.Series | pd.Index) else None


def _may_contain_objects(column: pd.Series) -> bool:
    return column.dtype == object or str(column.dtype).startswith(("list", "struct", "map"))


def _described(value: object) -> str:
    return "a dict" if isinstance(value, Mapping) else "lists or dicts in a list"


def _shortened(cell: str) -> str:
    return cell if len(cell) <= MAX_TEXT_LENGTH else cell[: MAX_TEXT_LENGTH - 1].rstrip() + "…"
