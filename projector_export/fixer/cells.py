"""Fix cells column by column, so that the viewer shows them as intended."""

from __future__ import annotations

import html
import re
from decimal import Decimal, InvalidOperation

from projector_export.checker.model.columns import SPACED_ENTITY, is_enclosed, is_quoted
from projector_export.checker.model.javascript import format_number, parse_number
from projector_export.fixer.lenient_lines import unquote
from projector_export.prepare.cells import UNKNOWN, fill_blank_numbers, number_cell, text_cell
from projector_export.viewer_facts import (
    MAX_COLOR_VALUES,
    OBJECT_PROPERTIES,
    SEQUENCE_COLUMNS,
)

Columns = list[list[str]]
_BLANKS = re.compile(r"[\x00-\x20\x7f]+")


def pad_rows(rows: list[list[str]], width: int) -> list[list[str]]:
    """Fill short rows, and drop empty cells at the end of long ones."""
    square = []
    for row in rows:
        cells = list(row)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        square.append(cells + [UNKNOWN] * (width - len(cells)))
    return square


def tidy_column(cells: list[str]) -> list[str]:
    """Strip blanks, entities and quotes; quotes around every cell are a CSV writer's."""
    tidy = [tidy_cell(cell) for cell in cells]
    present = [cell for cell in tidy if cell]
    are_all_quoted = len(present) > 1 and all(map(is_enclosed, present))
    return [unquote(cell) for cell in tidy] if are_all_quoted else tidy


def tidy_cell(cell: str) -> str:
    """Strip blanks, entities, and quotes that only a CSV writer would write."""
    while (plain := html.unescape(SPACED_ENTITY.sub(r"&\1;", cell))) != cell:
        cell = plain
    cell = _BLANKS.sub(" ", cell).strip()
    return unquote(cell) if is_quoted(cell) else cell


def name_columns(names: list[str]) -> list[str]:
    """Give each column a unique name."""
    unique: list[str] = []
    for position, name in enumerate(names, start=1):
        plain = (name or f"column_{position}").replace("__proto__", "proto")
        candidate, copy = plain, 2
        while candidate in unique:
            candidate, copy = f"{plain}_{copy}", copy + 1
        unique.append(candidate)
    return unique


def fix_column(name: str, cells: list[str]) -> list[str]:
    """Spell numbers like JavaScript, and keep text from being read as numbers."""
    if name in SEQUENCE_COLUMNS:
        return cells
    present = [cell for cell in cells if cell]
    if not present or any(parse_number(cell) is None for cell in present):
        return [keep_text(cell) for cell in cells]
    if len(set(present)) > MAX_COLOR_VALUES:
        return cells  # a gradient uses the values, not their spelling
    spelled = [respell_number(cell) for cell in cells]
    if None in spelled:
        return [text_cell(cell) for cell in cells]
    return fill_blank_numbers([cell or "" for cell in spelled])


def respell_number(cell: str) -> str | None:
    """Spell a number as the viewer shows it; None if that would lose digits."""
    value = parse_number(cell) if cell else None
    if value is None or cell == format_number(value):
        return cell
    spelled = number_cell(value)
    try:
        return spelled if Decimal(cell) == Decimal(spelled) else None
    except InvalidOperation:  # such as 0x10, or an infinity
        return spelled or None


def keep_text(cell: str) -> str:
    """Return a cell of a text column as the viewer shows it unchanged."""
    value = parse_number(cell) if cell else None
    is_changed = value is not None and format_number(value) != cell
    return text_cell(cell) if not cell or is_changed or cell in OBJECT_PROPERTIES else cell


def is_number_column(cells: list[str]) -> bool:
    """Whether the viewer reads the column as numbers."""
    return all(not cell or parse_number(cell) is not None for cell in cells)


def label_first(names: list[str], columns: Columns) -> tuple[list[str], Columns]:
    """Move the text column with the most values to the front, if the first has few."""
    text = [index for index, cells in enumerate(columns) if not is_number_column(cells)]
    if not text or len(set(columns[text[0]])) > MAX_COLOR_VALUES:
        return names, columns
    label = max(text, key=lambda index: (len(set(columns[index])), -index))
    if len(set(columns[label])) <= MAX_COLOR_VALUES:
        return names, columns
    order = [label, *(index for index in range(len(names)) if index != label)]
    return [names[index] for index in order], [columns[index] for index in order]
