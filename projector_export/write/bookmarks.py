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
from collections.abc import Iterator
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix, IntMatrix
from projector_export.prepare.cells import clean_text, column_names
from projector_export.prepare.geometry import sphereize, viewer_pca
from projector_export.prepare.layouts import PCA, layout_title
from projector_export.prepare.layouts.tsne import perplexity_for
from projector_export.prepare.table import PreparedTable
from projector_export.viewer_facts import (
    NO_COLOR,
    NUM_PCA_COMPONENTS,
    UMAP_MIN_DIST,
    UMAP_NEIGHBORS,
)

HALF_AXIS = 10_000  # steps from the middle of an axis to its end: 1/20 of a pixel in 1,000
POINTS_AT_ONCE = 65_536  # as Python integers, which take much more memory

_CAMERA_2D = {"orthographic": True, "position": [0, 0, 4], "target": [0, 0, 0], "zoom": 1.1}
_CAMERA_3D = {"orthographic": False, "position": [0.45, 0.9, 1.6], "target": [0, 0, 0], "zoom": 1}


def bookmarks_json(
    table: PreparedTable, *, num_rows: int | None = None, with_pca: bool = False
) -> Iterator[bytes]:
    """Yield the file of one state for each of the table's layouts, in order.

    Args:
        table: the table with its layouts.
        num_rows: how many rows the viewer will have; by default all.
        with_pca: include the principal components that TensorBoard would lose.
    """
    num_rows = min(num_rows or table.num_rows, table.num_rows)
    components: Float32Matrix = np.empty((num_rows, 0), np.float32)
    if with_pca and set(table.layouts) - {PCA}:
        rows = sphereize(table.vectors[:num_rows])
        components = viewer_pca(rows, num_components=NUM_PCA_COMPONENTS)
    before = "["
    for name, layout in table.layouts.items():
        state = _state(table, name, num_axes=layout.shape[1], num_rows=num_rows)
        yield (before + json.dumps(state, ensure_ascii=False)[:-1] + ', "projections": [').encode()
        if name != PCA:
            yield from _entries(layout[:num_rows], components)
        yield b"]}"
        before = ",\n"
    yield b"]\n"


def layout_bookmarks_json(table: PreparedTable, name: str, *, num_rows: int | None = None) -> bytes:
    """Write the state of a layout that is a separate tensor: colored, in the PCA tab."""
    num_rows = min(num_rows or table.num_rows, table.num_rows)
    num_axes = table.layouts[name].shape[1]
    state = _state(table, PCA, num_axes=num_axes, num_rows=num_rows)
    state |= {"label": _label(table, name), "dataSetDimensions": [num_rows, 3]}
    return (json.dumps([{**state, "projections": []}], ensure_ascii=False) + "\n").encode()


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
    return f"{title} by {clean_text(table.color_by)}" if table.color_by else title


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
