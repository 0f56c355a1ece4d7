"""The maps of an exported table, and the column that they are colored by, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError, command_line
from projector_export.explore.exported_tables import ExportedTable, ExportedTables, find_file
from projector_export.prepare.geometry import viewer_pca
from projector_export.prepare.layouts import PCA
from projector_export.viewer_facts import NUM_PCA_COMPONENTS


def read_layouts(tables: ExportedTables, name: str) -> dict[str, Float32Matrix]:
    """Read the layouts of a table as (N, 2 or 3), in order, and compute its PCA as (N, 2).

    A layout is a table named `<table>_<layout>` of as many rows, with bookmarks.
    """
    table = tables[name]
    found = {}
    for entry in tables.entries.values():
        if entry.tensor_name.startswith(f"{name}_") and entry.bookmarks_path:
            points = tables[entry.tensor_name].vectors
            if points.shape == (len(table.vectors), 3):
                layout = entry.tensor_name.removeprefix(f"{name}_")
                # The viewer draws nothing for two columns, so flat maps have a third of zeros.
                found[layout] = points if points[:, 2].any() else points[:, :2]
    return found | {PCA: viewer_pca(table.compared_vectors, num_components=2)}


def read_states(tables: ExportedTables, name: str) -> list[Mapping[str, Any]]:
    """Read the bookmarks of a table, in order."""
    from projector_export.checker.model.bookmarks import read_bookmarks

    written = tables.entries[name].bookmarks_path
    return list(read_bookmarks(find_file(tables.config, written)).states) if written else []


def read_color_column(tables: ExportedTables, name: str) -> str | None:
    """Return the column that a table's first bookmark colors by, if there is one."""
    states = read_states(tables, name)
    column = states[0].get("selectedColorOptionName") if states else None
    return column if isinstance(column, str) and column in tables[name].metadata.columns else None


def read_map_positions(tables: ExportedTables, name: str, place: int = 0) -> Float32Matrix:
    """Return where the viewer draws the rows (N, 2 or 3): from -1 to 1 on each axis.

    Args:
        tables: the tables.
        name: the table.
        place: which of its bookmarks, from 0; without any, the viewer shows PCA.

    Raises:
        InputError: the bookmark is damaged.
    """
    states = read_states(tables, name)
    try:
        return _stretched(_drawn(tables[name], states[place] if states else {}))
    except (TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise InputError(
            f"bookmark {place + 1} of {name} cannot be read: {error}",
            tip=f"see what is wrong with: {command_line('check', tables.config.path.parent)}",
        ) from error


def _drawn(table: ExportedTable, state: Mapping[str, Any]) -> Float32Matrix:
    """Return the coordinates (N, 2 or 3) of a bookmark, which the viewer then stretches."""
    slot, saved = state.get("selectedProjection", PCA), state.get("projections", [])
    components = list(state.get("pcaComponentDimensions", range(3)))
    if slot == PCA and not saved:
        computed = viewer_pca(table.compared_vectors, num_components=NUM_PCA_COMPONENTS)
        drawn: Float32Matrix = computed[:, components]
        return drawn
    is_solid = state.get({"tsne": "tSNEis3d"}.get(slot, f"{slot}Is3d"), False)
    shown = components if slot == PCA else range(3 if is_solid else 2)
    points = np.full((len(table.labels), len(shown)), np.nan, np.float32)
    for row, point in enumerate(saved[: len(points)]):
        points[row] = [point.get(f"{slot}-{component}", np.nan) for component in shown]
    return points


def _stretched(points: Float32Matrix) -> Float32Matrix:
    """Stretch each axis by itself from -1 to 1, as the viewer does."""
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    spans = np.where(high > low, high - low, 1)
    stretched: Float32Matrix = (2 * (points - low) / spans - 1).astype(np.float32)
    return stretched
