"""What a layout method is given, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.prepare.geometry import viewer_pca
from projector_export.prepare.layouts.neighbors import NeighborGraph

Report = Callable[[int, int], None]  # steps done, steps in all


@dataclass(frozen=True, slots=True, eq=False)
class LayoutInput:
    """What there is to lay out.

    Attributes:
        vectors: float32 (N, D).
        start: float64 (N, 2 or 3), where points start, by which a layout's dimensions go.
        graph: each row's nearest others, as many as the method asks for.
        seed: the same seed gives the same layout.
    """

    vectors: Float32Matrix
    start: Float32Matrix
    graph: NeighborGraph
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutMethod:
    """A way to lay out vectors.

    Attributes:
        title: what the viewer's bookmark calls it.
        compute: (input, report) -> coordinates (N, 2 or 3). What `report` raises ends it.
        parameters: (number of rows, dimensions) -> how it is computed, for record and cache.
        num_neighbors: number of rows -> how many neighbors it asks for; 0 if it needs no graph.
        min_rows: with fewer there is nothing to lay out.
        has_own_process: whether it runs beside the others, without TensorFlow in its process.
        extra: the optional extra that brings its library, if it is not in the base.
        is_rotatable: whether it may be turned to fill a square.
    """

    title: str
    compute: Callable[[LayoutInput, Report], Float32Matrix]
    parameters: Callable[[int, int], Mapping[str, Any]]
    num_neighbors: Callable[[int], int] = lambda _num_rows: 0
    min_rows: int = 2
    has_own_process: bool = False
    extra: str | None = None
    is_rotatable: bool = True


def common_start(vectors: Float32Matrix, *, dimensions: int, seed: int) -> Float32Matrix:
    """Take the principal components (N, 2 or 3) with a little noise, which parts equal rows."""
    centered = vectors - vectors.mean(axis=0)
    start = viewer_pca(centered, num_components=dimensions).astype(np.float64)
    noise = np.random.default_rng(seed).normal(size=start.shape)
    return start / (start[:, 0].std() or 1.0) + 1e-3 * noise
