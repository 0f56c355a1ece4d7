"""Metadata cells that the viewer reads as intended: text stays text, and numbers stay numbers.

The viewer's rules (data-provider.ts:168-387, TensorBoard 2.21.0): no quoting and no escaping; an
empty cell breaks the search box; every cell that JavaScript can read as a number becomes one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from projector_export.errors import InputError
from projector_export.viewer_facts import MAX_COLOR_VALUES, OBJECT_PROPERTIES, SEQUENCE_COLUMNS

UNKNOWN = "Unknown"
# What files write for a missing number or date; in a column of text they are text.
MISSING_TEXTS = frozenset({"", "nan", "NaN", "NA", "<NA>"})
MAX_KNOWN = 10_000  # different texts that are remembered while a column is cleaned
LIST_SEPARATOR = "; "  # between the values of a cell that lists several
# Invisible and of no width, but keeps JavaScript's Number() from reading the cell.
WORD_JOINER = "\u2060"

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
# What JavaScript's Number() accepts, except for the spaces around it, which `clean_text` strips.
_JAVASCRIPT_NUMBER = re.compile(
    r"[+-]?(Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+",
    re.ASCII,
)


def column_names(table: pd.DataFrame) -> list[str]:
    """Return the header's cells.

    Raises:
        InputError: a name is blank, repeated or reserved by the viewer.
    """
    names = [clean_text(name) for name in table.columns]
    for position, name in enumerate(names, start=1):
        if not name:
            raise InputError(
                f"metadata column {position} has a blank name; expected a name for every column",
                tip="name it; from pandas: metadata.columns = ['title', ...]",
            )
        if name in names[: position - 1]:
            raise InputError(
                f"metadata column {name!r} exists twice; the viewer would keep one of them",
                tip="rename or drop one; columns are: " + ", ".join(names),
            )
        if name in OBJECT_PROPERTIES.union(SEQUENCE_COLUMNS):
            raise InputError(f"metadata column {name!r} has a special meaning in the viewer")
    return names


def clean_text(value: object) -> str:
    """Return `value` as the text of one cell: one line, single spaces, "" if it is invisible."""
    text = _LONE_SURROGATE.sub("\ufffd", str(value))
    text = _unquoted(" ".join(_CONTROL.sub("", text).split()))
    return text if any(map(_is_visible, text)) else ""


def text_cell(value: object) -> str:
    """Return `value` as a cell that the viewer shows as this text, never as a number."""
    if is_missing(value):
        return UNKNOWN
    text = clean_text(value) or UNKNOWN
    if text in OBJECT_PROPERTIES or _JAVASCRIPT_NUMBER.fullmatch(text):
        return text + WORD_JOINER
    return value if type(value) is str and value == text else text  # one object for both


def text_cells(values: Iterable[object]) -> list[str]:
    """Return `text_cell` of each value; text that repeats, as categories do, is cleaned once."""
    known: dict[str, str] = {}
    cells = []
    for value in values:
        cell = known.get(value) if type(value) is str else None
        if cell is None:
            cell = text_cell(value)
            if type(value) is str and len(known) < MAX_KNOWN:
                known[value] = cell
        cells.append(cell)
    return cells


def shown_text(cell: object) -> str:
    """Return a cell as one reads it, without what keeps it from being a number."""
    return str(cell).replace(WORD_JOINER, "")


def number_cell(value: object) -> str:
    """Return a number that JavaScript reads back as it is, or "" if it is missing or not finite."""
    if is_missing(value):
        return ""
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real) and np.isfinite(float(value)):
        return _javascript_spelling(float(value))
    return ""


def _javascript_spelling(number: float) -> str:
    """Spell a number as JavaScript's `String(number)` does, or the point is not in the legend."""
    if number == 0 or 1e-6 <= abs(number) < 1e21:
        return np.format_float_positional(number + 0.0, trim="-")  # -0.0 + 0.0 is 0.0
    return np.format_float_scientific(number, trim="-", exp_digits=1)


def fill_blank_numbers(cells: list[str]) -> list[str]:
    """Write "Unknown" into the empty cells of a column of numbers, unless it has a gradient.

    More than 50 different cells are colored by a gradient only while all of them are numbers, so
    there empty cells stay, and the search by this column fails. Fewer are colored one by one.
    """
    return cells if len(set(cells)) > MAX_COLOR_VALUES else [cell or UNKNOWN for cell in cells]


def is_numeric(column: pd.Series) -> bool:
    """Whether a column contains numbers; booleans do not count, as the viewer sees text in them."""
    return bool(pd.api.types.is_any_real_numeric_dtype(column))


def is_missing(value: Any) -> bool:
    """Whether a cell is None, NaN, NaT or pd.NA."""
    if isinstance(value, Decimal):
        return value.is_nan()  # pandas raises at a signaling NaN
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _is_visible(character: str) -> bool:
    return character != " " and unicodedata.category(character) != "Cf"  # such as U+200B


def _unquoted(text: str) -> str:
    """Strip the quotes that a CSV writer left around a whole cell, and undouble those inside."""
    while len(text) > 1 and text[0] == text[-1] == '"' and _is_one_quoted_cell(text[1:-1]):
        text = text[1:-1].replace('""', '"').strip()
    return "" if set(text) == {'"'} else text


def _is_one_quoted_cell(inside: str) -> bool:
    """Whether a CSV writer wrote this, such as `a ""b"" c`, unlike the inside of `"a" or "b"`."""
    return '"' not in inside.replace('""', "")
