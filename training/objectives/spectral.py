"""A start for learning that is right in the large: PPMI, cut to its first singular vectors."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from sklearn.utils.extmath import randomized_svd

from projector_export.arrays import Float32Matrix
from training.data.link_counts import PairArray

OVERSAMPLING = 10  # extra columns that make a randomized range hold the wanted one (Halko 2011)
POWER_STEPS = 3
NOISE = 0.02  # a direction for rows of zeros, and none twice


def spectral_start(
    pairs: PairArray, shape: tuple[int, int], *, dim: int, rng: np.random.Generator
) -> tuple[Float32Matrix, Float32Matrix]:
    """Factor the positive pointwise mutual information of pairs (P, 2) by randomized SVD.

    Returns:
        Books (N, dim) and links (L, dim) as rows of length 1, taken from their mean.
    """
    rank = min(dim, *shape)
    books, values, links = randomized_svd(
        positive_information(pairs, shape),
        n_components=rank,
        n_oversamples=OVERSAMPLING,
        n_iter=POWER_STEPS,
        power_iteration_normalizer="QR",
        random_state=int(rng.integers(2**32)),
    )  # (N, rank), (rank,), (rank, L)
    roots = np.sqrt(values)
    return (
        _directions(_with_dim(books * roots, dim), rng),
        _directions(_with_dim(links.T * roots, dim), rng),
    )


def positive_information(pairs: PairArray, shape: tuple[int, int]) -> sp.csr_matrix:
    """Weigh each pair (b, l) by max(0, log(P / (n(b) n(l)))), its excess over chance: (N, L)."""
    books, links = pairs[:, 0], pairs[:, 1]
    num_links = np.bincount(books, minlength=shape[0]).astype(np.float64)
    num_books = np.bincount(links, minlength=shape[1]).astype(np.float64)
    information = np.log(len(pairs) / (num_links[books] * num_books[links]))
    return sp.csr_matrix((np.maximum(information, 0).astype(np.float32), (books, links)), shape)


def _with_dim(rows: Float32Matrix, dim: int) -> Float32Matrix:
    """Fill up rows to `dim` numbers, where the matrix has fewer rows or columns than that."""
    return np.pad(rows, ((0, 0), (0, dim - rows.shape[1])))


def _directions(rows: Float32Matrix, rng: np.random.Generator) -> Float32Matrix:
    rows = rows - rows.mean(axis=0)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-8)
    rows += NOISE * rng.standard_normal(rows.shape, np.float32)
    directions: Float32Matrix = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return directions.astype(np.float32)
