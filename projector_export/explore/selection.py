"""The points that a link to a page chooses, as the page's CSV has them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float64Vector, IntVector
from projector_export.errors import InputError
from projector_export.explore.exported_maps import (
    read_color_column,
    read_map_positions,
    read_states,
)
from projector_export.explore.exported_tables import ExportedTables
from projector_export.explore.links import USUAL_NEIGHBORS, Link, read_link, read_rows
from projector_export.explore.neighbors import cosines, rank_by_similarity
from projector_export.explore.row_filter import RowMask
from projector_export.nearest import did_you_mean
from projector_export.page_parts import COLORINGS_NAME, Part, codes_of, read_colorings, read_tour
from projector_export.prepare.cells import shown_text
from projector_export.prepare.colorings import GRAYS
from projector_export.prepare.colors import grouped_original

AXES = ("map_x", "map_y", "map_z")
SIMILARITY = "similarity"


def select_points(tables: ExportedTables, link: str) -> pd.DataFrame:
    """Return the points that a link chooses: one with its neighbors, several, or all it shows.

    Raises:
        InputError: the link names a table, map, column, value or label that does not exist.
    """
    address = read_link(link, read_tour(tables.config.path.parent))
    name = _named(address.table or next(iter(tables)), list(tables), "table")
    rows, similarities = _chosen_rows(tables, name, address)
    bookmarks = [str(place + 1) for place in range(max(1, len(read_states(tables, name))))]
    place = int(_named(address.map or "1", bookmarks, "map")) - 1
    found = _shown_metadata(tables, name).iloc[rows].set_axis(rows)
    for axis, values in zip(AXES, read_map_positions(tables, name, place)[rows].T, strict=False):
        found[_unused(axis, found)] = values
    if similarities is not None:
        found[_unused(SIMILARITY, found)] = similarities[rows]
    return found


def _chosen_rows(
    tables: ExportedTables, name: str, address: Link
) -> tuple[IntVector, Float64Vector | None]:
    """Return the rows (n,) and, if they are one row and its neighbors, all similarities (N,)."""
    table = tables[name]
    every = np.arange(len(table.labels))
    isolated = np.array(read_rows(address.isolate, len(every)) or every.tolist(), dtype=np.int64)
    if address.select:
        (row,) = table.find_rows([address.select])
        among = isolated if row in isolated else every  # the page brings all points back
        similarities = cosines(table.compared_vectors, table.compared_vectors[row])
        left_out = [row, *np.setdiff1d(every, among).tolist()]
        k = _number(address.neighbors)
        near = rank_by_similarity(similarities, left_out=left_out, k=k)
        return np.concatenate([[row], near]), similarities
    if address.rows:
        return isolated[np.isin(isolated, read_rows(address.rows, len(every)))], None
    return isolated[_is_shown(tables, name, address)[isolated]], None


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) and int(text) else USUAL_NEIGHBORS


def _is_shown(tables: ExportedTables, name: str, address: Link) -> RowMask:
    """Return which rows (N,) have one of the values that the link shows; all if it names none."""
    if not address.show:
        return np.ones(len(tables[name].labels), dtype=bool)
    colorings = {str(one["column"]): one for one in _colorings(tables, name)}
    usual = read_color_column(tables, name) or next(iter(colorings), "")
    column = _named(address.color or usual, list(colorings), "column to color by")
    labels = _labels(colorings[column])
    chosen = [labels.index(_named(value, labels, f"value of {column}")) for value in address.show]
    return np.isin(codes_of(colorings[column]), chosen)


def _shown_metadata(tables: ExportedTables, name: str) -> pd.DataFrame:
    """Return the metadata as the page's cards do: with the value that a point is colored by.

    The stock viewer has ten colors, so its column says "Other" of what has a color on the page.
    """
    metadata = _shown_columns(tables[name].metadata)
    for coloring in _colorings(tables, name):
        column, labels = str(coloring["column"]), np.array(_labels(coloring), dtype=object)
        if column in metadata and len(labels):
            cells = labels[codes_of(coloring)]
            metadata = metadata.assign(
                **{column: metadata[column].where(np.isin(cells, [*GRAYS]), cells)}
            )
    return metadata


def _colorings(tables: ExportedTables, name: str) -> list[Part]:
    metadata = tables.entries[name].metadata_path.split("/")[-1]
    colorings = read_colorings(tables.config.path.parent).get(metadata, [])
    for coloring in colorings:
        if coloring.get("labels") and len(codes_of(coloring)) != len(tables[name].labels):
            raise InputError(
                f"{COLORINGS_NAME} does not fit {metadata}: {coloring['column']!r} has "
                f"{len(codes_of(coloring)):,} rows, not {len(tables[name].labels):,}",
                tip="write the export again, or delete the file: only the page uses it",
            )
    return colorings


def _labels(coloring: Mapping[str, Any]) -> list[str]:
    return [shown_text(label) for label in coloring.get("labels", [])]


def _shown_columns(metadata: pd.DataFrame) -> pd.DataFrame:
    """Leave out the grouped copies of columns, which only the stock viewer needs."""
    names = [str(name) for name in metadata.columns]
    return metadata.loc[:, [grouped_original(name) not in names for name in names]]


def _unused(name: str, table: pd.DataFrame) -> str:
    return _unused(f"{name}_", table) if name in table.columns else name


def _named(name: str, known: Sequence[str], what: str) -> str:
    if name not in known:
        listed = ", ".join(known) or "none"
        raise InputError(
            f"the link names a {what} that does not exist: {name!r}",
            tip=f"{did_you_mean(name, known)}choose from: {listed}",
        )
    return name
