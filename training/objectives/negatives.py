"""Drawing what a book does not link to; a known pair is never drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.data.pairs import PairArray


class KnownPairs:
    """The pairs that training sees, for asking whether one is among them.

    Attributes:
        num_books: N.
        num_links: L.
    """

    def __init__(self, pairs: PairArray, *, num_books: int, num_links: int) -> None:
        self.num_books = num_books
        self.num_links = num_links
        self._keys = np.unique(self._key(pairs[:, 0], pairs[:, 1]))

    def holds(self, pairs: PairArray) -> npt.NDArray[np.bool_]:
        """Tell for each of `pairs` (P, 2) whether it is known: bool (P,)."""
        keys = self._key(pairs[:, 0], pairs[:, 1])
        places = np.searchsorted(self._keys, keys)
        found: npt.NDArray[np.bool_] = places < len(self._keys)
        found[found] = self._keys[places[found]] == keys[found]
        return found

    def draw_negatives(self, num_pairs: int, random: np.random.Generator) -> PairArray:
        """Draw pairs (num_pairs, 2) evenly from all that are not known.

        Raises:
            ValueError: every pair is known, so there is none to draw.
        """
        if len(self._keys) >= self.num_books * self.num_links:
            raise ValueError("every book holds every link; there is no negative pair to draw")
        drawn = self._draw(num_pairs, random)
        again = np.flatnonzero(self.holds(drawn))
        while again.size:
            drawn[again] = self._draw(len(again), random)
            again = again[self.holds(drawn[again])]
        return drawn

    def _draw(self, num_pairs: int, random: np.random.Generator) -> PairArray:
        books = random.integers(self.num_books, size=num_pairs, dtype=np.int32)
        links = random.integers(self.num_links, size=num_pairs, dtype=np.int32)
        return np.stack([books, links], axis=1)

    def _key(
        self, books: npt.NDArray[np.int32], links: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.int64]:
        return books.astype(np.int64) * self.num_links + links


def inclusion_probabilities(
    weights: npt.NDArray[np.float64], num_drawn: int
) -> npt.NDArray[np.float64]:
    """Chance (L,) of each link to be among `num_drawn` distinct ones drawn by `weights` (L,).

    Draws without replacement are a race of exponential clocks; a link is in if its clock, of rate
    w, rings before the time t at which `num_drawn` are expected to have rung: 1 - exp(-w t).
    """
    if num_drawn >= len(weights):
        return np.ones(len(weights))
    rates = weights / weights.sum()
    low, high = 0.0, 1.0
    while -np.expm1(-rates * high).sum() < num_drawn:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        if -np.expm1(-rates * middle).sum() < num_drawn:
            low = middle
        else:
            high = middle
    return np.asarray(-np.expm1(-rates * high))


def draw_links(
    weights: npt.NDArray[np.float64], num_drawn: int, random: np.random.Generator
) -> npt.NDArray[np.int32]:
    """Draw `num_drawn` distinct links by `weights` (L,), or all of them if there are no more."""
    if num_drawn >= len(weights):
        return np.arange(len(weights), dtype=np.int32)
    clocks = random.exponential(size=len(weights)) / weights
    return np.argpartition(clocks, num_drawn)[:num_drawn].astype(np.int32)
