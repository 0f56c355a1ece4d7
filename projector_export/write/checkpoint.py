"""A TensorFlow checkpoint that holds the matrices and nothing else.

TensorBoard lists every matrix of a checkpoint by its name in the file. Saving a Keras model or a
`tf.train.Checkpoint` gives names such as `books/.ATTRIBUTES/VARIABLE_VALUE` and optimizer slots
beside them; the name-based format gives exactly the names that are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import tensorflow as tf

from projector_export.embedding import Embedding
from projector_export.files import write_text_whole

PREFIX = "vectors.ckpt"


def write_checkpoint(folder: Path, embeddings: Sequence[Embedding]) -> None:
    """Write each embedding's (N, D) matrix under its name, and the state file that points there."""
    tf.raw_ops.SaveV2(
        prefix=str(folder / PREFIX),
        tensor_names=[embedding.name for embedding in embeddings],
        shape_and_slices=[""] * len(embeddings),
        tensors=[tf.constant(embedding.vectors, tf.float32) for embedding in embeddings],
    )
    # Written as text because TensorFlow's own writer adds the time of day.
    write_text_whole(
        folder / "checkpoint",
        f'model_checkpoint_path: "{PREFIX}"\nall_model_checkpoint_paths: "{PREFIX}"\n',
    )
