"""Compare the neighbors of rows in the vectors and on maps of them, by their ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from projector_export.arrays import Float32Matrix, IntMatrix, IntVector
from projector_export.threads import num_usable_cores, one_blas_thread

ROWS_AT_ONCE = 64  # fixed, because how a matrix product rounds depends on its shape
MAX_THREADS = 8


def neighbor_figures(
    units: Float32Matrix, layouts: Mapping[str, Float32Matrix], sampled: IntVector, *, k: int
) -> dict[str, dict[str, float]]:
    """Compare the `k` nearest of each sampled row in unit vectors (N, D) and in each layout.

    Returns:
        layout -> trustworthiness, continuity and neighbor_recall.
    """
    on_maps = {name: _nearest_points(layout, sampled, k=k) for name, layout in layouts.items()}
    totals = {name: np.zeros(3, np.int64) for name in layouts}

    def compare(chunk: slice) -> dict[str, IntVector]:
        rows = sampled[chunk]
        distances = _without_own(1 - units[rows] @ units.T, rows)  # (n, N)
        near = np.argpartition(distances, k - 1, axis=1)[:, :k]
        return {
            name: _compared(distances, near, layout, rows, on_maps[name][chunk])
            for name, layout in layouts.items()
        }

    with one_blas_thread(), ThreadPoolExecutor(min(MAX_THREADS, num_usable_cores())) as threads:
        for counted in threads.map(compare, _chunks(len(sampled))):
            for name, counts in counted.items():
                totals[name] += counts
    worst = len(sampled) * k * (2 * len(units) - 3 * k - 1) / 2
    return {
        name: {
            "trustworthiness": float(1 - intruded / worst),
            "continuity": float(1 - missed / worst),
            "neighbor_recall": float(shared / (len(sampled) * k)),
        }
        for name, (intruded, missed, shared) in totals.items()
    }


def _compared(
    distances: Float32Matrix,
    near: IntMatrix,
    layout: Float32Matrix,
    rows: IntVector,
    near_on_map: IntMatrix,
) -> IntVector:
    """Count for n rows (3,): ranks of intruders, ranks of missed neighbors, shared neighbors."""
    k = near.shape[1]
    on_map = _without_own(_squared_distances(layout, rows), rows)  # (n, N)
    intruded = np.maximum(_ranks(distances, near_on_map) - k, 0).sum()
    missed = np.maximum(_ranks(on_map, near) - k, 0).sum()
    return np.array([intruded, missed, (near[:, :, None] == near_on_map[:, None, :]).sum()])


def _squared_distances(layout: Float32Matrix, rows: IntVector) -> Float32Matrix:
    offsets = (layout[rows, axis, None] - layout[:, axis] for axis in range(layout.shape[1]))
    return np.asarray(sum(offset * offset for offset in offsets))


def _ranks(distances: Float32Matrix, columns: IntMatrix) -> IntMatrix:
    """Return ranks (n, k), from 1, of some columns (n, k) of each row of distances (n, N)."""
    rows = zip(distances, columns, strict=True)
    return np.array(
        [[1 + np.count_nonzero(row < row[column]) for column in chosen] for row, chosen in rows]
    )


def _nearest_points(layout: Float32Matrix, sampled: IntVector, *, k: int) -> IntMatrix:
    """Return the `k` points (S, k) nearest to each sampled one, without itself."""
    from scipy.spatial import KDTree

    found = KDTree(layout).query(layout[sampled], k + 1)[1]  # (S, k + 1)
    # Of points at one place, the point itself need not come first, or at all.
    is_own = found == sampled[:, None]
    is_own[~is_own.any(axis=1), -1] = True
    return np.asarray(found[~is_own].reshape(-1, k))


def _without_own(distances: Float32Matrix, rows: IntVector) -> Float32Matrix:
    distances[np.arange(len(rows)), rows] = np.inf
    return distances


def _chunks(num_rows: int) -> Iterator[slice]:
    return (slice(start, start + ROWS_AT_ONCE) for start in range(0, num_rows, ROWS_AT_ONCE))
