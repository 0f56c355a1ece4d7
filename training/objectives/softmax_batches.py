"""Batches for the softmax: books with all their pairs, and the candidates that they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from training.data.link_counts import PairArray
from training.objectives.negatives import draw_links, inclusion_probabilities

NUM_CANDIDATES = 2048
CANDIDATE_POWER = 0.5  # the weight of a link in sampling is its frequency to this power


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What one step trains on: B books with their p pairs, and K candidates.

    Attributes:
        books: (B,) indices of books.
        rows: (p,) the index, among the B, of each pair's book.
        links: (p,) the link of each pair.
        weights: (p,) the weight of each pair.
        candidates: (K,) distinct links.
        log_probabilities: (K,) logarithm of each candidate's sampling probability.
    """

    books: tf.Tensor
    rows: tf.Tensor
    links: tf.Tensor
    weights: tf.Tensor
    candidates: tf.Tensor
    log_probabilities: tf.Tensor


class Batches:
    """Shuffles books with their pairs, and draws the candidates of every step of an epoch.

    Attributes:
        counts: number of pairs with each link, at least 1, (L,).
        sampling_probabilities: of each link to be among the candidates of a step, (L,).
        num_steps: number of steps in an epoch.
    """

    def __init__(self, pairs: PairArray, counts: np.ndarray, *, batch_size: int) -> None:
        self.counts = counts
        self.sampling_probabilities = inclusion_probabilities(
            counts**CANDIDATE_POWER, NUM_CANDIDATES
        )
        self._batch_size = batch_size
        by_book = np.argsort(pairs[:, 0], kind="stable")
        self._links = pairs[by_book, 1]
        self._books, self._starts, self._sizes = np.unique(
            pairs[by_book, 0], return_index=True, return_counts=True
        )
        self.num_steps = -(-len(self._books) // batch_size)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        """Draw the order and the candidates of one epoch.

        Returns:
            Books (N',) in random order; the index of each step's first pair (S + 1,); for each
            pair its book's row in the batch (P,) and its link (P,); candidates (S, K). All int32.
        """
        order = rng.permutation(len(self._books))
        sizes = self._sizes[order]
        ends = np.cumsum(sizes)
        last_books = np.minimum(np.arange(self.num_steps + 1) * self._batch_size, len(order))
        bounds = np.concatenate([[0], ends])[last_books]
        rows = np.repeat(np.arange(len(order)) % self._batch_size, sizes)
        shift = np.repeat(self._starts[order] - ends + sizes, sizes)
        links = self._links[np.arange(ends[-1]) + shift]
        weights = self.counts**CANDIDATE_POWER
        candidates = np.stack(
            [draw_links(weights, NUM_CANDIDATES, rng) for _ in range(self.num_steps)]
        )
        arrays = (self._books[order], bounds, rows, links, candidates)
        return tuple(array.astype(np.int32) for array in arrays)
