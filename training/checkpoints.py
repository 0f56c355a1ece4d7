"""The state of training on disk, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import time
from pathlib import Path

import tensorflow as tf

from training.objectives.base import Learner

KEPT = 2  # the one before the last, should the last be cut off by a crash
SECONDS_BETWEEN = 10  # what a crash may cost; saving after every short epoch would cost more


class TrainingState:
    """A learner, its optimizer, and how many epochs they have seen."""

    def __init__(self, learner: Learner, folder: Path) -> None:
        self._epochs = tf.Variable(0, dtype=tf.int64, trainable=False)
        checkpoint = tf.train.Checkpoint(learner=learner, epochs=self._epochs)
        self._manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=KEPT)
        if self._manager.latest_checkpoint:
            checkpoint.restore(self._manager.latest_checkpoint).assert_consumed()
        self._saved_at = time.monotonic()

    @property
    def epochs_done(self) -> int:
        """Number of epochs that the state has seen; 0 for a new one."""
        return int(self._epochs)

    def finish_epoch(self, epoch: int, *, last: bool) -> None:
        """Count `epoch` as done, and keep the state if it is the last or some time has passed."""
        self._epochs.assign(epoch)
        if last or time.monotonic() - self._saved_at >= SECONDS_BETWEEN:
            self._manager.save(checkpoint_number=epoch)
            self._saved_at = time.monotonic()
