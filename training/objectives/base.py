"""What every way of learning offers to the trainer, and which one a config asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import tensorflow as tf

from projector_export.arrays import Float32Matrix
from training.config.models import Config
from training.data.pairs import PairSet


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Vectors at some moment; the score of a pair is books @ links.T + link_bias.

    Attributes:
        books: float32 (N, D).
        links: float32 (L, D).
        link_bias: float32 (L,), or None.
    """

    books: Float32Matrix
    links: Float32Matrix
    link_bias: Float32Matrix | None


class Learner(Protocol):
    """Something that learns vectors epoch by epoch and can be kept in a checkpoint."""

    def learning_rate_at(self, epoch: int) -> float:
        """The step size at the start of an epoch, the first being 1."""

    def train_epoch(self, epoch: int) -> float:
        """Go once through the pairs; return the mean loss. Chance hangs on the epoch alone."""

    def learned(self) -> Learned:
        """Give the vectors as they stand."""


def new_learner(pairs: PairSet, config: Config) -> Learner:
    """Make the learner that `model.objective` names, for a config whose epochs are set."""
    from training.objectives.labeled_pairs import LabelledPairLearner
    from training.objectives.softmax import SoftmaxLearner

    shared: dict[str, Any] = {
        "dim": config.model.embedding_dim,
        "learning_rate": config.training.learning_rate,
        "batch_size": config.training.batch_size,
        "seed": config.seed,
    }
    if config.model.objective == "softmax":
        return SoftmaxLearner(pairs, num_epochs=num_epochs(config), **shared)
    return LabelledPairLearner(pairs, objective=config.model.objective, **shared)


def num_epochs(config: Config) -> int:
    """Return the number of epochs that the config sets.

    Raises:
        ValueError: it leaves them open; `Config.with_epochs_for` sets them.
    """
    if config.training.epochs is None:
        raise ValueError("the number of epochs is not set")
    return config.training.epochs


def new_table(
    name: str, shape: tuple[int, int], *, spread: float, seed: tuple[int, int]
) -> tf.Variable:
    """Make a table of vectors, drawn evenly from -spread to +spread."""
    start = tf.random.stateless_uniform(shape, seed, minval=-spread, maxval=spread)
    return tf.Variable(start, name=name)
