"""Write a TensorFlow checkpoint that contains the matrices and nothing else.

TensorBoard lists every matrix of a checkpoint by its name in the file. Saving a Keras model or a
`tf.train.Checkpoint` gives names such as `words/.ATTRIBUTES/VARIABLE_VALUE`, and adds optimizer
slots; the name-based format gives exactly the names that it is passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tensorflow as tf

from projector_export.arrays import Float32Matrix
from projector_export.files import write_text_whole

PREFIX = "vectors.ckpt"


def write_checkpoint(folder: Path, matrices: Mapping[str, Float32Matrix]) -> None:
    """Write each (N, D) matrix under its name, and the state file that points to the checkpoint."""
    tf.raw_ops.SaveV2(
        prefix=str(folder / PREFIX),
        tensor_names=list(matrices),
        shape_and_slices=[""] * len(matrices),
        tensors=[tf.constant(matrix, tf.float32) for matrix in matrices.values()],
    )
    # Written as text because TensorFlow's own writer adds the time of day.
    write_text_whole(
        folder / "checkpoint",
        f'model_checkpoint_path: "{PREFIX}"\nall_model_checkpoint_paths: "{PREFIX}"\n',
    )
