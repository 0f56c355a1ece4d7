"""How good vectors are, from plain arrays: ranks of held-out links, and purity of neighborhoods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.prepare.geometry import unit_norm
from training.data.pairs import PairArray

Number = TypeVar("Number", bound=np.generic)

ROWS_AT_ONCE = 256  # keeps a block of scores within tens of megabytes
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
    for start in range(0, len(held_out), ROWS_AT_ONCE):
        asked = held_out[start : start + ROWS_AT_ONCE]
        scores = books[asked[:, 0]] @ links.T + bias  # (H', L)
        wanted = scores[np.arange(len(asked)), asked[:, 1]][:, None]
        rows, places = _spans(starts[asked[:, 0]], starts[asked[:, 0] + 1])
        scores[rows, true_pairs[places, 1]] = -np.inf
        higher, equal = (scores > wanted).sum(axis=1), (scores == wanted).sum(axis=1)
        ranks[start : start + len(asked)] = higher + equal / 2
    return ranks


def _spans(starts: IntVector, ends: IntVector) -> tuple[IntVector, IntVector]:
    """List all places (T,) from each start to its end, and which span each is of (T,)."""
    lengths = ends - starts
    spans = np.repeat(np.arange(len(starts)), lengths)
    first = np.cumsum(lengths) - lengths  # where each span begins in the answer
    return spans, np.arange(lengths.sum()) - first[spans] + starts[spans]


def evenly(rows: npt.NDArray[Number], most: int) -> npt.NDArray[Number]:
    """Take every second, third, ... of `rows`, so that there are no more than `most`."""
    return rows[:: max(1, -(-len(rows) // most))]


def mean_reciprocal_rank(ranks: npt.NDArray[np.float64]) -> float:
    """Mean of 1 / (1 + rank): 1 when every held-out link comes first."""
    return float(np.mean(1.0 / (1.0 + ranks)))


def hits_at(ranks: npt.NDArray[np.float64], k: int) -> float:
    """Share of held-out links among the first `k`."""
    return float(np.mean(ranks < k))


def purity(books: Float32Matrix, genres: Sequence[str], *, k: int = 10) -> float:
    """Share of a book's `k` nearest, by cosine, that have its genre, averaged over books.

    Only books with a genre, not "", count, as those asked about and as neighbors. Of more than
    5,000, every second, third, ... is asked about; neighbors are looked for among all.
    """
    named = np.array([bool(genre) for genre in genres])
    codes = np.unique(np.asarray(genres)[named], return_inverse=True)[1]
    units = unit_norm(books[named])
    if len(units) < 2:
        return 0.0
    k = min(k, len(units) - 1)
    asked = evenly(np.arange(len(units)), MOST_ASKED)
    matches = 0
    for start in range(0, len(asked), ROWS_AT_ONCE):
        books_asked = asked[start : start + ROWS_AT_ONCE]
        distances = -(units[books_asked] @ units.T)  # (n, N), but for a constant
        distances[np.arange(len(books_asked)), books_asked] = np.inf
        nearest = np.argpartition(distances, k - 1, axis=1)[:, :k]
        matches += int((codes[nearest] == codes[books_asked][:, None]).sum())
    return matches / (k * len(asked))


def shuffled_purity(genres: Sequence[str]) -> float:
    """What `purity` comes to on average when genres are dealt to the books at random.

    A book of a genre of n, among N books with a genre, has n - 1 of N - 1 chances.
    """
    _, sizes = np.unique([genre for genre in genres if genre], return_counts=True)
    total = sizes.sum()
    return float((sizes * (sizes - 1)).sum() / (total * (total - 1))) if total > 1 else 0.0
