"""The article's two objectives: labeled positive and negative pairs."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from projector_export.prepare.geometry import unit_norm
from training.data.pairs import PairSet
from training.objectives.base import Hyperparameters, Learned
from training.objectives.negatives import KnownPairs

NEGATIVES_PER_POSITIVE = 2  # as in the article
SPREAD = 0.05


class LabeledPairLearner(tf.Module):
    """Two tables whose rows' cosine separates positive pairs from negative ones."""

    LABELS: tuple[float, float]  # of a positive and of a negative pair

    def __init__(self, pairs: PairSet, hyperparameters: Hyperparameters) -> None:
        super().__init__(name="labeled_pairs")
        dim, self._seed = hyperparameters.dim, hyperparameters.seed
        self._pairs = pairs
        self._batch_size = min(hyperparameters.batch_size, len(pairs.train))
        self._known = KnownPairs(pairs.train, num_books=pairs.num_books, num_links=pairs.num_links)
        self.books = create_table("books", (pairs.num_books, dim), seed=(self._seed, 0))
        self.links = create_table("links", (pairs.num_links, dim), seed=(self._seed, 1))
        self._add_variables()
        self.optimizer = tf.keras.optimizers.Adam(hyperparameters.learning_rate)
        self.optimizer.build(self.trainable_variables)

    def learning_rate_at(self, epoch: int) -> float:  # noqa: ARG002  (constant, as in the article)
        """Return the step size, which is the same in all epochs."""
        return float(self.optimizer.learning_rate)

    def train_epoch(self, epoch: int) -> float:
        """Train on all positive pairs once, with new negative ones; return the mean loss."""
        rng = np.random.default_rng((self._seed, epoch))
        num_steps = len(self._pairs.train) // self._batch_size
        positives = rng.permutation(self._pairs.train)[: num_steps * self._batch_size]
        negatives = self._known.draw_negatives(len(positives) * NEGATIVES_PER_POSITIVE, rng)
        batches = np.concatenate(
            [positives.reshape(num_steps, -1, 2), negatives.reshape(num_steps, -1, 2)], axis=1
        )  # (steps, batch, 2)
        return float(self._train_steps(tf.constant(batches)))

    def learned(self) -> Learned:
        """Return rows of length 1, so that books @ links.T is the cosine."""
        return Learned(unit_norm(self.books.numpy()), unit_norm(self.links.numpy()), None)

    @tf.function(reduce_retracing=True)
    def _train_steps(self, batches: tf.Tensor) -> tf.Tensor:
        total = tf.constant(0.0)
        for batch in batches:
            with tf.GradientTape() as tape:
                loss = self._compute_batch_loss(batch)
            variables = self.trainable_variables
            self.optimizer.apply_gradients(
                zip(tape.gradient(loss, variables), variables, strict=True)
            )
            total += loss
        return total / tf.cast(tf.shape(batches)[0], tf.float32)

    def _compute_batch_loss(self, batch: tf.Tensor) -> tf.Tensor:
        books = tf.math.l2_normalize(tf.gather(self.books, batch[:, 0]), axis=1)  # (B, D)
        links = tf.math.l2_normalize(tf.gather(self.links, batch[:, 1]), axis=1)  # (B, D)
        cosines = tf.reduce_sum(books * links, axis=1)  # (B,)
        is_positive = tf.range(tf.shape(batch)[0]) < self._batch_size
        return self._compute_loss(cosines, tf.where(is_positive, *self.LABELS))

    def _add_variables(self) -> None:
        """Add variables that the loss needs in addition to the tables."""

    def _compute_loss(self, cosines: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        raise NotImplementedError


class RegressionLearner(LabeledPairLearner):
    """Moves the cosine toward +1 or -1, by mean squared error."""

    LABELS = (1.0, -1.0)

    def _compute_loss(self, cosines: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        return tf.reduce_mean(tf.square(cosines - labels))


class ClassificationLearner(LabeledPairLearner):
    """Applies a logistic unit to the cosine, and minimizes the cross-entropy."""

    LABELS = (1.0, 0.0)

    def _add_variables(self) -> None:
        self.slope = tf.Variable(1.0, name="slope")
        self.offset = tf.Variable(0.0, name="offset")

    def _compute_loss(self, cosines: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        logits = self.slope * cosines + self.offset
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))


def create_table(name: str, shape: tuple[int, int], *, seed: tuple[int, int]) -> tf.Variable:
    """Create a table (R, D), uniform between -SPREAD and SPREAD, as Keras initializes it."""
    rows = tf.random.stateless_uniform(shape, seed, minval=-SPREAD, maxval=SPREAD)
    return tf.Variable(rows, name=name)
