"""Compare the neighbors of rows in the vectors and on maps of them, by their ranks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

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
                totals[name] += counts.sum(axis=0)
    worst = len(sampled) * k * (2 * len(units) - 3 * k - 1) / 2
    return {
        name: {
            "trustworthiness": float(1 - intruded / worst),
            "continuity": float(1 - missed / worst),
            "neighbor_recall": float(shared / (len(sampled) * k)),
        }
        for name, (intruded, missed, shared) in totals.items()
    }


def row_trustworthiness(
    units: Float32Matrix, layout: Float32Matrix, *, k: int
) -> npt.NDArray[np.float64]:
    """Return the trustworthiness of each point (N,); their mean is scikit-learn's.

    Args:
        units: unit vectors (N, D).
        layout: a map of them (N, 2 or 3).
        k: how many of the points nearest to each are compared, fewer than half of N.
    """
    num_rows = len(units)
    on_map = _nearest_points(layout, np.arange(num_rows), k=k)
    intruded = np.empty(num_rows, np.int64)

    def compare(chunk: slice) -> None:
        rows = np.arange(num_rows)[chunk]
        distances = _without_own(1 - units[rows] @ units.T, rows)
        intruded[chunk] = _excess_ranks(distances, on_map[chunk])

    with one_blas_thread(), ThreadPoolExecutor(min(MAX_THREADS, num_usable_cores())) as threads:
        list(threads.map(compare, _chunks(num_rows)))
    worst = k * (2 * num_rows - 3 * k - 1) / 2
    return 1 - intruded / worst


def _compared(
    distances: Float32Matrix,
    near: IntMatrix,
    layout: Float32Matrix,
    rows: IntVector,
    near_on_map: IntMatrix,
) -> IntMatrix:
    """Count for each of n rows (n, 3): ranks of intruders and missed neighbors, shared ones."""
    on_map = _without_own(_squared_distances(layout, rows), rows)  # (n, N)
    shared = (near[:, :, None] == near_on_map[:, None, :]).sum(axis=(1, 2))
    intruded, missed = _excess_ranks(distances, near_on_map), _excess_ranks(on_map, near)
    return np.stack([intruded, missed, shared], axis=1)


def _excess_ranks(distances: Float32Matrix, columns: IntMatrix) -> IntVector:
    """Add up for each row (n,) by how much the ranks of `k` columns (n, k) exceed `k`."""
    excess: IntVector = np.maximum(_ranks(distances, columns) - columns.shape[1], 0).sum(axis=1)
    return excess


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
