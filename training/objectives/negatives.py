"""Negative sampling: pairs of a book and a link that it does not have."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from training.data.link_counts import PairArray


class KnownPairs:
    """The pairs that training sees, with a fast test of membership.

    Attributes:
        num_books: N.
        num_links: L.
    """

    def __init__(self, pairs: PairArray, *, num_books: int, num_links: int) -> None:
        self.num_books = num_books
        self.num_links = num_links
        self._keys = np.unique(self._encode(pairs[:, 0], pairs[:, 1]))

    def contains(self, pairs: PairArray) -> npt.NDArray[np.bool_]:
        """Return whether each of `pairs` (P, 2) is known: bool (P,)."""
        keys = self._encode(pairs[:, 0], pairs[:, 1])
        indices = np.searchsorted(self._keys, keys)
        is_known: npt.NDArray[np.bool_] = indices < len(self._keys)
        is_known[is_known] = self._keys[indices[is_known]] == keys[is_known]
        return is_known

    def draw_negatives(self, num_pairs: int, rng: np.random.Generator) -> PairArray:
        """Draw pairs (num_pairs, 2) uniformly from all that are not known.

        Raises:
            ValueError: every pair is known.
        """
        if len(self._keys) >= self.num_books * self.num_links:
            raise ValueError("every book has every link, so there is no negative pair to draw")
        drawn = self._draw(num_pairs, rng)
        known = np.flatnonzero(self.contains(drawn))
        while known.size:
            drawn[known] = self._draw(len(known), rng)
            known = known[self.contains(drawn[known])]
        return drawn

    def _draw(self, num_pairs: int, rng: np.random.Generator) -> PairArray:
        books = rng.integers(self.num_books, size=num_pairs, dtype=np.int32)
        links = rng.integers(self.num_links, size=num_pairs, dtype=np.int32)
        return np.stack([books, links], axis=1)

    def _encode(
        self, books: npt.NDArray[np.int32], links: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.int64]:
        return books.astype(np.int64) * self.num_links + links


def inclusion_probabilities(
    weights: npt.NDArray[np.float64], num_drawn: int
) -> npt.NDArray[np.float64]:
    """Compute the probability (L,) that each link is among `num_drawn` drawn without replacement.

    Drawing without replacement, with probabilities proportional to `weights` (L,), is a race of
    exponential clocks: a link with weight w is drawn if its clock rings before the time t at which
    `num_drawn` clocks are expected to have rung, which has the probability 1 - exp(-w t).
    """
    if num_drawn >= len(weights):
        return np.ones(len(weights))
    rates = weights / weights.sum()

    def excess(time: float) -> float:
        return float(-np.expm1(-rates * time).sum()) - num_drawn

    latest = float(num_drawn)  # late enough if all rates are equal
    while excess(latest) < 0:
        latest *= 2
    return np.asarray(-np.expm1(-rates * brentq(excess, 0.0, latest, xtol=1e-12)))


def draw_links(
    weights: npt.NDArray[np.float64], num_drawn: int, rng: np.random.Generator
) -> npt.NDArray[np.int32]:
    """Draw `num_drawn` distinct links, or all if there are fewer, by `weights` (L,)."""
    if num_drawn >= len(weights):
        return np.arange(len(weights), dtype=np.int32)
    clocks = rng.exponential(size=len(weights)) / weights
    return np.argpartition(clocks, num_drawn)[:num_drawn].astype(np.int32)
