"""The maps of an exported table, and the column that they are colored by, read back."""

from __future__ import annotations

from projector_export.arrays import Float32Matrix
from projector_export.explore.exported_tables import ExportedTables, find_file
from projector_export.prepare.geometry import viewer_pca
from projector_export.prepare.layouts import PCA


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


def read_color_column(tables: ExportedTables, name: str) -> str | None:
    """Return the column that a table's first bookmark colors by, if there is one."""
    from projector_export.checker.model.bookmarks import read_bookmarks

    written = tables.entries[name].bookmarks_path
    states = read_bookmarks(find_file(tables.config, written)).states if written else []
    column = states[0].get("selectedColorOptionName") if states else None
    return column if column in tables[name].metadata.columns else None
