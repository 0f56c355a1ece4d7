"""Initialization by the first singular vectors of PPMI, which is close to the final layout."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd

from projector_export.arrays import Float32Matrix
from training.data.link_counts import PairArray

OVERSAMPLING = 10  # extra columns, so that the random range covers the wanted one (Halko 2011)
POWER_STEPS = 3
NOISE = 0.02  # gives rows of zeros a direction, and makes equal rows differ


def initialize_by_svd(
    pairs: PairArray, shape: tuple[int, int], *, dim: int, rng: np.random.Generator
) -> tuple[Float32Matrix, Float32Matrix]:
    """Factor the positive pointwise mutual information of pairs (P, 2) by randomized SVD.

    Returns:
        Books (N, dim) and links (L, dim): rows of length 1 around a mean near zero.
    """
    rank = min(dim, *shape)
    books, values, links = randomized_svd(
        compute_ppmi(pairs, shape),
        n_components=rank,
        n_oversamples=OVERSAMPLING,
        n_iter=POWER_STEPS,
        power_iteration_normalizer="QR",
        random_state=int(rng.integers(2**32)),
    )  # (N, rank), (rank,), (rank, L)
    roots = np.sqrt(values)
    return (
        _to_directions(_pad_columns(books * roots, dim), rng),
        _to_directions(_pad_columns(links.T * roots, dim), rng),
    )


def compute_ppmi(pairs: PairArray, shape: tuple[int, int]) -> sp.csr_matrix:
    """Compute max(0, log(P / (n(b) n(l)))) of each pair (b, l), 0 elsewhere: (N, L)."""
    books, links = pairs[:, 0], pairs[:, 1]
    num_links = np.bincount(books, minlength=shape[0]).astype(np.float64)
    num_books = np.bincount(links, minlength=shape[1]).astype(np.float64)
    information = np.log(len(pairs) / (num_links[books] * num_books[links]))
    return sp.csr_matrix((np.maximum(information, 0).astype(np.float32), (books, links)), shape)


def _pad_columns(rows: Float32Matrix, dim: int) -> Float32Matrix:
    """Pad rows with zeros to `dim` numbers; the matrix may have fewer rows or columns than that."""
    return np.pad(rows, ((0, 0), (0, dim - rows.shape[1])))


def _to_directions(rows: Float32Matrix, rng: np.random.Generator) -> Float32Matrix:
    rows = rows - rows.mean(axis=0)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-8)
    rows += NOISE * rng.standard_normal(rows.shape, np.float32)
    directions: Float32Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return directions.astype(np.float32)
