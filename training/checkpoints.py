"""The state of training on disk, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf

from training.objectives import Learner

KEPT = 2  # the one before the last, should the last be cut off by a crash


class TrainingState:
    """A learner, its optimizer, and how many epochs they have seen."""

    def __init__(self, learner: Learner, folder: Path) -> None:
        self._epochs = tf.Variable(0, dtype=tf.int64, trainable=False)
        checkpoint = tf.train.Checkpoint(learner=learner, epochs=self._epochs)
        self._manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=KEPT)
        if self._manager.latest_checkpoint:
            checkpoint.restore(self._manager.latest_checkpoint).assert_consumed()

    @property
    def epochs_done(self) -> int:
        """Number of epochs that the state has seen; 0 for a new one."""
        return int(self._epochs)

    def save(self, epoch: int) -> None:
        """Keep the state after `epoch`."""
        self._epochs.assign(epoch)
        self._manager.save(checkpoint_number=epoch)
