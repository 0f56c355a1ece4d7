"""Rows of cells -> metadata that the viewer shows as meant, column by column."""

from __future__ import annotations

import html
import re
from collections import Counter

from projector_export.check.model.columns import MAX_COLOR_VALUES, is_quoted
from projector_export.check.model.javascript import OBJECT_PROPERTIES, number, spelled
from projector_export.check.model.metadata import SEQUENCE_COLUMNS
from projector_export.check.model.stream import CHUNK_BYTES
from projector_export.fix.lenient_lines import UNKNOWN

Columns = list[list[str]]
NUM_COLORS = 10
OTHER = "Other"
# Shows nothing and takes no room, and is no part of a number.
WORD_JOINER = "\u2060"
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


def tidied(cell: str) -> str:
    """Strip blanks, a CSV writer's quotes and entities."""
    cell = _BLANKS.sub(" ", html.unescape(cell)).strip()
    if is_quoted(cell):
        cell = cell[1:-1].replace('""', '"').strip()
    return cell


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
    if present and all(number(cell) is not None for cell in present):
        # A word would make text of a column of numbers, so its blanks stay.
        return [_respelled(cell) for cell in cells] if _is_categorical(present) else cells
    return [as_text(cell) for cell in cells]


def _is_categorical(cells: list[str]) -> bool:
    return len(set(cells)) <= MAX_COLOR_VALUES


def _respelled(cell: str) -> str:
    value = number(cell) if cell else None
    return cell if value is None else spelled(value)


def as_text(cell: str) -> str:
    """Return a cell of a text column as the viewer shows it unchanged."""
    if not cell:
        return UNKNOWN
    value = number(cell)
    is_changed = value is not None and spelled(value) != cell
    return cell + WORD_JOINER if is_changed or cell in OBJECT_PROPERTIES else cell


def with_colors(names: list[str], columns: Columns) -> tuple[list[str], Columns]:
    """Add a column that can be colored: the twin of one with too many values."""
    added_names, added = list(names), list(columns)
    chosen = [name for name, cells in zip(names, columns, strict=True) if _repeats_colors(cells)]
    if not any(_colors_apart(cells) for cells in columns):
        candidates = [
            (len(set(cells)), name)
            for name, cells in zip(names, columns, strict=True)
            if 1 < len(set(cells)) < len(cells) and name not in chosen
        ]
        chosen += [min(candidates)[1]] if candidates else []
    for name in chosen:
        twin = f"{name}_top_{NUM_COLORS}"
        if twin not in added_names:
            added_names.append(twin)
            added.append(grouped(columns[names.index(name)]))
    return added_names, added


def _is_number_column(cells: list[str]) -> bool:
    return all(not cell or number(cell) is not None for cell in cells)


def _repeats_colors(cells: list[str]) -> bool:
    num_values = len(set(cells))
    return (
        NUM_COLORS < num_values <= MAX_COLOR_VALUES
        and num_values < len(cells)
        and not _is_number_column(cells)
    )


def _colors_apart(cells: list[str]) -> bool:
    return len(set(cells)) > 1 and (len(set(cells)) <= MAX_COLOR_VALUES or _is_number_column(cells))


def grouped(cells: list[str]) -> list[str]:
    """Keep the 9 most frequent values and call the rest Other; equal counts go by name."""
    counts = Counter(cell for cell in cells if cell != OTHER)
    order = sorted(counts, key=lambda value: (-counts[value], value))
    kept = set(order[: NUM_COLORS - 1])
    return [cell if cell in kept else OTHER for cell in cells]


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
