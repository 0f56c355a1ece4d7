"""Metrics of vectors, from plain arrays: ranks of held-out links, and purity of neighborhoods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.prepare.geometry import unit_norm
from training.data.genres import NO_GENRE
from training.data.link_counts import PairArray

Number = TypeVar("Number", bound=np.generic)

ROWS_AT_ONCE = 64  # limits a block of scores to about ten megabytes
COLUMNS_AT_ONCE = 128
MAX_QUERIES = 5_000  # books whose neighbors are found; enough for three digits


def held_out_ranks(
    books: Float32Matrix,
    links: Float32Matrix,
    link_bias: Float32Matrix | None,
    *,
    held_out: PairArray,
    known: PairArray,
) -> npt.NDArray[np.float64]:
    """Rank each held-out link among all links of its book, best 0: float64 (H,).

    A pair's score is books @ links.T + link_bias. The rank is the number of links that score
    higher, plus half of those that score the same, so that a constant score is not an advantage.
    Other links of the book, trained on or held out, are not counted.

    Args:
        books: (N, D).
        links: (L, D).
        link_bias: (L,), or None for zeros.
        held_out: pairs to rank (H, 2).
        known: pairs that training saw (P, 2).
    """
    bias = np.zeros(len(links), np.float32) if link_bias is None else link_bias
    true_pairs = np.concatenate([known, held_out])
    true_pairs = true_pairs[np.argsort(true_pairs[:, 0], kind="stable")]
    starts = np.searchsorted(true_pairs[:, 0], np.arange(len(books) + 1))
    ranks = np.empty(len(held_out))
    with_one = np.column_stack([books, np.ones(len(books), np.float32)])
    with_bias = np.column_stack([links, bias])  # so that the product adds it
    for block, scores in _products(with_one[held_out[:, 0]], with_bias):
        queries = held_out[block]
        own_score = scores[np.arange(len(queries)), queries[:, 1]][:, None]
        rows, indices = _spans(starts[queries[:, 0]], starts[queries[:, 0] + 1])
        scores[rows, true_pairs[indices, 1]] = -np.inf
        higher = np.count_nonzero(scores > own_score, axis=1)
        ranks[block] = (higher + np.count_nonzero(scores >= own_score, axis=1)) / 2
    return ranks


def _spans(starts: IntVector, ends: IntVector) -> tuple[IntVector, IntVector]:
    """Return all indices from each start to its end (T,), after the span of each index (T,)."""
    lengths = ends - starts
    spans = np.repeat(np.arange(len(starts)), lengths)
    first = np.cumsum(lengths) - lengths  # where each span begins in the result
    return spans, np.arange(lengths.sum()) - first[spans] + starts[spans]


def take_evenly(rows: npt.NDArray[Number], max_rows: int) -> npt.NDArray[Number]:
    """Return every second, third, ... of `rows`: at most `max_rows`, evenly spaced."""
    return rows[:: max(1, -(-len(rows) // max_rows))]


def mean_reciprocal_rank(ranks: npt.NDArray[np.float64]) -> float:
    """Mean of 1 / (1 + rank): 1 if every held-out link is ranked first."""
    return float(np.mean(1.0 / (1.0 + ranks)))


def hits_at(ranks: npt.NDArray[np.float64], k: int) -> float:
    """Share of held-out links that are ranked among the first `k`."""
    return float(np.mean(ranks < k))


def popularity_ranks(
    num_books: int, num_links: int, *, held_out: PairArray, known: PairArray
) -> npt.NDArray[np.float64]:
    """Rank held-out links as `held_out_ranks` does, by the number of books that have them (H,)."""
    counts = np.bincount(known[:, 1], minlength=num_links).astype(np.float32)
    nothing = np.zeros((max(num_books, num_links), 1), np.float32)
    return held_out_ranks(
        nothing[:num_books], nothing[:num_links], counts, held_out=held_out, known=known
    )


def chance_figures(
    num_links: int, *, held_out: PairArray, known: PairArray, hits: Sequence[int]
) -> dict[str, float]:
    """Compute the MRR and hits that are expected if the links of each book are ranked randomly.

    A link that is ranked among m has each of the ranks 1 to m with probability 1 / m.
    """
    true_pairs = np.bincount(np.concatenate([known, held_out])[:, 0])
    num_ranked = num_links - true_pairs[held_out[:, 0]] + 1  # m (H,)
    sums = np.cumsum(1 / np.arange(1, num_links + 1))  # 1, 1 + 1/2, ...
    return {
        "mrr": float(np.mean(sums[num_ranked - 1] / num_ranked)),
        **{f"hits@{k}": float(np.mean(np.minimum(k / num_ranked, 1))) for k in hits},
    }


def purity(books: Float32Matrix, genres: Sequence[str], *, k: int = 10) -> float | None:
    """Share of a book's `k` nearest neighbors, by cosine, that have its genre; mean over books.

    Books without a genre ("", Other, Unknown) are neither queries nor neighbors. Of more than
    5,000 books, every second, third, ... is a query; neighbors are found among all of them.

    Returns:
        None if there are fewer than two genres.
    """
    has_genre = [index for index, genre in enumerate(genres) if genre not in NO_GENRE]
    distinct, codes = np.unique([genres[index] for index in has_genre], return_inverse=True)
    if len(distinct) < 2:
        return None
    units = unit_norm(books[has_genre])
    k = min(k, len(units) - 1)
    all_queries = take_evenly(np.arange(len(units)), MAX_QUERIES)
    num_matches = 0
    for block, cosines in _products(units[all_queries], units):
        queries = all_queries[block]
        cosines[np.arange(len(queries)), queries] = -np.inf
        nearest = _columns_of_largest(cosines, k)
        num_matches += int((codes[nearest] == codes[queries][:, None]).sum())
    return num_matches / (k * len(all_queries))


def shuffled_purity(genres: Sequence[str]) -> float | None:
    """Expected `purity` if the genres are shuffled among the books; None as for `purity`.

    Any neighbor of a book whose genre has n of N books has that genre with probability
    (n - 1) / (N - 1).
    """
    sizes = np.array([*Counter(genre for genre in genres if genre not in NO_GENRE).values()])
    if len(sizes) < 2:
        return None
    total = sizes.sum()
    return float((sizes * (sizes - 1)).sum() / (total * (total - 1)))


def _products(
    rows: Float32Matrix, columns: Float32Matrix
) -> Iterator[tuple[slice, npt.NDArray[np.float32]]]:
    """Yield blocks of `rows` (N, D) and their products (n, L) with all `columns` (L, D).

    Each product overwrites the previous one: allocating memory would take longer than the product.
    """
    buffer = np.empty((min(ROWS_AT_ONCE, len(rows)), len(columns)), np.float32)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        block = slice(start, min(start + ROWS_AT_ONCE, len(rows)))
        yield block, np.matmul(rows[block], columns.T, out=buffer[: block.stop - start])


def _columns_of_largest(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.int64]:
    """Return the columns of the `k` largest scores in each row (n, k), unordered.

    They are in the k blocks of columns with the largest maxima, so only those are partitioned.
    """
    starts = np.arange(0, scores.shape[1], COLUMNS_AT_ONCE)
    if len(starts) > k:
        best = np.maximum.reduceat(scores, starts, axis=1)
        starts = starts[np.argpartition(-best, k - 1, axis=1)[:, :k]]
    columns = (starts[..., None] + np.arange(COLUMNS_AT_ONCE)).reshape(*starts.shape[:-1], -1)
    columns = np.broadcast_to(columns, (len(scores), columns.shape[-1]))
    is_valid = columns < scores.shape[1]  # the last block is shorter
    candidates = np.take_along_axis(scores, np.where(is_valid, columns, 0), axis=1)
    largest = np.argpartition(np.where(is_valid, -candidates, np.inf), k - 1, axis=1)[:, :k]
    return np.take_along_axis(columns, largest, axis=1)
