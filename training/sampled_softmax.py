"""The default way to learn: each book picks its links out of many, a batch of books at a time.

For a pair (book, link) the loss is the cross-entropy of picking the link among itself and a set of
candidate links that all books of the batch share. Candidates that the book is known to hold are
masked, so no known positive serves as a negative; the logarithm of a candidate's chance to be
drawn is taken off its score (log-q), so that frequent links do not lose by being drawn often.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from projector_export.geometry import viewer_ready
from training.negatives import draw_links, inclusion_probabilities
from training.objectives import Learned, new_table
from training.pairs import PairSet

MASKED = -1e9


class SoftmaxLearner(tf.Module):
    """Two tables of directions and a bias per link; scores are scaled cosines plus the bias."""

    def __init__(
        self,
        pairs: PairSet,
        *,
        num_epochs: int,
        dim: int,
        learning_rate: float,
        batch_size: int,
        seed: int,
        temperature: float = 12.0,
        num_candidates: int = 2048,
    ) -> None:
        super().__init__(name="softmax")
        self._pairs, self._seed, self._num_epochs = pairs, seed, num_epochs
        self._peak = learning_rate
        self._batch_size = batch_size
        self._scale = temperature
        self._num_candidates = num_candidates
        counts = np.maximum(np.bincount(pairs.train[:, 1], minlength=pairs.num_links), 1)
        self._weights = counts.astype(np.float64) ** 0.75
        self._log_chances = tf.constant(
            np.log(inclusion_probabilities(self._weights, num_candidates)), tf.float32
        )
        self._starts = tf.constant(
            np.searchsorted(pairs.train[:, 0], np.arange(pairs.num_books + 1)), tf.int32
        )
        self._links_of_pairs = tf.constant(pairs.train[:, 1])
        self.books = new_table("books", (pairs.num_books, dim), spread=0.1, seed=(seed, 0))
        self.links = new_table("links", (pairs.num_links, dim), spread=0.1, seed=(seed, 1))
        self.link_bias = tf.Variable(
            np.log(counts / counts.mean()).astype(np.float32), name="link_bias"
        )
        self.optimizer = tf.keras.optimizers.Adam(learning_rate, beta_2=0.99)
        self.optimizer.build(self.trainable_variables)

    @property
    def learning_rate(self) -> float:
        return float(self.optimizer.learning_rate)

    def train_epoch(self, epoch: int) -> float:
        random = np.random.default_rng((self._seed, epoch))
        n = self._pairs.num_books
        steps = max(1, round(n / self._batch_size))
        order = random.permutation(n).astype(np.int32)
        losses = []
        for s in range(steps):
            progress = (epoch - 1 + s / steps) / self._num_epochs
            self.optimizer.learning_rate.assign(self._peak * (0.5 + 0.5 * np.cos(np.pi * progress)))
            cand = draw_links(self._weights, self._num_candidates, random)
            losses.append(self._step(tf.constant(order[s::steps]), tf.constant(cand)))
        return float(np.mean([float(x) for x in losses]))

    def learned(self) -> Learned:
        b, l = self.books.numpy(), self.links.numpy()
        b = b / np.linalg.norm(b, axis=1, keepdims=True)
        l = l / np.linalg.norm(l, axis=1, keepdims=True)
        from projector_export.geometry import geometric_median

        m = geometric_median(b)
        r = np.linalg.norm(b - m, axis=1).mean()
        bias = (self.link_bias.numpy() / self._scale + l @ m) / r
        return Learned(viewer_ready(b), l.astype(np.float32), bias.astype(np.float32))

    @tf.function(reduce_retracing=True)
    def _step(self, books: tf.Tensor, candidates: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = self._loss(books, candidates)
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    def _loss(self, books: tf.Tensor, candidates: tf.Tensor) -> tf.Tensor:
        ranges = tf.ragged.range(tf.gather(self._starts, books), tf.gather(self._starts, books + 1))
        rows = ranges.value_rowids()
        rows = tf.cast(rows, tf.int32)
        links = tf.gather(self._links_of_pairs, ranges.flat_values)
        table = self.books - tf.reduce_mean(self.books, axis=0)
        b = self._scale * tf.math.l2_normalize(tf.gather(table, books), axis=1)
        all_links = tf.math.l2_normalize(self.links, axis=1)
        c = tf.gather(all_links, candidates)
        logits = tf.matmul(b, c, transpose_b=True) + tf.gather(
            self.link_bias - self._log_chances, candidates
        )
        place = tf.tensor_scatter_nd_update(
            tf.fill([tf.shape(self.links)[0]], -1),
            candidates[:, None],
            tf.range(tf.shape(candidates)[0]),
        )
        columns = tf.gather(place, links)
        known = tf.boolean_mask(tf.stack([rows, columns], 1), columns >= 0)
        logits = tf.tensor_scatter_nd_update(logits, known, tf.fill([tf.shape(known)[0]], MASKED))
        negatives = tf.reduce_logsumexp(logits, axis=1)
        scores = tf.reduce_sum(
            tf.gather(b, rows) * tf.gather(all_links, links), axis=1
        ) + tf.gather(self.link_bias, links)
        return tf.reduce_mean(tf.nn.softplus(tf.gather(negatives, rows) - scores))
