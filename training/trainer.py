"""The training loop: epochs, metrics per epoch, checkpoints, progress."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import tensorflow as tf

from projector_export.errors import JobFailedError
from projector_export.progress import ProgressCallback, no_progress
from projector_export.threads import one_blas_thread
from training import evaluation
from training.checkpoints import TrainingState
from training.config.models import Config
from training.data.pairs import PairSet
from training.objectives import new_learner
from training.objectives.base import Learned, Learner
from training.run_folder import RunFolder, Vectors

logger = logging.getLogger(__name__)

HELD_OUT_PER_EPOCH = 2_000  # enough for a curve; the run's own metrics use more
NUM_TENSORFLOW_THREADS = 4  # on any machine: sums depend on how many threads share them


@one_blas_thread()
def train_vectors(
    titles: Sequence[str],
    pairs: PairSet,
    config: Config,
    run_folder: RunFolder,
    *,
    on_progress: ProgressCallback = no_progress,
) -> Vectors:
    """Learn vectors, and write event files and checkpoints to `run_folder`.

    Training continues from the last checkpoint in `run_folder`, if there is one.

    Args:
        titles: of the books, in the order of `pairs`.
        pairs: what to learn from.
        config: the run's config.
        run_folder: where event files and checkpoints go.
        on_progress: called after each epoch.

    Raises:
        JobFailedError: the loss is NaN or infinite.
    """
    make_deterministic()
    learner = new_learner(config.model.objective, pairs, config.hyperparameters())
    state = TrainingState(learner, run_folder.checkpoints_path)
    if state.epochs_done:
        logger.info("resumed after epoch %d", state.epochs_done)
    events = tf.summary.create_file_writer(str(run_folder.events_path))
    with events.as_default():
        _train_epochs(learner, pairs, config, state=state, on_progress=on_progress)
    learned = learner.learned()
    return Vectors(
        books=learned.books,
        links=learned.links,
        link_bias=learned.link_bias,
        book_titles=np.array(titles),
        link_titles=np.array(pairs.vocabulary.links),
    )


def make_deterministic() -> None:
    """Make TensorFlow add up in a fixed order, so that a seed gives the same vectors every time.

    This includes other numbers of cores, unless this process has used TensorFlow before.
    """
    with suppress(RuntimeError):  # too late to change it
        tf.config.threading.set_intra_op_parallelism_threads(NUM_TENSORFLOW_THREADS)
    tf.config.experimental.enable_op_determinism()


def _train_epochs(
    learner: Learner,
    pairs: PairSet,
    config: Config,
    *,
    state: TrainingState,
    on_progress: ProgressCallback,
) -> None:
    last_epoch = config.hyperparameters().num_epochs
    on_progress("training", state.epochs_done, last_epoch)
    for epoch in range(state.epochs_done + 1, last_epoch + 1):
        learning_rate = learner.learning_rate_at(epoch)
        loss = learner.train_epoch(epoch)
        _refuse_divergence(loss, epoch, learning_rate)
        _write_scalars(epoch, loss, learning_rate, learner.learned(), pairs)
        state.finish_epoch(epoch, last=epoch == last_epoch)
        note = f"epoch {epoch}/{last_epoch}, loss {loss:.4f}"
        on_progress("training", epoch, last_epoch, note)


def _refuse_divergence(loss: float, epoch: int, learning_rate: float) -> None:
    if not np.isfinite(loss):
        raise JobFailedError(
            f"the loss is {loss} after epoch {epoch} at learning rate {learning_rate:g}",
            tip=f"try --set training.learning_rate={learning_rate / 10:g}",
        )


def _write_scalars(
    epoch: int, loss: float, learning_rate: float, learned: Learned, pairs: PairSet
) -> None:
    tf.summary.scalar("loss", loss, step=epoch)
    tf.summary.scalar("learning_rate", learning_rate, step=epoch)
    if not len(pairs.held_out):
        return
    ranks = evaluation.held_out_ranks(
        learned.books,
        learned.links,
        learned.link_bias,
        held_out=evaluation.take_evenly(pairs.held_out, HELD_OUT_PER_EPOCH),
        known=pairs.train,
    )
    tf.summary.scalar("held_out/mrr", evaluation.mean_reciprocal_rank(ranks), step=epoch)
    tf.summary.scalar("held_out/hits@10", evaluation.hits_at(ranks, 10), step=epoch)
