"""Pictures of an export: its maps, a row with its neighbors, bars of similarities, and concepts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from projector_export.explore.concepts import concepts_figure
from projector_export.explore.exported_maps import read_color_column, read_layouts
from projector_export.explore.map_pictures import around_figure, bars_figure, map_figure
from projector_export.explore.neighbors import cosines, rank_by_similarity
from projector_export.explore.picture import PRESETS, Preset, file_slug, save_figure, shortened
from projector_export.explore.row_filter import find_column
from projector_export.prepare.layouts import layout_title

if TYPE_CHECKING:
    from projector_export.explore.open_export import OpenExport

NUM_NEIGHBORS = 10


def plot_maps(
    opened: OpenExport,
    output: Path,
    *,
    color_by: str | None = None,
    preset: str = "screen",
    format_name: str = "png",
) -> list[Path]:
    """Draw each map of the first table as `<table>_<layout>.<format>`; return the paths.

    Args:
        opened: the export.
        output: the folder to write to.
        color_by: a column; by default the one that the map is colored by.
        preset: a key of `PRESETS`.
        format_name: one of `FORMATS`.

    Raises:
        InputError: the column does not exist.
    """
    suffix = f"_by_{file_slug(color_by)}" if color_by else ""
    return [
        save_figure(figure, output / f"{_slug(opened, name)}{suffix}.{format_name}")
        for name, figure in map_figures(opened, color_by=color_by, preset=PRESETS[preset])
    ]


def map_figures(
    opened: OpenExport, *, color_by: str | None = None, preset: Preset
) -> Iterator[tuple[str, Figure]]:
    """Yield the name and the picture of each map of the first table."""
    table = opened.table()
    column = color_by or read_color_column(opened.tables, table.name)
    values = None if column is None else find_column(table.metadata, column, table.name)
    for name, layout in read_layouts(opened.tables, table.name).items():
        title = f"{layout_title(name)} by {column}" if column else layout_title(name)
        yield (
            name,
            map_figure(layout[:, :2], values, labels=table.labels, title=title, preset=preset),
        )


def plot_around(
    opened: OpenExport,
    label: str,
    output: Path,
    *,
    preset: str = "screen",
    format_name: str = "png",
) -> list[Path]:
    """Draw on each map where one row and its 10 nearest neighbors are; return the paths.

    Raises:
        InputError: there is no row with that label; the tip names the nearest ones.
    """
    table = opened.table()
    row = table.find_rows([label])[0]
    similarities = cosines(table.compared_vectors, table.compared_vectors[row])
    near = rank_by_similarity(similarities, left_out=[row], k=NUM_NEIGHBORS)
    label = table.labels[row]
    neighbors = [(int(other), float(similarities[other])) for other in near]
    written = []
    for name, layout in read_layouts(opened.tables, table.name).items():
        title = f"{shortened(label, 50)} and its nearest, on {layout_title(name)}"
        figure = around_figure(
            layout[:, :2], row, neighbors, labels=table.labels, title=title, preset=PRESETS[preset]
        )
        path = output / f"{_slug(opened, name)}_around_{file_slug(label)}.{format_name}"
        written.append(save_figure(figure, path))
    return written


def plot_neighbors(
    opened: OpenExport,
    label: str,
    output: Path,
    *,
    preset: str = "screen",
    format_name: str = "png",
) -> list[Path]:
    """Draw the similarity of the closest and the furthest rows as bars; return the path.

    Raises:
        InputError: there is no row with that label; the tip names the nearest ones.
    """
    closest = opened.neighbors(label, k=NUM_NEIGHBORS)
    furthest = opened.neighbors(label, k=NUM_NEIGHBORS, least=True)
    label = opened.find_label(label)
    figure = bars_figure(closest, furthest, title=shortened(label, 50), preset=PRESETS[preset])
    name = f"{file_slug(opened.table().name)}_neighbors_{file_slug(label)}.{format_name}"
    return [save_figure(figure, output / name)]


def plot_concepts(
    opened: OpenExport,
    column: str,
    output: Path,
    *,
    preset: str = "screen",
    format_name: str = "png",
) -> list[Path]:
    """Draw the values of a column as points at the mean of their rows; return the path.

    Raises:
        InputError: the column does not exist, or has too few values that repeat.
    """
    table = opened.table()
    figure = concepts_figure(
        table.compared_vectors,
        find_column(table.metadata, column, table.name),
        title=f"{shortened(column, 50)}: each at the mean of its rows",
        preset=PRESETS[preset],
    )
    name = f"{file_slug(table.name)}_concepts_{file_slug(column)}.{format_name}"
    return [save_figure(figure, output / name)]


def _slug(opened: OpenExport, layout_name: str) -> str:
    return f"{file_slug(opened.table().name)}_{file_slug(layout_name)}"
