"""`preview.png`: the first map as a picture, which previews of links show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from projector_export.export_folder import PREVIEW_NAME
from projector_export.files import write_bytes_whole
from projector_export.prepare.cells import is_numeric
from projector_export.prepare.table import PreparedTable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_POINTS = 100_000  # more would only be drawn over each other


def write_preview(folder: Path, table: PreparedTable) -> None:
    """Draw the first map of a table, if it has one."""
    if not table.layouts:
        return
    from projector_export.explore.map_pictures import map_figure
    from projector_export.explore.picture import PRESETS, figure_bytes

    drawn = table.take(np.arange(min(table.num_rows, MAX_POINTS)))
    layout = next(iter(drawn.layouts.values()))
    figure = map_figure(
        layout[:, :2],
        None if drawn.color_by is None else drawn.metadata[drawn.color_by],
        labels=_labels(drawn),
        title="",
        preset=PRESETS["social"],
    )
    _center(figure)
    write_bytes_whole(folder / PREVIEW_NAME, figure_bytes(figure, "png"))


def _center(figure: Figure) -> None:
    """Move the map and its legend to the middle; the map is at the left of wide pictures."""
    axes = figure.axes[0]
    figure.draw_without_rendering()
    right = max(part.get_window_extent().x1 for part in (axes, *filter(None, [axes.get_legend()])))
    place = axes.get_position()
    shift = max(0.0, 1 - right / figure.bbox.width) / 2
    axes.set_position((place.x0 + shift, place.y0, place.width, place.height))


def _labels(table: PreparedTable) -> list[str]:
    """Return the cells of the first text column, by which the viewer labels points."""
    columns = [table.metadata.iloc[:, index] for index in range(table.metadata.shape[1])]
    texts = [column for column in columns if not is_numeric(column)]
    return [str(cell) for cell in (texts or columns)[0]]
