"""The default objective, a sampled softmax: each book picks its links out of many candidates.

For a pair (book, link) the loss is the cross-entropy of picking the link among itself and a set of
candidates, links that all books of a batch share. The score of a link is the cosine times a
constant, plus the link's bias. Candidates that are links of the book are masked, so that no
positive serves as a negative. The logarithm of a candidate's sampling probability is subtracted
from its score (the log-q correction), so that frequent links, which are drawn often, are not
pushed away.

The first two thirds of the epochs train books and links, with small scores, which make good
neighborhoods. Then each book moves toward its neighbors (`neighbor_pooling.py`). The last third
freezes the books and fits the links to them with larger scores, which make good ranks.

Both tables stay on the unit sphere with a mean near zero; the viewer, which normalizes and centers
vectors, does not change such vectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from projector_export.prepare.geometry import viewer_ready
from training.data.pairs import PairSet
from training.objectives.adagrad import Table
from training.objectives.base import Hyperparameters, Learned
from training.objectives.neighbor_pooling import NUM_NEIGHBORS, pool_neighbors
from training.objectives.softmax_batches import Batch, Batches
from training.objectives.softmax_loss import softmax_loss
from training.objectives.spectral import initialize_by_svd


@dataclass(frozen=True, slots=True)
class Stage:
    """How a range of epochs trains.

    Attributes:
        scale: what the cosine is multiplied by; the inverse of the softmax's temperature.
        popularity_power: the weight of a pair is its link's frequency to this power.
        trains_books: whether books are trained, or only links.
    """

    scale: float
    popularity_power: float
    trains_books: bool


TOGETHER = Stage(scale=8.0, popularity_power=0.3, trains_books=True)
LINKS_ALONE = Stage(scale=10.0, popularity_power=0.0, trains_books=False)


class SoftmaxLearner(tf.Module):
    """Two tables of directions and a bias per link, trained by row-wise Adagrad."""

    def __init__(
        self,
        pairs: PairSet,
        hyperparameters: Hyperparameters,
        *,
        stages: tuple[Stage, Stage] = (TOGETHER, LINKS_ALONE),
        num_neighbors: int = NUM_NEIGHBORS,
    ) -> None:
        super().__init__(name="softmax")
        self._together, self._alone = stages
        self._pairs, self._hyperparameters = pairs, hyperparameters
        self._num_neighbors = num_neighbors
        self._num_together = -(-2 * hyperparameters.num_epochs // 3)
        rng = np.random.default_rng((hyperparameters.seed, 0))
        all_pairs = pairs.with_rare
        shape = (pairs.num_books, pairs.num_links_with_rare)
        books, links = initialize_by_svd(all_pairs, shape, dim=hyperparameters.dim, rng=rng)
        self.books = Table(books)
        self.links = Table(links)
        counts = np.bincount(all_pairs[:, 1], minlength=len(links)).clip(1).astype(np.float64)
        self.link_bias = Table(np.log(counts / counts.mean())[:, None].astype(np.float32))
        size = hyperparameters.batch_size
        self._batches = {
            self._together: Batches(all_pairs, counts, batch_size=size),
            self._alone: Batches(pairs.train, counts[: pairs.num_links], batch_size=size),
        }

    def learning_rate_at(self, epoch: int) -> float:
        """Return the rate, which decreases linearly to zero in each stage."""
        first, last = self._get_stage_epochs(epoch)
        return self._hyperparameters.learning_rate * (1 - (epoch - first) / (last - first + 1))

    def train_epoch(self, epoch: int) -> float:
        """Train on the stage's pairs once; return the mean loss."""
        stage = self._together if epoch <= self._num_together else self._alone
        if epoch == self._num_together + 1:
            self._freeze_books()
        batches = self._batches[stage]
        arrays = batches.draw(np.random.default_rng((self._hyperparameters.seed, epoch)))
        rates = np.linspace(
            self.learning_rate_at(epoch),
            self._get_final_rate(epoch),
            batches.num_steps,
            dtype=np.float32,
        )
        weights = (batches.counts / batches.counts.mean()) ** stage.popularity_power
        loss = self._train_steps(
            *map(tf.constant, arrays),
            rates=tf.constant(rates),
            pair_weights=tf.constant(weights, tf.float32),
            log_probabilities=tf.constant(np.log(batches.sampling_probabilities), tf.float32),
            stage=stage,
        )
        if stage.trains_books:
            self.books.center()
            self.links.center()
        return float(loss)

    def learned(self) -> Learned:
        """Return directions, and biases on the scale of the cosine."""
        num_links = self._pairs.num_links
        bias = self.link_bias.rows.numpy()[:num_links, 0] / self._alone.scale
        return Learned(self.books.rows.numpy(), self.links.rows.numpy()[:num_links], bias)

    def _get_stage_epochs(self, epoch: int) -> tuple[int, int]:
        """Return the first and last epoch of the stage that `epoch` belongs to."""
        if epoch <= self._num_together:
            return 1, self._num_together
        return self._num_together + 1, self._hyperparameters.num_epochs

    def _get_final_rate(self, epoch: int) -> float:
        _, last = self._get_stage_epochs(epoch)
        return 0.0 if epoch == last else self.learning_rate_at(epoch + 1)

    def _freeze_books(self) -> None:
        """Give books their final vectors, the exported ones, so that links are fitted to those."""
        pooled = pool_neighbors(
            viewer_ready(self.books.rows.numpy()),
            self._pairs.with_rare,
            num_neighbors=self._num_neighbors,
        )
        self.books.rows.assign(viewer_ready(pooled))
        self.links.reset_squares()
        self.link_bias.reset_squares()

    @tf.function(reduce_retracing=True)
    def _train_steps(  # noqa: PLR0913
        self,
        order: tf.Tensor,
        bounds: tf.Tensor,
        rows: tf.Tensor,
        links: tf.Tensor,
        candidates: tf.Tensor,
        *,
        rates: tf.Tensor,
        pair_weights: tf.Tensor,
        log_probabilities: tf.Tensor,
        stage: Stage,
    ) -> tf.Tensor:
        num_steps, size = tf.shape(rates)[0], self._hyperparameters.batch_size
        loss = tf.constant(0.0)
        for step in tf.range(num_steps):
            start, end = bounds[step], bounds[step + 1]
            batch = Batch(
                books=order[step * size : (step + 1) * size],
                rows=rows[start:end],
                links=links[start:end],
                weights=tf.gather(pair_weights, links[start:end]),
                candidates=candidates[step],
                log_probabilities=tf.gather(log_probabilities, candidates[step]),
            )
            loss += self._train_step(batch, rates[step], stage)
        return loss / tf.cast(num_steps, tf.float32)

    def _train_step(self, batch: Batch, rate: tf.Tensor, stage: Stage) -> tf.Tensor:
        """Update the rows that occur in the batch; return its mean loss."""
        # Candidates are distinct, so they are the first rows of `updated`.
        updated, indices = tf.unique(tf.concat([batch.candidates, batch.links], axis=0))
        positives = indices[tf.shape(batch.candidates)[0] :]
        books = tf.gather(self.books.rows, batch.books)  # (B, D)
        links = tf.gather(self.links.rows, updated)  # (T, D)
        bias = tf.gather(self.link_bias.rows, updated)  # (T, 1)
        found = softmax_loss(
            books, links, bias, batch=batch, positives=positives, scale=stage.scale
        )
        if stage.trains_books:
            self.books.step_on_sphere(batch.books, books, found.books, rate)
        self.links.step_on_sphere(updated, links, found.links, rate)
        self.link_bias.step(updated, bias, found.bias, rate)
        return found.loss / tf.reduce_sum(batch.weights)
