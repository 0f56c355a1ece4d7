"""What the viewer does to vectors before it searches neighbors, and vectors that this leaves alone.

From 50 dimensions up the viewer "sphereizes": it subtracts the mean of all rows and scales each
row to length 1 (vz-projector.ts:67,194 and data.ts normalize, TensorBoard 2.21.0); below 50 it
takes the rows as they are. It does not change rows that have length 1 and, from 50 dimensions up, a
mean of zero: then the neighbors that it lists are the cosine neighbors of the file.
"""

from __future__ import annotations

import numpy as np

from projector_export.arrays import Float32Matrix, Float64Vector
from projector_export.large_arrays import new_rows, row_chunks
from projector_export.threads import one_blas_thread
from projector_export.viewer_facts import (
    MAX_PCA_POINTS,
    MIN_DIM,
    NUM_PCA_COMPONENTS,
    SPHEREIZE_FROM_DIM,
)


def unit_norm(vectors: Float32Matrix, *, center: Float64Vector | None = None) -> Float32Matrix:
    """Scale each row of (N, D), as seen from `center` (D,), to length 1; zeros stay zeros."""
    units = new_rows(*vectors.shape)
    for rows in row_chunks(units, vectors):
        offsets = vectors[rows].astype(np.float64)
        if center is not None:
            offsets -= center
        lengths = np.linalg.norm(offsets, axis=1, keepdims=True)  # (rows, 1)
        units[rows] = np.divide(offsets, lengths, out=np.zeros_like(offsets), where=lengths > 0)
    return units


def sphereize(vectors: Float32Matrix) -> Float32Matrix:
    """Do what the viewer does to (N, D) rows by default: from D = 50 up, center and scale."""
    if vectors.shape[1] < SPHEREIZE_FROM_DIM:
        return vectors
    return unit_norm(vectors, center=mean_row(vectors))


def pad_to_three(vectors: Float32Matrix) -> Float32Matrix:
    """Add columns of zeros to (N, 1 or 2), which the viewer does not draw; others stay."""
    missing = max(0, MIN_DIM - vectors.shape[1])
    return np.pad(vectors, ((0, 0), (0, missing))) if missing else vectors


@one_blas_thread()
def viewer_ready(vectors: Float32Matrix) -> Float32Matrix:
    """Turn (N, D) rows into ones whose neighbors in the viewer are their cosine neighbors.

    Rows get length 1. From 50 dimensions up they are first centered on their geometric median, the
    one point from which the directions to all rows add up to zero: that makes `sphereize` the
    identity, except for rounding. Up to three columns are coordinates, not directions, and are not
    scaled; one or two are padded to three.
    """
    dim = vectors.shape[1]
    if dim <= MIN_DIM:
        return pad_to_three(vectors)
    if dim < SPHEREIZE_FROM_DIM:
        return unit_norm(vectors)
    return unit_norm(vectors, center=geometric_median(vectors))


@one_blas_thread()
def viewer_pca(rows: Float32Matrix, *, num_components: int = NUM_PCA_COMPONENTS) -> Float32Matrix:
    """Compute the principal components (N, <= 10) of sphereized rows, as the viewer does.

    It takes the eigenvectors of X'X / n without centering (data.ts:276-330, TensorBoard 2.21.0). Of
    more than 50,000 rows it takes a random sample; here it is the first ones. Above 200 dimensions
    it uses a random projection, different at each visit; these values are exact. The signs are
    arbitrary there; here the largest weight of each component is positive.
    """
    sample = rows[:MAX_PCA_POINTS].astype(np.float64)
    _, vectors = np.linalg.eigh(sample.T @ sample / len(sample))  # (D, D), smallest first
    axes = vectors[:, ::-1][:, :num_components]  # (D, C)
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    signed = axes * np.where(largest < 0, -1, 1)
    projected = new_rows(len(rows), signed.shape[1])
    for chunk in row_chunks(rows, projected):
        projected[chunk] = rows[chunk].astype(np.float32) @ signed.astype(np.float32)
    return projected


def geometric_median(
    vectors: Float32Matrix, *, tolerance: float = 1e-8, max_steps: int = 100
) -> Float64Vector:
    """Find the point (D,) with the least sum of distances to the rows of (N, D).

    Newton's method from the mean, halving a step that does not help; the sum is convex. If half of
    the rows or more coincide, the median is that row, and no center can balance directions.
    """
    center = mean_row(vectors)  # (D,)
    distance = _mean_distance(vectors, center)
    for _ in range(max_steps):
        gradient, hessian = _distance_derivatives(vectors, center)
        if np.linalg.norm(gradient) < tolerance:
            break
        step = np.linalg.lstsq(hessian, gradient, rcond=None)[0]
        scale = 1.0
        while (new_distance := _mean_distance(vectors, center + scale * step)) > distance:
            scale /= 2
            if scale < 1e-6:
                return center
        center, distance = center + scale * step, new_distance
    return center


def _mean_distance(vectors: Float32Matrix, center: Float64Vector) -> float:
    distances = (
        np.linalg.norm(vectors[rows] - center, axis=1).sum() for rows in row_chunks(vectors)
    )
    return float(sum(distances)) / len(vectors)


def _distance_derivatives(
    vectors: Float32Matrix, center: Float64Vector
) -> tuple[Float64Vector, Float64Vector]:
    """Return the downhill direction (D,) and curvature (D, D) of the mean distance at `center`."""
    num_rows, dim = vectors.shape
    downhill, curvature = np.zeros(dim), np.zeros((dim, dim))
    for rows in row_chunks(vectors):
        offsets = vectors[rows] - center
        distances = np.linalg.norm(offsets, axis=1)  # (rows,)
        inverse = np.divide(1.0, distances, out=np.zeros_like(distances), where=distances > 0)
        directions = offsets * inverse[:, None]
        downhill += directions.sum(axis=0)
        curvature += np.eye(dim) * inverse.sum() - (directions * inverse[:, None]).T @ directions
    return downhill / num_rows, curvature / num_rows


def mean_row(vectors: Float32Matrix) -> Float64Vector:
    """Return the mean (D,) of the rows of (N, D)."""
    sums = (vectors[rows].sum(axis=0, dtype=np.float64) for rows in row_chunks(vectors))
    return np.asarray(sum(sums)) / len(vectors)
