"""What every objective offers to the trainer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from projector_export.arrays import Float32Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """What the config sets of an objective.

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
    """Learns vectors epoch by epoch, and can be kept in a checkpoint."""

    def learning_rate_at(self, epoch: int) -> float:
        """The step size at the start of an epoch, the first being 1."""

    def train_epoch(self, epoch: int) -> float:
        """Go once through the pairs; return the mean loss. Randomness depends on `epoch` alone."""

    def learned(self) -> Learned:
        """Return the vectors as they are now."""
