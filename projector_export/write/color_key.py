"""Which value has which color in projector.tensorflow.org, which draws no legend.

Its build is the index.html of 2019-05-28 in tensorflow/embedding-projector-standalone (6ff71f7):
the legend is in a `<template dom-if>` without `is`, which stays inert. Its colors are those of
today's viewer (`viewer_facts.COLORS`), by first appearance.
"""

from __future__ import annotations

import html

from projector_export.prepare.cells import is_numeric, shown_text, text_cells
from projector_export.prepare.table import PreparedTable
from projector_export.viewer_facts import COLORS, GRADIENT, MAX_COLOR_VALUES

COLOR_NAMES = (
    *("blue", "red", "pink", "cyan", "green", "brown", "olive", "orange", "purple", "gray"),
)


def color_key(table: PreparedTable) -> str:
    """Return the key of the column that a table is colored by, as Markdown; "" if it has none."""
    if table.color_by is None:
        return ""
    column = table.metadata[table.color_by]
    if is_numeric(column):
        if column.nunique() <= MAX_COLOR_VALUES:
            return ""
        least, most = GRADIENT
        return (
            f"The least number of {_cell(table.color_by)} is light yellow `{least}`, the greatest "
            f"dark blue `{most}`.\n"
        )
    cells = text_cells(column)
    counts: dict[str, int] = {}
    for cell in cells:
        counts[cell] = counts.get(cell, 0) + 1
    rows = [
        f"| {COLOR_NAMES[rank % len(COLORS)]} `{COLORS[rank % len(COLORS)]}` | "
        f"{_cell(shown_text(value))} | {count:,} |"
        for rank, (value, count) in enumerate(counts.items())
    ]
    return "\n".join([f"| color | {_cell(table.color_by)} | points |", "|---|---|---|", *rows, ""])


def _cell(text: str) -> str:
    """Write any text as one cell of a Markdown table."""
    escaped = html.escape(text)
    for sign in "\\`*_[]|":
        escaped = escaped.replace(sign, f"&#{ord(sign)};")
    return escaped
