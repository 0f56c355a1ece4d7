"""Twins: for a column with too many values one with the most frequent and Other."""

from __future__ import annotations

from collections import Counter

from projector_export.checker.grouping import (
    crowded_columns,
    hidden_columns,
)
from projector_export.checker.model.columns import Column
from projector_export.fixer.lenient_lines import UNKNOWN
from projector_export.viewer_facts import NUM_COLORS

Columns = list[list[str]]
OTHER = "Other"


def with_twins(names: list[str], columns: Columns, color_by: str = "") -> tuple[list[str], Columns]:
    """Add a twin of every column that a person would color by and cannot, the best first.

    Args:
        names: of the columns.
        columns: the cells of each.
        color_by: the only column to give a twin to; "" to judge.
    """
    judged = [_column(name, cells) for name, cells in zip(names, columns, strict=True)]
    crowded = [column for column in crowded_columns(judged) if not column.is_numeric]
    wanted = [column.name for column in hidden_columns(judged, color_by) + crowded]
    twins = {f"{name}_top_{NUM_COLORS}": columns[names.index(name)] for name in wanted}
    added = {twin: grouped(cells) for twin, cells in twins.items() if twin not in names}
    return names + list(added), columns + list(added.values())


def _column(name: str, cells: list[str]) -> Column:
    column = Column(name)
    column.add(cells, range(1, len(cells) + 1), num_safe=len(cells))
    return column


def grouped(cells: list[str]) -> list[str]:
    """Keep the most frequent values, 10 with Other; equal counts go by name.

    Unknown is kept however rare it is: what is not known is not Other.
    """
    counts = Counter(cell for cell in cells if cell not in {OTHER, UNKNOWN})
    order = sorted(counts, key=lambda value: (-counts[value], value))
    num_kept = NUM_COLORS - 1 - int(UNKNOWN in cells)
    kept = {*order[:num_kept], UNKNOWN}
    return [cell if cell in kept else OTHER for cell in cells]
