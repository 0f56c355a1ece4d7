"""How good vectors are, from plain arrays: ranks of held-out links, and purity of neighborhoods."""

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

ROWS_AT_ONCE = 64  # keeps a block of scores within some ten megabytes
COLUMNS_AT_ONCE = 128
MOST_ASKED = 5_000  # books whose neighborhoods are looked at; enough for three digits


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
    higher, plus half of those that score the same, so that a constant score earns nothing. Links
    that the book is known to hold, trained on or held out, are left out of the count.

    Args:
        books: (N, D).
        links: (L, D).
        link_bias: (L,), or None for zeros.
        held_out: (H, 2) pairs to rank.
        known: (P, 2) pairs that training saw.
    """
    bias = np.zeros(len(links), np.float32) if link_bias is None else link_bias
    true_pairs = np.concatenate([known, held_out])
    true_pairs = true_pairs[np.argsort(true_pairs[:, 0], kind="stable")]
    starts = np.searchsorted(true_pairs[:, 0], np.arange(len(books) + 1))
    ranks = np.empty(len(held_out))
    with_one = np.column_stack([books, np.ones(len(books), np.float32)])
    with_bias = np.column_stack([links, bias])  # so that the product adds it
    for block, scores in _products(with_one[held_out[:, 0]], with_bias):
        asked = held_out[block]
        wanted = scores[np.arange(len(asked)), asked[:, 1]][:, None]
        rows, places = _spans(starts[asked[:, 0]], starts[asked[:, 0] + 1])
        scores[rows, true_pairs[places, 1]] = -np.inf
        higher = np.count_nonzero(scores > wanted, axis=1)
        ranks[block] = (higher + np.count_nonzero(scores >= wanted, axis=1)) / 2
    return ranks


def _spans(starts: IntVector, ends: IntVector) -> tuple[IntVector, IntVector]:
    """List all places (T,) from each start to its end, and which span each is of (T,)."""
    lengths = ends - starts
    spans = np.repeat(np.arange(len(starts)), lengths)
    first = np.cumsum(lengths) - lengths  # where each span begins in the answer
    return spans, np.arange(lengths.sum()) - first[spans] + starts[spans]


def take_evenly(rows: npt.NDArray[Number], most: int) -> npt.NDArray[Number]:
    """Take every second, third, ... of `rows`, so that there are no more than `most`."""
    return rows[:: max(1, -(-len(rows) // most))]


def mean_reciprocal_rank(ranks: npt.NDArray[np.float64]) -> float:
    """Mean of 1 / (1 + rank): 1 when every held-out link comes first."""
    return float(np.mean(1.0 / (1.0 + ranks)))


def hits_at(ranks: npt.NDArray[np.float64], k: int) -> float:
    """Share of held-out links among the first `k`."""
    return float(np.mean(ranks < k))


def purity(books: Float32Matrix, genres: Sequence[str], *, k: int = 10) -> float | None:
    """Share of a book's `k` nearest, by cosine, that have its genre, averaged over books.

    Only books that name a genre count, as those asked about and as neighbors: "", Other and
    Unknown are none. Of more than 5,000, every second, third, ... is asked about; neighbors are
    looked for among all. None if fewer than two genres are named.
    """
    names = [index for index, genre in enumerate(genres) if genre not in NO_GENRE]
    found, codes = np.unique([genres[index] for index in names], return_inverse=True)
    if len(found) < 2:
        return None
    units = unit_norm(books[names])
    k = min(k, len(units) - 1)
    asked = take_evenly(np.arange(len(units)), MOST_ASKED)
    matches = 0
    for block, cosines in _products(units[asked], units):
        books_asked = asked[block]
        cosines[np.arange(len(books_asked)), books_asked] = -np.inf
        nearest = _columns_of_largest(cosines, k)
        matches += int((codes[nearest] == codes[books_asked][:, None]).sum())
    return matches / (k * len(asked))


def shuffled_purity(genres: Sequence[str]) -> float | None:
    """What `purity` comes to on average when genres are dealt to the books at random.

    A book of a genre of n, among N books with a genre, has n - 1 of N - 1 chances.
    """
    sizes = np.array([*Counter(genre for genre in genres if genre not in NO_GENRE).values()])
    if len(sizes) < 2:
        return None
    total = sizes.sum()
    return float((sizes * (sizes - 1)).sum() / (total * (total - 1)))


def _products(
    rows: Float32Matrix, columns: Float32Matrix
) -> Iterator[tuple[slice, npt.NDArray[np.float32]]]:
    """Multiply some `rows` (N, D) at once with all `columns` (L, D): their places and (n, L).

    Each product overwrites the one before it: fresh memory would take longer than the product.
    """
    buffer = np.empty((min(ROWS_AT_ONCE, len(rows)), len(columns)), np.float32)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        block = slice(start, min(start + ROWS_AT_ONCE, len(rows)))
        yield block, np.matmul(rows[block], columns.T, out=buffer[: block.stop - start])


def _columns_of_largest(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.int64]:
    """Find the `k` largest of each row: columns (n, k), in no order.

    They stand in the k stretches of columns whose largest are largest, so only those are sorted.
    """
    starts = np.arange(0, scores.shape[1], COLUMNS_AT_ONCE)
    if len(starts) > k:
        best = np.maximum.reduceat(scores, starts, axis=1)
        starts = starts[np.argpartition(-best, k - 1, axis=1)[:, :k]]
    columns = (starts[..., None] + np.arange(COLUMNS_AT_ONCE)).reshape(*starts.shape[:-1], -1)
    columns = np.broadcast_to(columns, (len(scores), columns.shape[-1]))
    is_there = columns < scores.shape[1]  # the last stretch is shorter
    kept = np.take_along_axis(scores, np.where(is_there, columns, 0), axis=1)
    places = np.argpartition(np.where(is_there, -kept, np.inf), k - 1, axis=1)[:, :k]
    return np.take_along_axis(columns, places, axis=1)
