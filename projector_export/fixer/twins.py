"""Twins: for a column with too many values, a copy with the most frequent ones and Other."""

from __future__ import annotations

import pandas as pd

from projector_export.checker.grouping import (
    crowded_columns,
    hidden_columns,
)
from projector_export.checker.model.columns import Column
from projector_export.prepare.colors import group_rare_values
from projector_export.viewer_facts import NUM_COLORS

Columns = list[list[str]]


def add_twins(names: list[str], columns: Columns, color_by: str = "") -> tuple[list[str], Columns]:
    """Add a twin of every column to color by that is not offered, the best first.

    Args:
        names: the names of the columns.
        columns: the cells of each.
        color_by: the only column to add a twin for; if "", columns are judged.
    """
    judged = [_column(name, cells) for name, cells in zip(names, columns, strict=True)]
    crowded = [column for column in crowded_columns(judged) if not column.is_numeric]
    wanted = [column.name for column in hidden_columns(judged, color_by) + crowded]
    twins = {f"{name}_top_{NUM_COLORS}": columns[names.index(name)] for name in wanted}
    added = {
        twin: list(group_rare_values(pd.Series(cells, dtype=object), max_colors=NUM_COLORS))
        for twin, cells in twins.items()
        if twin not in names
    }
    return names + list(added), columns + list(added.values())


def _column(name: str, cells: list[str]) -> Column:
    column = Column(name)
    column.add(cells, range(1, len(cells) + 1), num_safe=len(cells))
    return column
