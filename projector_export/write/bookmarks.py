"""The saved states ("bookmarks") that open the viewer on a finished map, coloured and labelled.

The format is the viewer's own `State` (data.ts:675-722, read by vz-projector.ts:665-714 and
vz-projector-projections-panel.ts, TensorBoard 2.21.0). Four of its rules shape this file:

- Of its slots only `umap` is shown as it is; one in `tsne` is iterated further. So every map goes
  into `umap`, whatever made it, and the bookmark's label says what it is.
- Loading a state wipes the PCA values that the viewer computed, and it never computes them again.
  So a state brings them along. One without entries wipes nothing: that is what `pca` needs.
- Each axis is stretched by itself to fill the plot, so a map must span the same on every axis.
- An entry too many throws, and TensorBoard hands out no more than 100,000 rows.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.embedding import Embedding
from projector_export.prepare.geometry import sphereize, viewer_pca
from projector_export.prepare.layouts.compute import PCA, TITLES
from projector_export.prepare.layouts.methods import (
    NUM_UMAP_NEIGHBORS,
    UMAP_MIN_DIST,
    perplexity_for,
)
from projector_export.write.metadata import clean_text, column_names

MAX_STATES = 3
MAX_BYTES = 10_000_000
NO_COLOR = "No color map"
NUM_PCA_COMPONENTS = 10  # as many as the viewer computes
MIN_PCA_COMPONENTS = 3  # as many as its PCA tab shows at first
DECIMALS = 4  # a twentieth of a pixel in a plot of 1,000
_VALUE_BYTES = len('"pca-0":-0.1234,')

_CAMERA_2D = {"orthographic": True, "position": [0, 0, 4], "target": [0, 0, 0], "zoom": 1.1}
_CAMERA_3D = {"orthographic": False, "position": [0.45, 0.9, 1.6], "target": [0, 0, 0], "zoom": 1}


def bookmarks_json(embedding: Embedding, *, num_rows: int | None = None) -> bytes:
    """Write one state for each of the embedding's layouts, at most three, the first one first.

    Args:
        embedding: prepared vectors with `layouts`.
        num_rows: how many rows the viewer will have; all, if it is not said.
    """
    layouts = dict(list(embedding.layouts.items())[:MAX_STATES])
    num_rows = min(num_rows or embedding.num_rows, embedding.num_rows)
    num_maps = sum(name != PCA for name in layouts)
    components: Float32Matrix = np.empty((num_rows, 0))
    if num_maps:
        width = num_pca_components(num_rows, dim=embedding.dim, num_maps=num_maps)
        components = viewer_pca(sphereize(embedding.vectors))[:num_rows, :width]
    states = []
    for name, layout in layouts.items():
        head = json.dumps(_state(embedding, name, layout.shape[1]), ensure_ascii=False)
        entries = "" if name == PCA else _entries(layout[:num_rows], components)
        states.append(f'{head[:-1]}, "projections": [{entries}]}}')
    return ("[" + ",\n".join(states) + "]\n").encode()


def layout_bookmarks_json(embedding: Embedding, name: str) -> bytes:
    """Write the state of a layout that is a tensor of its own: coloured, in the PCA tab."""
    state = _state(embedding, PCA, embedding.layouts[name].shape[1])
    state |= {"label": _label(embedding, name), "dataSetDimensions": [embedding.num_rows, 3]}
    return (json.dumps([{**state, "projections": []}], ensure_ascii=False) + "\n").encode()


def num_pca_components(num_rows: int, *, dim: int, num_maps: int) -> int:
    """How many of the ten components fit: all for most data, fewer where the file would pass 10 MB.

    Each map's state repeats them. The PCA tab opens on the first three, which are always there.
    """
    bytes_per_row = MAX_BYTES / max(1, num_rows * num_maps) - 3 * _VALUE_BYTES
    fitting = int(np.clip(bytes_per_row // _VALUE_BYTES, MIN_PCA_COMPONENTS, NUM_PCA_COMPONENTS))
    return min(fitting, dim)


def _state(embedding: Embedding, name: str, num_axes: int) -> dict[str, Any]:
    """Make all of a state but its coordinates; the viewer needs every one of these keys."""
    columns = column_names(embedding.metadata)
    label_column = columns[0] if len(columns) > 1 else "label"
    return {
        "label": _label(embedding, name),
        "isSelected": False,
        "selectedProjection": "pca" if name == PCA else "umap",
        "dataSetDimensions": [embedding.num_rows, embedding.dim],
        "tSNEIteration": 0,
        "tSNEPerplexity": perplexity_for(embedding.num_rows),
        "tSNELearningRate": 1,
        "tSNEis3d": num_axes == 3,
        "umapIs3d": num_axes == 3,
        "umapNeighbors": NUM_UMAP_NEIGHBORS,
        "umapMinDist": UMAP_MIN_DIST,
        "pcaComponentDimensions": list(range(num_axes if name == PCA else 3)),
        "customSelectedSearchByMetadataOption": label_column,
        **_EMPTY_CUSTOM_PROJECTION,
        "selectedPoints": [],
        "cameraDef": _CAMERA_3D if num_axes == 3 else _CAMERA_2D,
        "selectedColorOptionName": clean_text(embedding.color_by or NO_COLOR),
        "forceCategoricalColoring": False,
        "selectedLabelOption": label_column,
    }


_EMPTY_CUSTOM_PROJECTION = {
    f"custom{side}{part}": empty
    for side in ("XLeft", "XRight", "YUp", "YDown")
    for part, empty in (("Text", ""), ("Regex", False))
}


def _label(embedding: Embedding, name: str) -> str:
    title = TITLES.get(name, name)
    return f"{title} by {clean_text(embedding.color_by)}" if embedding.color_by else title


def _entries(layout: Float32Matrix, components: Float32Matrix) -> str:
    """Write a point's coordinates for each row of (N, 2 or 3) and (N, components)."""
    keys = [f"umap-{axis}" for axis in range(layout.shape[1])]
    keys += [f"pca-{component}" for component in range(components.shape[1])]
    row = "{" + ",".join(f'"{key}":%.{DECIMALS}f' for key in keys) + "}"
    return ",".join(row % tuple(values) for values in np.hstack([layout, components]).tolist())
