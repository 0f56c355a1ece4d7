"""The interface between objectives and the trainer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from projector_export.arrays import Float32Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """What the config sets for an objective.

    Attributes:
        dim: numbers in one vector.
        num_epochs: passes over all pairs.
        learning_rate: step size at the start.
        batch_size: books, or pairs, in one step.
        seed: the same seed gives the same vectors.
    """

    dim: int
    num_epochs: int
    learning_rate: float
    batch_size: int
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """Vectors at some point of training; the score of a pair is books @ links.T + link_bias.

    Attributes:
        books: float32 (N, D).
        links: float32 (L, D).
        link_bias: float32 (L,), or None.
    """

    books: Float32Matrix
    links: Float32Matrix
    link_bias: Float32Matrix | None


class Learner(Protocol):
    """Learns vectors epoch by epoch; a checkpoint can save it."""

    def learning_rate_at(self, epoch: int) -> float:
        """Return the step size at the start of an epoch, counted from 1."""

    def train_epoch(self, epoch: int) -> float:
        """Train on all pairs once; return the mean loss.

        Randomness depends only on the seed and `epoch`, so that a resumed run repeats it.
        """

    def learned(self) -> Learned:
        """Return the current vectors."""
