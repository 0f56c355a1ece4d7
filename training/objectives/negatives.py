"""Negative sampling: links that a book does not have. A known pair is never drawn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from training.data.link_counts import PairArray


class KnownPairs:
    """The pairs that training sees, to look up whether one is among them.

    Attributes:
        num_books: N.
        num_links: L.
    """

    def __init__(self, pairs: PairArray, *, num_books: int, num_links: int) -> None:
        self.num_books = num_books
        self.num_links = num_links
        self._keys = np.unique(self._key(pairs[:, 0], pairs[:, 1]))

    def contains(self, pairs: PairArray) -> npt.NDArray[np.bool_]:
        """Tell for each of `pairs` (P, 2) whether it is known: bool (P,)."""
        keys = self._key(pairs[:, 0], pairs[:, 1])
        places = np.searchsorted(self._keys, keys)
        found: npt.NDArray[np.bool_] = places < len(self._keys)
        found[found] = self._keys[places[found]] == keys[found]
        return found

    def draw_negatives(self, num_pairs: int, rng: np.random.Generator) -> PairArray:
        """Draw pairs (num_pairs, 2) evenly from all that are not known.

        Raises:
            ValueError: every pair is known, so there is none to draw.
        """
        if len(self._keys) >= self.num_books * self.num_links:
            raise ValueError("every book holds every link; there is no negative pair to draw")
        drawn = self._draw(num_pairs, rng)
        again = np.flatnonzero(self.contains(drawn))
        while again.size:
            drawn[again] = self._draw(len(again), rng)
            again = again[self.contains(drawn[again])]
        return drawn

    def _draw(self, num_pairs: int, rng: np.random.Generator) -> PairArray:
        books = rng.integers(self.num_books, size=num_pairs, dtype=np.int32)
        links = rng.integers(self.num_links, size=num_pairs, dtype=np.int32)
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

    def excess(time: float) -> float:
        return float(-np.expm1(-rates * time).sum()) - num_drawn

    latest = float(num_drawn)  # long enough where all rates are equal
    while excess(latest) < 0:
        latest *= 2
    return np.asarray(-np.expm1(-rates * brentq(excess, 0.0, latest, xtol=1e-12)))


def draw_links(
    weights: npt.NDArray[np.float64], num_drawn: int, rng: np.random.Generator
) -> npt.NDArray[np.int32]:
    """Draw `num_drawn` distinct links by `weights` (L,), or all of them if there are no more."""
    if num_drawn >= len(weights):
        return np.arange(len(weights), dtype=np.int32)
    clocks = rng.exponential(size=len(weights)) / weights
    return np.argpartition(clocks, num_drawn)[:num_drawn].astype(np.int32)
