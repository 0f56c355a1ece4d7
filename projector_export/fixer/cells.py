"""Rows of cells -> metadata that the viewer shows as meant, column by column."""

from __future__ import annotations

import html
import re

from projector_export.checker.model.columns import SPACED_ENTITY, is_enclosed, is_quoted
from projector_export.checker.model.javascript import format_number, parse_number
from projector_export.fixer.lenient_lines import UNKNOWN, WORD_JOINER, unquoted
from projector_export.viewer_facts import (
    CHUNK_BYTES,
    MAX_COLOR_VALUES,
    OBJECT_PROPERTIES,
    SEQUENCE_COLUMNS,
)

Columns = list[list[str]]
_BLANKS = re.compile(r"[\x00-\x20\x7f]+")


def squared(rows: list[list[str]], width: int) -> list[list[str]]:
    """Fill short rows, and drop empty cells at the end of long ones; others stay as they are."""
    square = []
    for row in rows:
        cells = list(row)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        square.append(cells + [UNKNOWN] * (width - len(cells)))
    return square


def tidied_column(cells: list[str]) -> list[str]:
    """Strip blanks, entities and quotes; if all cells are in quotes, a CSV writer put them."""
    tidy = [tidied(cell) for cell in cells]
    present = [cell for cell in tidy if cell]
    is_quoted_throughout = len(present) > 1 and all(map(is_enclosed, present))
    return [unquoted(cell) for cell in tidy] if is_quoted_throughout else tidy


def tidied(cell: str) -> str:
    """Strip blanks, entities, and quotes that only a CSV writer writes."""
    while (plain := html.unescape(SPACED_ENTITY.sub(r"&\1;", cell))) != cell:
        cell = plain
    cell = _BLANKS.sub(" ", cell).strip()
    return unquoted(cell) if is_quoted(cell) else cell


def named(names: list[str]) -> list[str]:
    """Give each column a name of its own."""
    unique: list[str] = []
    for position, name in enumerate(names, start=1):
        plain = (name or f"column_{position}").replace("__proto__", "proto")
        candidate, copy = plain, 2
        while candidate in unique:
            candidate, copy = f"{plain}_{copy}", copy + 1
        unique.append(candidate)
    return unique


def fixed_column(name: str, cells: list[str]) -> list[str]:
    """Make cells keep what they say: numbers as JavaScript spells them, text as text."""
    if name in SEQUENCE_COLUMNS:
        return cells
    present = [cell for cell in cells if cell]
    if present and all(parse_number(cell) is not None for cell in present):
        # A word would make text of a column of numbers, so its blanks stay.
        return [_respelled(cell) for cell in cells] if _is_categorical(present) else cells
    return [as_text(cell) for cell in cells]


def _is_categorical(cells: list[str]) -> bool:
    return len(set(cells)) <= MAX_COLOR_VALUES


def _respelled(cell: str) -> str:
    value = parse_number(cell) if cell else None
    return cell if value is None else format_number(value)


def as_text(cell: str) -> str:
    """Return a cell of a text column as the viewer shows it unchanged."""
    if not cell:
        return UNKNOWN
    value = parse_number(cell)
    is_changed = value is not None and format_number(value) != cell
    return cell + WORD_JOINER if is_changed or cell in OBJECT_PROPERTIES else cell


def _is_number_column(cells: list[str]) -> bool:
    return all(not cell or parse_number(cell) is not None for cell in cells)


def label_first(names: list[str], columns: Columns) -> tuple[list[str], Columns]:
    """Put the text column with most values first, where the first has few."""
    text = [index for index, cells in enumerate(columns) if not _is_number_column(cells)]
    if not text or len(set(columns[text[0]])) > MAX_COLOR_VALUES:
        return names, columns
    label = max(text, key=lambda index: (len(set(columns[index])), -index))
    if len(set(columns[label])) <= MAX_COLOR_VALUES:
        return names, columns
    order = [label, *(index for index in range(len(names)) if index != label)]
    return [names[index] for index in order], [columns[index] for index in order]


def joined(rows: list[list[str]], padded_column: int) -> bytes:
    """Write rows so that no character lies across a border; a cell before it gets blanks.

    Args:
        rows: the header first, if there is one.
        padded_column: whose cells take the blanks.
    """
    lines: list[bytes] = []
    size = 0
    for row in rows:
        line = "\t".join(row).encode() + b"\n"
        while (short := _bytes_cut(line, size)) and lines:
            padded = _padded(lines[-1], padded_column, short)
            size += len(padded) - len(lines[-1])
            lines[-1] = padded
        lines.append(line)
        size += len(line)
    return b"".join(lines)


def _bytes_cut(line: bytes, start: int) -> int:
    """Return how many bytes of a character lie before the first border that cuts one."""
    first = -start % CHUNK_BYTES
    for border in range(first, len(line), CHUNK_BYTES):
        before = border
        while before and line[before] & 0xC0 == 0x80:
            before -= 1
        if before < border:
            return border - before
    return 0


def _padded(line: bytes, column: int, count: int) -> bytes:
    cells = line[:-1].split(b"\t")
    cells[min(column, len(cells) - 1)] += b" " * count
    return b"\t".join(cells) + b"\n"
