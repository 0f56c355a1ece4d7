"""Write a TensorFlow checkpoint that contains the matrices and nothing else.

TensorBoard lists every matrix of a checkpoint by its name in the file. Saving a Keras model or a
`tf.train.Checkpoint` gives names such as `words/.ATTRIBUTES/VARIABLE_VALUE`, and adds optimizer
slots; here the names are exactly the given ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from projector_export.arrays import Float32Matrix
from projector_export.checkpoints.writer import write_bundle
from projector_export.files import write_text_whole

PREFIX = "vectors.ckpt"


def write_checkpoint(folder: Path, matrices: Mapping[str, Float32Matrix]) -> None:
    """Write each (N, D) matrix under its name, and the state file that points to the checkpoint."""
    write_bundle(folder / PREFIX, matrices)
    # TensorFlow's own writer of this file would add the time of day.
    write_text_whole(
        folder / "checkpoint",
        f'model_checkpoint_path: "{PREFIX}"\nall_model_checkpoint_paths: "{PREFIX}"\n',
    )
