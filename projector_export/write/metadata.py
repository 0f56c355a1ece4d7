r"""A table -> metadata.tsv as the projector reads it.

The projector's rules (data-provider.ts:168-387, TensorBoard 2.21.0) are no CSV dialect, so this is
no CSV writer. Lines end in "\n" and cells are parted by "\t", with no quoting and no escaping; the
first line is a header only if it holds a tab; a blank line is skipped; an empty cell breaks the
search box; every cell that JavaScript can read as a number becomes one; the file is decoded in
pieces of 1,000,000 bytes, each by itself; and without a last "\n" the page may wait for ever.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from projector_export.errors import InputError
from projector_export.viewer_facts import MAX_COLOR_VALUES

UNKNOWN = "Unknown"
CHUNK_BYTES = 1_000_000
# Shows nothing and takes no room, but keeps JavaScript's Number() from reading the cell.
WORD_JOINER = "\u2060"
# `in` on a plain object: the viewer miscounts these (data-provider.ts:321).
JAVASCRIPT_PROPERTIES = frozenset(
    "constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf "
    "__proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__".split()
)
SEQUENCE_COLUMNS = frozenset({"__next__", "__seq_next__"})  # the viewer draws lines along these

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
# What JavaScript's Number() takes, but for the blanks around it, which `clean_text` strips.
_JAVASCRIPT_NUMBER = re.compile(
    r"[+-]?(Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+",
    re.ASCII,
)


def metadata_tsv(table: pd.DataFrame) -> bytes:
    """Write `table` as the bytes of a metadata file with one line per row.

    Text columns stay text even where a cell looks like a number, and columns of numbers stay
    numbers. A missing or blank cell becomes "Unknown"; in a column of more than 50 numbers it stays
    empty, because a word would cost the column its gradient. A table of one column gets no header
    line, as the viewer would take it for a row.

    Raises:
        InputError: a column's name is blank, repeated or reserved by the viewer.
    """
    names = column_names(table)
    columns = [_cells(table.iloc[:, index], is_label=index == 0) for index in range(len(names))]
    header = "\t".join(names) + "\n" if len(names) > 1 else ""
    rows = ["\t".join(cells) + "\n" for cells in zip(*columns, strict=True)]
    return _with_safe_chunk_ends(
        (header + "".join(rows)).encode(),
        first_row=len(header.encode()),
        padded_column=_padded_column(table, columns),
    )


def column_names(table: pd.DataFrame) -> list[str]:
    """Return the header's cells.

    Raises:
        InputError: a name is blank, repeated or reserved by the viewer.
    """
    names = [clean_text(name) for name in table.columns]
    for position, name in enumerate(names, start=1):
        if not name:
            raise InputError(f"metadata column {position} has a blank name; give it one")
        if name in names[: position - 1]:
            raise InputError(f"metadata column {name!r} is there twice; the viewer would keep one")
        if name in JAVASCRIPT_PROPERTIES | SEQUENCE_COLUMNS:
            raise InputError(f"metadata column {name!r} has a meaning of its own in the viewer")
    return names


def clean_text(value: object) -> str:
    """Return `value` as one cell's text: one line, single blanks, "" if there is nothing to see."""
    text = _LONE_SURROGATE.sub("\ufffd", str(value))
    text = _unquoted(" ".join(_CONTROL.sub("", text).split()))
    return text if any(map(_is_visible, text)) else ""


def text_cell(value: object) -> str:
    """Return `value` as a cell that the viewer shows as this text, never as a number."""
    if _is_missing(value):
        return UNKNOWN
    text = clean_text(value) or UNKNOWN
    if text in JAVASCRIPT_PROPERTIES or _JAVASCRIPT_NUMBER.fullmatch(text):
        return text + WORD_JOINER
    return text


def holds_numbers(column: pd.Series) -> bool:
    """Tell numbers from text, and from truth values, which the viewer shows as text."""
    return bool(pd.api.types.is_any_real_numeric_dtype(column))


def _is_visible(character: str) -> bool:
    return character != " " and unicodedata.category(character) != "Cf"  # such as U+200B


def _unquoted(text: str) -> str:
    """Strip the quotes that a CSV writer left around a whole cell, and its doubled ones inside."""
    while len(text) > 1 and text[0] == text[-1] == '"' and _is_one_quoted_cell(text[1:-1]):
        text = text[1:-1].replace('""', '"').strip()
    return "" if set(text) == {'"'} else text


def _is_one_quoted_cell(inside: str) -> bool:
    """Tell `a ""b"" c`, which a CSV writer wrote, from the inside of `"a" or "b"`."""
    return '"' not in inside.replace('""', "")


def _cells(column: pd.Series, *, is_label: bool) -> list[str]:
    if not holds_numbers(column):
        return [text_cell(value) for value in column]
    cells = [_number_cell(value) for value in column]
    # An empty cell leaves the others numbers, but breaks the search by this column. Few values are
    # colored one by one in any case, and of labels a line might be left that is blank and skipped.
    is_gradient = len(set(cells) - {""}) > MAX_COLOR_VALUES
    return cells if is_gradient and not is_label else [cell or UNKNOWN for cell in cells]


def _number_cell(value: object) -> str:
    """Return a number as JavaScript reads it back, or "" for one that is missing or not finite."""
    if _is_missing(value):
        return ""
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real) and np.isfinite(float(value)):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)
    return ""


def _is_missing(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _padded_column(table: pd.DataFrame, columns: Sequence[list[str]]) -> int:
    """Choose the column whose cells can take blanks at their end with least effect.

    The viewer trims blanks off numbers; of text columns the most varied is the least likely to be
    colored by, where a trailing blank would make a value of its own. An empty cell takes none, as
    blanks alone are read as 0; the first column has none.
    """
    full = [index for index, cells in enumerate(columns) if "" not in cells]
    for index in full:
        if holds_numbers(table.iloc[:, index]) and UNKNOWN not in columns[index]:
            return index
    return max(full, key=lambda index: len(set(columns[index])))


def _with_safe_chunk_ends(content: bytes, *, first_row: int, padded_column: int) -> bytes:
    """Move characters that lie across a chunk's end behind it, by blanks in front of them.

    Args:
        content: the lines of the file.
        first_row: where the first row begins, after the header if there is one.
        padded_column: the column that takes the blanks.
    """
    padded = bytearray(content)
    end = CHUNK_BYTES
    while end < len(padded):
        character = end
        while padded[character] & 0xC0 == 0x80:  # a UTF-8 continuation byte
            character -= 1
        if character < end:
            earliest = max(first_row, end - CHUNK_BYTES)  # what lies before is settled
            place = _place_for_blanks(padded, character, earliest=earliest, column=padded_column)
            padded[place:place] = b" " * (end - character)
        end += CHUNK_BYTES
    return bytes(padded)


def _place_for_blanks(content: bytearray, character: int, *, earliest: int, column: int) -> int:
    """Find the end of a cell in the row before the character's, else the character itself."""
    line = content.rfind(b"\n", 0, character) + 1
    row = content.rfind(b"\n", 0, max(line - 1, 0)) + 1
    if line == 0 or row < earliest:
        return character
    cells = bytes(content[row : line - 1]).split(b"\t")
    return row + len(b"\t".join(cells[: column + 1]))
