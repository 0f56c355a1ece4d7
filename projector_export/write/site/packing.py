"""Vectors in less space: multiples of one step, in as few bits as keep the neighbors.

The last digits of vectors are noise to gzip, so float32 hardly shrinks. What a visitor sees of them
is the order of neighbors, which needs fewer digits. Equal steps suit that better than float16,
whose steps are finest near zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from projector_export.arrays import Float32Matrix, Float64Vector, IntMatrix, IntVector
from projector_export.large_arrays import row_chunks, take_rows
from projector_export.prepare.geometry import mean_row, unit_norm
from projector_export.threads import one_blas_thread
from projector_export.viewer_facts import MIN_DIM, SPHEREIZE_FROM_DIM

LOW, HIGH = 0, 1  # in little-endian order
BITS = (14, 15, 16)  # with 14, the three digits that the viewer shows of a distance are right
# Of the neighbors of a sample: with the sample's own error, it is at least 0.999 of all.
MIN_KEPT_NEIGHBORS = 0.9993
NUM_NEIGHBORS = 10
NUM_CANDIDATES = 30  # rounding does not bring others among the first ten
MAX_SAMPLED = 2_000
MAX_DISTANCES = 2**26  # of many rows fewer are compared, in about a second
ROWS_AT_ONCE = 64
DISTANCES_AT_ONCE = 2**23  # with their order, 100 MB


def choose_step(vectors: Float32Matrix) -> float | None:
    """Choose the step of (N, D) that keeps the neighbors; None if none does."""
    largest = max(
        (float(np.abs(vectors[rows]).max(initial=0)) for rows in row_chunks(vectors)), default=0.0
    )
    if vectors.shape[1] <= MIN_DIM or not largest:
        return None  # coordinates: their neighbors are not what a visitor looks for
    steps = [largest / (2 ** (bits - 1) - 1) for bits in BITS]
    kept = zip(steps, kept_neighbors(vectors, steps), strict=True)
    return next((step for step, share in kept if share >= MIN_KEPT_NEIGHBORS), None)


def packed_vectors(vectors: Float32Matrix, step: float) -> Iterator[bytes]:
    """Yield the high bytes of all multiples, then the low ones, row by row.

    The high ones repeat, so gzip makes more of them.
    """
    for place in (HIGH, LOW):
        for rows in row_chunks(vectors):
            yield _bytes_at(place, _multiples(vectors[rows], step))


def byte_planes(integers: IntMatrix) -> bytes:
    """Return the high bytes of 16-bit integers, then the low ones."""
    return _bytes_at(HIGH, integers) + _bytes_at(LOW, integers)


def _bytes_at(place: int, integers: IntMatrix) -> bytes:
    return integers.astype("<i2").reshape(-1).view(np.uint8)[place::2].tobytes()


@one_blas_thread()
def kept_neighbors(vectors: Float32Matrix, steps: Sequence[float]) -> list[float]:
    """Return for each step the share of the ten nearest that stay, of a sample of rows (N, D)."""
    num_rows = len(vectors)
    center = None if vectors.shape[1] < SPHEREIZE_FROM_DIM else mean_row(vectors)
    units = unit_norm(vectors, center=center)
    sampled = _sample(num_rows)
    k = min(NUM_NEIGHBORS, num_rows - 1)
    kept = np.zeros(len(steps), np.int64)
    rows_at_once = min(ROWS_AT_ONCE, max(1, DISTANCES_AT_ONCE // num_rows))
    for start in range(0, len(sampled), rows_at_once):
        rows = sampled[start : start + rows_at_once]
        near = _candidates(units, rows)
        own = take_rows(vectors, rows)
        others = take_rows(vectors, near.ravel()).reshape(*near.shape, vectors.shape[1])
        before = _nearest(own, others, center, k=k)
        for index, step in enumerate(steps):
            own_rounded, rounded = (_multiples(chosen, step) * step for chosen in (own, others))
            kept[index] += np.count_nonzero(before & _nearest(own_rounded, rounded, center, k=k))
    total = max(1, len(sampled) * k)
    return [float(count) / total if k else 1.0 for count in kept]


def _sample(num_rows: int) -> IntVector:
    size = min(num_rows, MAX_SAMPLED, max(1, MAX_DISTANCES // num_rows))
    return np.sort(np.random.default_rng(0).choice(num_rows, size, replace=False))


def _candidates(units: Float32Matrix, rows: IntVector) -> IntMatrix:
    """Return the rows (n, C) of unit vectors (N, D) with the largest cosines to `rows`."""
    num_rows = len(units)
    cosines = np.empty((len(rows), num_rows), np.float32)
    own = take_rows(units, rows)
    for chunk in row_chunks(units):
        cosines[:, chunk] = own @ units[chunk].T
    cosines[np.arange(len(rows)), rows] = -np.inf
    count = min(NUM_CANDIDATES, num_rows - 1)
    return np.argpartition(cosines, num_rows - count - 1, axis=1)[:, num_rows - count :]


def _nearest(
    own: Float32Matrix, others: Float32Matrix, center: Float64Vector | None, *, k: int
) -> IntMatrix:
    """Return which of the others (n, C, D) are the `k` nearest of each row (n, D): bool (n, C)."""
    cosines = np.einsum("nd,ncd->nc", _directions(own, center), _directions(others, center))
    order = np.argsort(-cosines, axis=1, kind="stable")
    is_near = np.zeros(cosines.shape, bool)
    np.put_along_axis(is_near, order[:, :k], values=True, axis=1)
    return is_near


def _directions(rows: Float32Matrix, center: Float64Vector | None) -> Float32Matrix:
    offsets = rows.astype(np.float64) - (0 if center is None else center)
    lengths = np.linalg.norm(offsets, axis=-1, keepdims=True)
    return np.divide(offsets, lengths, out=np.zeros_like(offsets), where=lengths > 0)


def _multiples(vectors: Float32Matrix, step: float) -> IntMatrix:
    return np.rint(vectors / np.float32(step)).astype(np.int16)
