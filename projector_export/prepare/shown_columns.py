"""The columns that the viewer is shown, and which of them it can color by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from projector_export.embedding import AUTO
from projector_export.prepare.added_columns import MAP_REGION
from projector_export.prepare.colorings import Coloring, make_colorings
from projector_export.prepare.colors import best_color_column
from projector_export.prepare.columns import viewer_columns, year_columns


@dataclass(frozen=True, slots=True, eq=False)
class ShownColumns:
    """Metadata as text and numbers.

    Attributes:
        metadata: N rows.
        color_by: the column that the map is colored by, if any.
        colorings: what the web page offers to color by, that of `color_by` first.
    """

    metadata: pd.DataFrame
    color_by: str | None
    colorings: Sequence[Coloring]


def shown_columns(
    metadata: pd.DataFrame,
    color_by: str | None,
    *,
    full_text: bool = False,
    max_colors: int = 10,
    added: Sequence[str] = (),
) -> ShownColumns:
    """Convert metadata, and choose what it is colored by; for many dates these are their years.

    Of the `added` columns, which were computed, only regions are chosen, and only if nothing else
    says as much.
    """
    shown = viewer_columns(metadata, full_text=full_text)
    years = year_columns(metadata, shown)
    if color_by == AUTO and AUTO not in shown.columns:
        given = shown.drop(columns=[*years, *added], errors="ignore")
        regions = MAP_REGION if MAP_REGION in shown.columns else None
        column = best_color_column(given, max_colors=max_colors) or regions
    else:
        column = years.get(str(color_by), color_by)
    return ShownColumns(shown, column, make_colorings(shown, column))
