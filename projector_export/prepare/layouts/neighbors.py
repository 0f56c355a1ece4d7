"""The graph of exact cosine neighbors that t-SNE and UMAP share."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from projector_export.arrays import Float32Matrix, IntMatrix, IntVector
from projector_export.large_arrays import release
from projector_export.prepare.geometry import unit_norm
from projector_export.threads import num_usable_cores, one_blas_thread

# Chunks depend only on the number of rows, never on the machine: how a matrix product rounds
# depends on its shape.
SIMILARITIES_PER_CHUNK = 2**22  # 16 MB
MAX_ROWS_PER_CHUNK = 1024
CHUNKS_PER_RELEASE = 100
MAX_THREADS = 8  # each needs some 50 MB


class NeighborGraph(NamedTuple):
    """The nearest neighbors of each row: `rows` (N, k), nearest first, and cosine `distances`."""

    rows: IntMatrix
    distances: Float32Matrix

    def closest(self, num_neighbors: int) -> NeighborGraph:
        """Keep the first `num_neighbors` of each row."""
        return NeighborGraph(self.rows[:, :num_neighbors], self.distances[:, :num_neighbors])


def neighbor_graph(
    vectors: Float32Matrix,
    num_neighbors: int,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> NeighborGraph:
    """Find each row's exact nearest neighbors by cosine; the time grows with the square of N.

    Of equally near rows the first ones are taken. The number of threads does not change the result.
    """
    unit = unit_norm(vectors)
    return _search(unit, unit, num_neighbors, report, own=np.arange(len(unit)))


def neighbors_of_rows(vectors: Float32Matrix, rows: IntVector, num_neighbors: int) -> NeighborGraph:
    """Find the exact nearest neighbors of some rows (n,) of (N, D), as `neighbor_graph` does."""
    unit = unit_norm(vectors)
    return _search(unit[rows], unit, num_neighbors, own=rows)


def nearest_landmarks(
    vectors: Float32Matrix,
    landmarks: Float32Matrix,
    num_neighbors: int,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> NeighborGraph:
    """Find which of the landmarks (L, D) are nearest to each row of (N, D), exactly."""
    queries, references = unit_norm(vectors), unit_norm(landmarks)
    return _search(queries, references, num_neighbors, report)


def _search(
    queries: Float32Matrix,
    references: Float32Matrix,
    num_neighbors: int,
    report: Callable[[int, int], None] = lambda _done, _total: None,
    *,
    own: IntVector | None = None,
) -> NeighborGraph:
    """Search each query's neighbors among the references, without its `own` one (n,), if any."""
    num_rows = len(queries)
    size = min(MAX_ROWS_PER_CHUNK, max(1, SIMILARITIES_PER_CHUNK // len(references)))
    starts = range(0, num_rows, size)
    graph = NeighborGraph(
        np.empty((num_rows, num_neighbors), np.int32),
        np.empty((num_rows, num_neighbors), np.float32),
    )

    def search(start: int) -> None:
        chunk = slice(start, start + size)
        similarities = queries[chunk] @ references.T  # (n, N)
        if own is not None:
            similarities[np.arange(len(similarities)), own[chunk]] = -np.inf
        graph.rows[chunk], graph.distances[chunk] = _nearest(similarities, num_neighbors)

    with one_blas_thread(), ThreadPoolExecutor(min(MAX_THREADS, num_usable_cores())) as threads:
        try:
            for done, _ in enumerate(threads.map(search, starts), start=1):
                report(done, len(starts))
                if done % CHUNKS_PER_RELEASE == 0:
                    release(queries)
        except BaseException:
            threads.shutdown(cancel_futures=True)  # Ctrl-C must not wait for all other chunks
            raise
    return graph


def _nearest(similarities: Float32Matrix, num_neighbors: int) -> NeighborGraph:
    """Take the neighbors of n rows from their similarities (n, N) to all."""
    num_others = similarities.shape[1] - num_neighbors
    least = np.partition(similarities, num_others, axis=1)[:, num_others, None]  # (n, 1)
    is_near = similarities >= least
    for row in np.flatnonzero(is_near.sum(axis=1) > num_neighbors):  # ties for the last places
        ties = np.flatnonzero(similarities[row] == least[row])
        is_near[row, ties[num_neighbors - is_near[row].sum() :]] = False
    # Ascending in each row; `nonzero` of two dimensions takes ten times as long.
    rows = (np.flatnonzero(is_near) % is_near.shape[1]).reshape(-1, num_neighbors)
    distances = 1 - np.take_along_axis(similarities, rows, axis=1)
    order = distances.argsort(axis=1, kind="stable")
    return NeighborGraph(
        np.take_along_axis(rows, order, axis=1),
        np.maximum(np.take_along_axis(distances, order, axis=1), 0),
    )
