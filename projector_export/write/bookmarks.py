"""The saved states ("bookmarks") that open the viewer on a finished map, colored and labeled.

The format is the viewer's own `State` (data.ts:675-722, read by vz-projector.ts:665-714 and
vz-projector-projections-panel.ts, TensorBoard 2.21.0). Five of its rules shape this file:

- Of its slots only `umap` is shown as it is; `tsne` is iterated further. So every map goes into
  `umap`, whatever method computed it, and the bookmark's label names the method.
- In TensorBoard, loading a state deletes the PCA values that the viewer computed, and it never
  computes them again: the PCA tab then draws nothing for a component that the state does not
  include. So states for TensorBoard include all of them. projector.tensorflow.org deletes nothing,
  and the page in `site/` lets the viewer compute them again. A state without entries deletes
  nothing in either: that is what `pca` needs.
- Each axis is stretched by itself to fill the plot, so a map needs the same extent on every axis.
- So axes have no unit: coordinates are integers, which are shorter than fractions.
- One entry too many throws, and TensorBoard serves no more than 100,000 rows.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix, IntMatrix
from projector_export.prepare.cells import clean_text, column_names, is_numeric
from projector_export.prepare.colors import grouped_original
from projector_export.prepare.geometry import sphereize, viewer_pca
from projector_export.prepare.layouts import PCA, layout_title
from projector_export.prepare.layouts.tsne import perplexity_for
from projector_export.prepare.table import PreparedTable
from projector_export.viewer_facts import (
    MAX_COLOR_VALUES,
    NO_COLOR,
    NUM_PCA_COMPONENTS,
    UMAP_MIN_DIST,
    UMAP_NEIGHBORS,
)

logger = logging.getLogger(__name__)

MAX_BYTES = 10_000_000  # of a file with a map in several colors; docs/viewer.md says why
BYTES_PER_COORDINATE = 14  # such as "pca-0":-1234, with its part of the braces
HALF_AXIS = 10_000  # steps from the middle of an axis to its end: 1/20 of a pixel in 1,000
POINTS_AT_ONCE = 65_536  # as Python integers, which take much more memory

_CAMERA_2D = {"orthographic": True, "position": [0, 0, 4], "target": [0, 0, 0], "zoom": 1.1}
_CAMERA_3D = {"orthographic": False, "position": [0.45, 0.9, 1.6], "target": [0, 0, 0], "zoom": 1}


def bookmarks_json(
    table: PreparedTable, *, num_rows: int | None = None, with_pca: bool = False
) -> Iterator[bytes]:
    """Yield the file of one state for each of the table's layouts, in order.

    For TensorBoard, which has no other way to name a coloring, its first map follows in each of the
    table's other colors, as many as the file has room for.

    Args:
        table: the table with its layouts.
        num_rows: how many rows the viewer will have; by default all.
        with_pca: write for TensorBoard: include the principal components that it would lose.
    """
    num_rows = min(num_rows or table.num_rows, table.num_rows)
    components: Float32Matrix = np.empty((num_rows, 0), np.float32)
    if with_pca and set(table.layouts) - {PCA}:
        rows = sphereize(table.vectors[:num_rows])
        components = viewer_pca(rows, num_components=NUM_PCA_COMPONENTS)
    shown = [(table, name) for name in table.layouts]
    if with_pca:
        num_axes = next(iter(table.layouts.values())).shape[1] + components.shape[1]
        shown += _with_room(table, num_rows * num_axes * BYTES_PER_COORDINATE)
    before = b"["
    for colored, name in shown:
        yield before
        yield from _state_bytes(colored, name, num_rows, components)
        before = b",\n"
    yield b"]\n"


def _with_room(table: PreparedTable, bytes_per_map: int) -> list[tuple[PreparedTable, str]]:
    """Return the first map in other colors, as many as the file has room for."""
    maps = [name for name in table.layouts if name != PCA]
    others = list(other_colors(table)) if maps else []
    room = MAX_BYTES // bytes_per_map - len(maps)
    if left_out := others[max(0, room) :]:
        logger.info(
            "%s: no bookmarks by %s, of %.1f MB each; %s_%s has them",
            table.name,
            ", ".join(str(other.color_by) for other in left_out),
            bytes_per_map / 1e6,
            table.name,
            maps[0],
        )
    return [(other, maps[0]) for other in others[: max(0, room)]]


def other_colors(table: PreparedTable) -> Iterator[PreparedTable]:
    """Yield the table colored by each other column that the viewer can color by."""
    columns = [str(name) for name in table.metadata.columns]
    for coloring in table.colorings:
        copies = [name for name in columns if grouped_original(name) == coloring.column]
        column = next(iter(copies), coloring.column)
        cells = table.metadata[column] if column in columns else None
        is_offered = cells is not None and (
            is_numeric(cells) or cells.nunique() <= MAX_COLOR_VALUES
        )
        if column != table.color_by and is_offered:
            yield replace(table, color_by=column)


def color_bookmarks_json(table: PreparedTable) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the first map in each other color, as a file: the name of the column, its bytes.

    projector.tensorflow.org opens only the first state of a file.
    """
    maps = [name for name in table.layouts if name != PCA]
    bytes_per_map = table.num_rows * 2 * BYTES_PER_COORDINATE
    others = other_colors(table) if maps and bytes_per_map <= MAX_BYTES else ()
    no_components: Float32Matrix = np.empty((table.num_rows, 0), np.float32)
    for other in others:
        state = _state_bytes(other, maps[0], table.num_rows, no_components)
        yield str(other.color_by), chain([b"["], state, [b"]\n"])


def layout_bookmarks_json(
    table: PreparedTable, name: str, *, num_rows: int | None = None, with_others: bool = False
) -> bytes:
    """Write the states of a layout that is a separate tensor, in the PCA tab.

    Args:
        table: the table with the layout.
        name: the layout.
        num_rows: how many rows the viewer will have; by default all.
        with_others: add a state for each other color; they have no coordinates, and so no size.
    """
    num_rows = min(num_rows or table.num_rows, table.num_rows)
    num_axes = table.layouts[name].shape[1]
    states = []
    for colored in (table, *(other_colors(table) if with_others else ())):
        state = _state(colored, PCA, num_axes=num_axes, num_rows=num_rows)
        state |= {"label": _label(colored, name), "dataSetDimensions": [num_rows, 3]}
        states.append({**state, "projections": []})
    return (json.dumps(states, ensure_ascii=False) + "\n").encode()


def _state_bytes(
    table: PreparedTable, name: str, num_rows: int, components: Float32Matrix
) -> Iterator[bytes]:
    """Yield the state of a layout with its coordinates."""
    layout = table.layouts[name]
    state = _state(table, name, num_axes=layout.shape[1], num_rows=num_rows)
    yield (json.dumps(state, ensure_ascii=False)[:-1] + ', "projections": [').encode()
    if name != PCA:
        yield from _entries(layout[:num_rows], components)
    yield b"]}"


def _state(table: PreparedTable, name: str, *, num_axes: int, num_rows: int) -> dict[str, Any]:
    """Return a state without its coordinates; the viewer needs every one of these keys."""
    columns = column_names(table.metadata)
    label_column = columns[0] if len(columns) > 1 else "label"
    return {
        "label": _label(table, name),
        "isSelected": False,
        "selectedProjection": "pca" if name == PCA else "umap",
        "dataSetDimensions": [num_rows, table.dim],
        "tSNEIteration": 0,
        "tSNEPerplexity": perplexity_for(table.num_rows),
        "tSNELearningRate": 1,
        "tSNEis3d": num_axes == 3,
        "umapIs3d": num_axes == 3,
        "umapNeighbors": UMAP_NEIGHBORS,
        "umapMinDist": UMAP_MIN_DIST,
        "pcaComponentDimensions": list(range(num_axes if name == PCA else 3)),
        "customSelectedSearchByMetadataOption": label_column,
        **_EMPTY_CUSTOM_PROJECTION,
        "selectedPoints": [],
        "cameraDef": _CAMERA_3D if num_axes == 3 else _CAMERA_2D,
        "selectedColorOptionName": clean_text(table.color_by or NO_COLOR),
        "forceCategoricalColoring": False,
        "selectedLabelOption": label_column,
    }


_EMPTY_CUSTOM_PROJECTION = {
    f"custom{side}{part}": empty
    for side in ("XLeft", "XRight", "YUp", "YDown")
    for part, empty in (("Text", ""), ("Regex", False))
}


def _label(table: PreparedTable, name: str) -> str:
    title = layout_title(name)
    if not table.color_by:
        return title
    original = grouped_original(table.color_by)
    column = original if original in table.metadata.columns else table.color_by
    return f"{title} by {clean_text(column)}"


def _entries(layout: Float32Matrix, components: Float32Matrix) -> Iterator[bytes]:
    """Yield the coordinates of each point, from (N, 2 or 3) and (N, components)."""
    keys = [f"umap-{axis}" for axis in range(layout.shape[1])]
    keys += [f"pca-{component}" for component in range(components.shape[1])]
    row = "{" + ",".join(f'"{key}":%d' for key in keys) + "}"
    coordinates = quantize(np.hstack([layout, components]))
    for start in range(0, len(coordinates), POINTS_AT_ONCE):
        points = coordinates[start : start + POINTS_AT_ONCE].tolist()
        yield ("," * (start > 0) + ",".join(row % tuple(point) for point in points)).encode()


def quantize(coordinates: Float32Matrix) -> IntMatrix:
    """Stretch each axis of (N, axes) by itself, as the viewer does, to integers of +-10,000."""
    low, high = coordinates.min(axis=0).astype(float), coordinates.max(axis=0).astype(float)
    half = np.where(high > low, (high - low) / 2, 1)  # (axes,)
    return np.rint((coordinates - (low + high) / 2) / half * HALF_AXIS).astype(np.int16)
