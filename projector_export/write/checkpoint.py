"""Write a TensorFlow checkpoint that contains the matrices and nothing else.

TensorBoard lists every matrix of a checkpoint by its name in the file. Saving a Keras model or a
`tf.train.Checkpoint` gives names such as `words/.ATTRIBUTES/VARIABLE_VALUE`, and adds optimizer
slots; here the names are exactly the given ones.

A TensorBoard that is open keeps its reader of a checkpoint until the path changes
(projector_plugin.py:167, version 2.21.0), and a reader of files that were replaced fails: HTTP 500,
until TensorBoard is restarted. So other vectors have another path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from projector_export.arrays import Float32Matrix
from projector_export.checkpoints.reader import CheckpointError
from projector_export.checkpoints.writer import write_bundle
from projector_export.files import write_text_whole
from projector_export.large_arrays import row_chunks

NAME = "vectors-{digest}.ckpt"
OWN_FILES = "vectors*.ckpt.*"  # of all versions


def write_checkpoint(folder: Path, matrices: Mapping[str, Float32Matrix]) -> None:
    """Write each (N, D) matrix under its name, and the state file that points to the checkpoint.

    Those of an earlier checkpoint of ours are deleted.
    """
    prefix = NAME.format(digest=_digest(matrices))
    earlier = [path for path in folder.glob(OWN_FILES) if not path.name.startswith(prefix)]
    write_bundle(folder / prefix, matrices)
    # TensorFlow's own writer of this file would add the time of day.
    write_text_whole(
        folder / "checkpoint",
        f'model_checkpoint_path: "{prefix}"\nall_model_checkpoint_paths: "{prefix}"\n',
    )
    for path in earlier:
        path.unlink()


def own_checkpoint(folder: Path) -> str:
    """Return the prefix of the checkpoint that `write_checkpoint` wrote.

    Raises:
        CheckpointError: there is none, or there are several.
    """
    found = [path for path in folder.glob(OWN_FILES) if path.suffix == ".index"]
    if len(found) != 1:
        raise CheckpointError(f"{folder} has {len(found)} checkpoints of an export")
    return str(found[0].with_suffix(""))


def _digest(matrices: Mapping[str, Float32Matrix]) -> str:
    digest = hashlib.sha256()
    for name, matrix in matrices.items():
        digest.update(f"{name}{matrix.shape}".encode())
        for rows in row_chunks(matrix):
            digest.update(matrix[rows].tobytes())
    return digest.hexdigest()[:8]
