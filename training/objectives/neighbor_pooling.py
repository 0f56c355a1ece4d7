"""The step between the two stages: books move toward the books that are most like them.

A book has too few links to say exactly where it belongs; its neighbors have more. Neighbors are
found by both the links that books share, which tell small groups apart, and the learned vectors,
which know that different links mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp
from sklearn.preprocessing import normalize

from projector_export.arrays import Float32Matrix
from projector_export.prepare.geometry import unit_norm
from training.data.link_counts import PairArray

NUM_NEIGHBORS = 10
NEIGHBOR_WEIGHT = 0.5  # with 1, ranks are a little better, and neighbors are nearly the same point
MAX_BOOKS_OF_LINK = 500  # more frequent links say little, and the time would be quadratic
MIN_SHARED_LINKS = 3  # two books share one or two links by chance
ROWS_AT_ONCE = 2_000


def pool_neighbors(
    books: Float32Matrix, pairs: PairArray, *, num_neighbors: int = NUM_NEIGHBORS
) -> Float32Matrix:
    """Add to each book its neighbors, weighted by half of the cosine of their links.

    Args:
        books: vectors (N, D) of length 1.
        pairs: book and link (P, 2).
        num_neighbors: of each book; 0 leaves books where they are.

    Returns:
        Vectors (N, D) of length 1; a book without neighbors stays.
    """
    neighbors = find_neighbors(books, pairs, num_neighbors=num_neighbors)  # (N, N)
    return unit_norm(books + NEIGHBOR_WEIGHT * (neighbors @ books).astype(np.float32))


def find_neighbors(books: Float32Matrix, pairs: PairArray, *, num_neighbors: int) -> sp.csr_matrix:
    """Find the books with the largest sum of the cosines of links and of vectors.

    Returns:
        The cosine of the links of each book and its neighbors, 0 elsewhere: (N, N).
    """
    blocks = []
    for start, block in _shared_links(pairs, num_books=len(books)):
        rows = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
        cosines = np.einsum("pd,pd->p", books[start + rows], books[block.indices])
        scores = np.where(block.indices == start + rows, -np.inf, block.data + cosines)
        order = np.lexsort((-scores, rows))  # by row, and the best first
        places = np.arange(len(rows)) - block.indptr[rows]
        is_near = np.zeros(len(rows), np.bool_)
        is_near[order] = (places < num_neighbors) & np.isfinite(scores[order])
        block.data[~is_near] = 0
        block.eliminate_zeros()
        blocks.append(block)
    return sp.vstack(blocks, format="csr")


def _shared_links(pairs: PairArray, *, num_books: int) -> Iterator[tuple[int, sp.csr_matrix]]:
    """Yield the first row of each block, and its books' cosines with the others (rows, N).

    Links count by the logarithm of the inverse share of books that have them (IDF).
    """
    num_books_of = np.bincount(pairs[:, 1])
    pairs = pairs[num_books_of[pairs[:, 1]] <= MAX_BOOKS_OF_LINK]
    shape = (num_books, len(num_books_of))
    ones = np.ones(len(pairs), np.float32)
    has_link = sp.csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape)
    weighted = has_link @ sp.diags(np.log(num_books / num_books_of.clip(1)).astype(np.float32))
    weighted = normalize(weighted)
    by_link, weighted_by_link = has_link.T.tocsr(), weighted.T.tocsr()
    for start in range(0, num_books, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        num_shared = (has_link[rows] @ by_link).tocsr()
        num_shared.data = (num_shared.data >= MIN_SHARED_LINKS).astype(np.float32)
        num_shared.eliminate_zeros()
        yield start, (weighted[rows] @ weighted_by_link).multiply(num_shared).tocsr()
