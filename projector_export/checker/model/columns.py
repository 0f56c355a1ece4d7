"""How the page reads one metadata column: whether it is numeric, its colors, its cells.

Source: analyzeMetadata in data-provider.ts:293-345, TensorBoard 2.21.0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import inf, isnan
from typing import Any

from projector_export.checker.model.javascript import (
    NUMBER_BEGINNINGS,
    format_number,
    parse_number,
    sort_keys,
)
from projector_export.checker.model.stream import Occurrences
from projector_export.checker.model.value_counts import ValueCounts
from projector_export.viewer_facts import MAX_COLOR_VALUES, OBJECT_PROPERTIES

NUM_FIRST_CELLS = 5
MARKUP_SIGNS = ("<", "&", "[[", "{{", "''")
# Data sets made from Wikipedia's dumps put spaces into markup: `& nbsp;`, `< !--`, `< br / >`.
SPACED_ENTITY = re.compile(
    r"& +(nbsp|amp|lt|gt|quot|apos|ndash|mdash|hellip|[lr][sd]?quo|thinsp|#x?[0-9a-fA-F]{1,6});"
)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#x?[0-9a-fA-F]{1,6});|" + SPACED_ENTITY.pattern)
_MARKUP = re.compile(
    r"</?(?:i|b|p|a)\b[^<>]*>|< ?/? ?(?:ref|br|small|sup|sub|span|div|nowiki)\b[^<>]*>|< ?!--"
    r"|\[\[|\{\{|''"
)


@dataclass(slots=True)
class Column:
    """One column as the page has it after reading.

    Attributes:
        name: its name in the header.
        is_numeric: whether the page reads all cells as numbers.
        num_cells: cells that exist and are not blank.
        too_many_values: whether there are more than 50, so that a text column is not offered.
        minimum: of the cells that are numbers, like `maximum`.
        first_cells: what the first rows show.
        values: how often each value occurs, even if there are too many to be offered.
        blank: empty cells.
        quoted: cells in the quotes of a CSV writer.
        enclosed: cells in plain quotes; a CSV writer's only if all cells have them.
        untidy: cells with stray blanks or entities.
        markup: cells with HTML or wiki markup.
        respelled: cells that look different on the page, because it turns them into numbers.
        properties: cells that are properties of every JavaScript object.
    """

    name: str
    is_numeric: bool = True
    num_cells: int = 0
    too_many_values: bool = False
    minimum: float = inf
    maximum: float = -inf
    first_cells: list[str] = field(default_factory=list)
    values: ValueCounts = field(default_factory=ValueCounts)
    blank: Occurrences = field(default_factory=Occurrences)
    quoted: Occurrences = field(default_factory=Occurrences)
    enclosed: Occurrences = field(default_factory=Occurrences)
    untidy: Occurrences = field(default_factory=Occurrences)
    markup: Occurrences = field(default_factory=Occurrences)
    respelled: Occurrences = field(default_factory=Occurrences)
    properties: Occurrences = field(default_factory=Occurrences)
    _counts: dict[str, float] = field(default_factory=dict)

    @property
    def is_colorable(self) -> bool:
        """Whether "Color by" offers it (data-panel.ts:239-242)."""
        return self.is_numeric or not self.too_many_values

    @property
    def is_gradient(self) -> bool:
        """Whether it is colored by a gradient, from its lowest to its highest number."""
        return self.is_numeric and self.too_many_values

    @property
    def legend(self) -> list[tuple[str, float]]:
        """Values with their counts, in the order in which they get colors; NaN is a miscount."""
        if self.too_many_values:
            return []
        return [(value, self._counts[value]) for value in sort_keys(self._counts)]

    def add(self, cells: Sequence[str | None], lines: Sequence[int], *, num_safe: int) -> None:
        """Add the cells of consecutive rows.

        Args:
            cells: None if a short row has none.
            lines: the line number of each.
            num_safe: in the rows after these, blanks at the end of a cell are accepted.
        """
        counts = Counter(cells)
        self._show_first(cells)
        if num_blank := counts.pop("", 0):
            self.blank.add(num_blank, line=lines[cells.index("")])
        counts.pop(None, None)
        present: dict[str, int] = counts  # type: ignore[assignment]  # without None now
        self.num_cells += sum(present.values())
        self._count_values(present)
        self._take_numbers(present, cells, lines)
        if self.is_gradient:
            self.values.is_exact = False  # numbers with a gradient are not grouped
        else:
            self.values.add(present)
        self._note_text(present, cells, lines, num_safe)

    def _show_first(self, cells: Sequence[str | None]) -> None:
        for cell in islice(cells, NUM_FIRST_CELLS - len(self.first_cells)):
            self.first_cells.append(shown(cell))

    def _count_values(self, present: dict[str, int]) -> None:
        for value, count in present.items():
            if self.too_many_values:
                return
            if value == "__proto__":
                continue  # setting it to a number does nothing
            known: float = self._counts.get(value, 0)
            # The property of that name is not a number, so incrementing it gives NaN.
            self._counts[value] = float("nan") if value in OBJECT_PROPERTIES else known + count
            self.too_many_values = len(self._counts) > MAX_COLOR_VALUES

    def _take_numbers(
        self, present: dict[str, int], cells: Sequence[str | None], lines: Sequence[int]
    ) -> None:
        numbers = {
            cell: value
            for cell in present
            if cell[0] in NUMBER_BEGINNINGS and (value := parse_number(cell)) is not None
        }
        if len(numbers) < len(present):
            self.is_numeric = False
        if numbers:
            self.minimum = min(self.minimum, *numbers.values())
            self.maximum = max(self.maximum, *numbers.values())
            changed = {cell for cell, value in numbers.items() if is_respelled(cell, value)}
            self._record(self.respelled, changed, cells, lines)

    def _note_text(
        self,
        present: dict[str, int],
        cells: Sequence[str | None],
        lines: Sequence[int],
        num_safe: int,
    ) -> None:
        if not self.too_many_values:
            self._record(self.properties, OBJECT_PROPERTIES.intersection(present), cells, lines)
        joined = "\n" + "\n".join(present) + "\n"
        if '\n"' in joined:
            enclosed = {cell for cell in present if is_enclosed(cell)}
            self._record(self.enclosed, enclosed, cells, lines)
            self._record(self.quoted, set(filter(is_quoted, enclosed)), cells, lines)
        if any(sign in joined for sign in ("\n ", " \n", "  ", *MARKUP_SIGNS)):
            self._record(
                self.untidy, {cell for cell in present if is_untidy(cell)}, cells[:num_safe], lines
            )
            padded = {cell for cell in present if is_untidy(cell.rstrip(" "))}
            self._record(self.untidy, padded, cells[num_safe:], lines[num_safe:])
            self._record(self.markup, {cell for cell in present if has_markup(cell)}, cells, lines)

    def _record(
        self,
        mark: Occurrences,
        wanted: set[str] | frozenset[str],
        cells: Sequence[str | None],
        lines: Sequence[int],
    ) -> None:
        if not wanted:
            return
        found = [position for position, cell in enumerate(cells) if cell in wanted]
        if found:
            mark.add(len(found), line=lines[found[0]], sample=str(cells[found[0]]))

    @property
    def csv_quotes(self) -> Occurrences:
        """Cells in the quotes of a CSV writer; plain quotes count if every cell has them."""
        is_all = self.enclosed.count == self.num_cells > 1
        return self.enclosed if is_all else self.quoted

    def to_dict(self) -> dict[str, Any]:
        """Return the column as docs/checks.md describes it."""
        kind = "gradient" if self.is_gradient else "categories" if self.is_colorable else None
        return {
            "name": self.name,
            "is_numeric": self.is_numeric,
            "num_values": self.values.num_values,
            "num_blank": self.blank.count,
            "color": kind,
            "legend": [
                {"value": value, "count": None if isnan(count) else int(count)}
                for value, count in self.legend
            ],
            "first_cells": self.first_cells,
        }


def shown(cell: str | None) -> str:
    """Return the label that the page shows for a cell."""
    if not cell:
        return "null" if cell == "" else "Unknown"
    value = parse_number(cell) if cell[0] in NUMBER_BEGINNINGS else None
    return cell if value is None else format_number(value)


def is_respelled(cell: str, value: float) -> bool:
    """Whether the page shows a number differently; blanks at its ends do not count."""
    text = cell.strip(" \r")
    if text.isascii() and text.isdigit() and (text[0] != "0" or text == "0") and len(text) < 16:
        return False
    return format_number(value) != text


def is_enclosed(cell: str) -> bool:
    """Whether a cell is in one pair of quotes, and does not just start and end with a quote."""
    return len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', "")


def is_quoted(cell: str) -> bool:
    """Whether quotes are those of a CSV writer, which quotes only cells that need it."""
    return is_enclosed(cell) and any(sign in cell[1:-1] for sign in ('""', ",", ";"))


def is_untidy(cell: str) -> bool:
    """Whether a cell has blanks at an end, two in a row, or an HTML entity."""
    return cell != cell.strip(" ") or "  " in cell or ("&" in cell and bool(_ENTITY.search(cell)))


def has_markup(cell: str) -> bool:
    """Whether a cell has HTML or wiki markup."""
    return any(sign in cell for sign in MARKUP_SIGNS) and bool(_MARKUP.search(cell))
