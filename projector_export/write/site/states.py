"""Bookmarks in less space: a column of integers for each coordinate, not an object per point."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from projector_export.arrays import Float64Vector
from projector_export.write.bookmarks import quantize
from projector_export.write.site.packing import byte_planes

State = dict[str, Any]


def packed_state(state: State, *, num_rows: int) -> State:
    """Return a bookmark of the first `num_rows` points, as `scripts/unpack.js` reads it.

    Coordinates lose nothing that can be seen, because the viewer stretches each axis by itself. A
    bookmark whose points do not all have the same coordinates stays as it is.
    """
    points = state.get("projections")
    if not isinstance(points, list) or "filteredPoints" in state:
        return state
    try:
        columns = _columns(points[:num_rows])
        dimensions = [num_rows, *state["dataSetDimensions"][1:]]
    except (KeyError, TypeError, ValueError, OverflowError):
        return state
    return state | {
        "dataSetDimensions": dimensions,
        "projections": {name: _as_text(column) for name, column in columns.items()},
    }


def _columns(points: list[dict[str, Any]]) -> dict[str, Float64Vector]:
    """Return the values (N,) of each coordinate.

    Raises:
        KeyError, TypeError, ValueError, OverflowError: not all points have the same coordinates, or
            one is no finite number.
    """
    names = list(points[0]) if points else []
    rows = [[point[name] for name in names] for point in points if len(point) == len(names)]
    matrix = np.array(rows, dtype=np.float64).reshape(len(points), len(names))
    if not np.isfinite(matrix).all():
        raise ValueError("a coordinate is not finite")
    return dict(zip(names, matrix.T, strict=True))


def _as_text(column: Float64Vector) -> str:
    return base64.b64encode(byte_planes(quantize(column[:, None]))).decode()
