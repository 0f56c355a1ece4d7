"""The state of training on disk, so that an interrupted run can be resumed."""

from __future__ import annotations

import time
from pathlib import Path

import tensorflow as tf

from projector_export.errors import WriteError
from training.objectives.base import Learner

NUM_KEPT = 2  # including the one before the last, in case a crash truncates the last one
SECONDS_BETWEEN = 10  # the most that a crash costs; saving after every short epoch would cost more


class TrainingState:
    """A learner with its optimizer, and the number of finished epochs."""

    def __init__(self, learner: Learner, folder: Path) -> None:
        self._epochs = tf.Variable(0, dtype=tf.int64, trainable=False)
        checkpoint = tf.train.Checkpoint(learner=learner, epochs=self._epochs)
        self._manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=NUM_KEPT)
        if self._manager.latest_checkpoint:
            checkpoint.restore(self._manager.latest_checkpoint).assert_consumed()
        self._saved_at = time.monotonic()

    @property
    def epochs_done(self) -> int:
        """Number of finished epochs; 0 for a new state."""
        return int(self._epochs)

    def finish_epoch(self, epoch: int, *, last: bool) -> None:
        """Count `epoch` as finished; save the state after the last, or if some time has passed."""
        self._epochs.assign(epoch)
        if last or time.monotonic() - self._saved_at >= SECONDS_BETWEEN:
            self._save(epoch)
            self._saved_at = time.monotonic()

    def _save(self, epoch: int) -> None:
        try:
            self._manager.save(checkpoint_number=epoch)
        except tf.errors.OpError as error:  # TensorFlow's names of the system's errors
            reason = error.message.rpartition(";")[2].partition("[Op:")[0].strip()
            raise WriteError(f"{self._manager.directory} cannot be written: {reason}") from error
