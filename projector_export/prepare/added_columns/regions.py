"""The column `map_region`: clusters of a map, and names that tell each apart from the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.prepare.added_columns.base import AddedColumn, ColumnInput
from projector_export.prepare.added_columns.region_names import name_regions
from projector_export.prepare.cells import UNKNOWN

MIN_ROWS = 8  # of a region
REGIONS_PER_MAP = 100  # at most: a region has at least a hundredth of the rows
MIN_SAMPLES = 5  # scikit-learn's default; more would leave out more points
MAX_CLUSTERED = 40_000  # rows: the time grows with their square, 5 s of these
BETWEEN = -1  # the number of rows that are in no region
SEED = 0


def map_region(given: ColumnInput) -> pd.Series | None:
    """Name the region of each row, unknown between regions; None if the map has no regions."""
    regions = find_regions(given.map)
    names = name_regions(regions, given.terms())
    named = [name or UNKNOWN for name in names]
    cells = np.array([*named, UNKNOWN], dtype=object)[regions]  # BETWEEN is the last one
    return pd.Series(cells, dtype=object) if any(names) else None


def find_regions(layout: Float32Matrix) -> IntVector:
    """Number the dense regions of a map (N, 2 or 3): int (N,), the largest 0, -1 between them.

    HDBSCAN builds a tree of clusters within clusters; its leaves are the regions. They are found on
    the map, as that is what people see, and as the rows of wide vectors are nearly all noise to it.
    """
    num_rows = len(layout)
    if num_rows < 2 * MIN_ROWS:
        return np.full(num_rows, BETWEEN)
    rows = np.arange(num_rows)
    if num_rows > MAX_CLUSTERED:
        rows = np.sort(np.random.default_rng(SEED).choice(num_rows, MAX_CLUSTERED, replace=False))
    regions = _largest_first(_leaves(layout[rows]))
    return regions if len(rows) == num_rows else _of_nearest(layout, layout[rows], regions)


def _leaves(points: Float32Matrix) -> IntVector:
    from sklearn.cluster import HDBSCAN

    clusters = HDBSCAN(
        min_cluster_size=max(MIN_ROWS, len(points) // REGIONS_PER_MAP),
        min_samples=MIN_SAMPLES,
        cluster_selection_method="leaf",
        copy=True,
    )
    labels: IntVector = clusters.fit_predict(points.astype(np.float64))
    return labels


def _largest_first(labels: IntVector) -> IntVector:
    is_in = labels >= 0
    sizes = np.bincount(labels[is_in])
    numbers = np.empty(len(sizes) + 1, np.int64)
    numbers[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    numbers[BETWEEN] = BETWEEN
    return numbers[labels]


def _of_nearest(layout: Float32Matrix, points: Float32Matrix, regions: IntVector) -> IntVector:
    """Return for each row (N,) the region of the nearest of some points."""
    from scipy.spatial import KDTree

    nearest: IntVector = KDTree(points).query(layout)[1]
    return regions[nearest]


COLUMN = AddedColumn(
    compute=map_region, when_missing="the map has no dense regions whose rows have much in common"
)
