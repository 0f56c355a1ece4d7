"""The interface of a layout method: its input and its description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.prepare.geometry import viewer_pca
from projector_export.prepare.layouts.landmarks import mean_of_nearest
from projector_export.prepare.layouts.neighbors import NeighborGraph

Report = Callable[[int, int], None]  # steps done, steps in total


@dataclass(frozen=True, slots=True, eq=False)
class LayoutInput:
    """The input of a layout method.

    Attributes:
        vectors: float32 (N, D).
        start: float64 (N, 2 or 3), where points start; the layout has as many dimensions.
        graph: each row's nearest neighbors, at least as many as the method needs.
        seed: the same seed gives the same layout.
    """

    vectors: Float32Matrix
    start: Float32Matrix
    graph: NeighborGraph
    seed: int


Place = Callable[[Float32Matrix, LayoutInput, NeighborGraph, Report], Float32Matrix]


def place_at_mean(
    layout: Float32Matrix, _given: LayoutInput, nearest: NeighborGraph, _report: Report
) -> Float32Matrix:
    """Place rows at the weighted mean of their nearest landmarks."""
    return mean_of_nearest(layout, nearest)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutMethod:
    """A way to lay out vectors.

    Attributes:
        title: its name in the viewer's bookmarks.
        compute: (input, report) -> coordinates (N, 2 or 3). An exception from `report` ends it.
        parameters: (number of rows, dimensions) -> its parameters, for the record and the cache.
        num_neighbors: number of rows -> how many neighbors it needs; 0 if it needs no graph.
        min_rows: the smallest table that it can lay out.
        has_own_process: whether it runs in parallel to others, in a process without TensorFlow.
        extra: the optional extra that installs its library, if that is not a base dependency.
        place: (layout of the landmarks, the landmarks' input, the landmarks nearest to each other
            row, report) -> coordinates of the other rows, for tables of more than 100,000 rows.
        needs_landmarks: whether only so many rows can be laid out.
        is_rotatable: whether it may be rotated to fill a square.
    """

    title: str
    compute: Callable[[LayoutInput, Report], Float32Matrix]
    parameters: Callable[[int, int], Mapping[str, Any]]
    num_neighbors: Callable[[int], int] = lambda _num_rows: 0
    min_rows: int = 2
    has_own_process: bool = False
    extra: str | None = None
    place: Place = place_at_mean
    needs_landmarks: bool = True
    is_rotatable: bool = True


def common_start(vectors: Float32Matrix, *, dimensions: int, seed: int) -> Float32Matrix:
    """Return principal components (N, 2 or 3) with a little noise, which separates equal rows."""
    centered = vectors - vectors.mean(axis=0)
    start = viewer_pca(centered, num_components=dimensions).astype(np.float64)
    noise = np.random.default_rng(seed).normal(size=start.shape)
    return start / (start[:, 0].std() or 1.0) + 1e-3 * noise
