"""Layouts of huge tables: a sample of rows is laid out, and the others are placed among them.

The exact neighbor graph takes time with the square of the number of rows: minutes for 100,000 rows,
and most of a day for a million.
"""

from __future__ import annotations

import numpy as np

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.prepare.layouts.neighbors import NeighborGraph

MAX_LANDMARKS = 100_000
NUM_NEAREST = 15  # landmarks that are looked up for each other row; openTSNE's transform needs them
NUM_AVERAGED = 5


def choose_landmarks(num_rows: int, *, seed: int) -> IntVector:
    """Choose rows at random, in their order."""
    rows = np.random.default_rng(seed).choice(num_rows, MAX_LANDMARKS, replace=False)
    return np.sort(rows)


def mean_of_nearest(layout: Float32Matrix, nearest: NeighborGraph) -> Float32Matrix:
    """Place rows (N, 2 or 3) at the mean of their nearest landmarks, weighted by closeness.

    A landmark as far beyond the nearest one as they are on average weighs 1/e of it, which is how
    UMAP's own transform starts.
    """
    closest = nearest.closest(NUM_AVERAGED)
    beyond = closest.distances - closest.distances[:, :1]
    weights = np.exp(-beyond / np.maximum(beyond.mean(axis=1, keepdims=True), 1e-9))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.einsum("nk,nkd->nd", weights, layout[closest.rows])
