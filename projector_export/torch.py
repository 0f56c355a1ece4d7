"""`add_embedding` with the arguments of PyTorch's `SummaryWriter`, written so that it can be shown.

    from projector_export.torch import add_embedding

    add_embedding("runs/fit", model.words.weight, metadata=words, global_step=100, tag="words")

Torch is not imported: anything with `detach()`, `__array__` or DLPack is taken.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from projector_export.embedding import Embedding
from projector_export.errors import InputError
from projector_export.prepare.table import prepare
from projector_export.read.objects import as_table
from projector_export.read.pictures import as_pictures
from projector_export.write.runs import runs_path, write_run
from projector_export.write.tables import serialize

logger = logging.getLogger(__name__)


def add_embedding(  # noqa: PLR0913, PLR0917 - torch's own arguments
    log_dir: str | Path,
    mat: Any,
    metadata: Any = None,
    label_img: Any = None,
    global_step: int | None = None,
    tag: str = "default",
    metadata_header: Sequence[str] | None = None,
) -> Path:
    """Write vectors for TensorBoard's projector, with the arguments of torch's `add_embedding`.

    Each call writes a separate run, `<log_dir>/projector/<tag>/00100` for step 100, which appears
    in TensorBoard once it is complete; TensorBoard opens the newest. Rows are prepared as
    `px.export` prepares them, so the neighbors that the viewer lists are cosine neighbors.

    >>> import numpy as np
    >>> from projector_export.torch import add_embedding
    >>> run = add_embedding("runs", np.eye(4), metadata=["sea", "sun", "sand", "sky"], tag="words")
    >>> run.as_posix()
    'runs/projector/words/00000'

    Args:
        log_dir: a folder for TensorBoard's `--logdir`, or one inside it; in torch, the writer's.
        mat: (N, D) vectors.
        metadata: N labels, or N rows of as many cells as `metadata_header` has names, or a table.
        label_img: (N, C, H, W) pictures of 1, 3 or 4 channels from 0 to 1.
        global_step: the step of the training.
        tag: the name that the viewer lists the vectors under.
        metadata_header: the names of the columns of `metadata`.

    Returns:
        The folder of the run.

    Raises:
        InputError: the parts do not fit together.
    """
    table = _table(metadata, metadata_header, mat)
    pictures = None if label_img is None else as_pictures(_channels_last(label_img), table)
    embedding = Embedding(tag, mat, table, sprites=pictures)
    folder = runs_path(log_dir) / tag / f"{global_step or 0:05d}"
    if folder.exists():
        logger.warning(
            "%s is replaced; a TensorBoard that is open may show the older vectors until it is "
            "started again, so pass another global_step",
            folder,
        )
    write_run(folder, [serialize(prepare(embedding))])
    return folder


def _table(metadata: Any, header: Sequence[str] | None, mat: Any) -> pd.DataFrame:
    if metadata is None or header is None:
        return as_table(metadata, num_rows=len(mat))
    rows = [
        [row] if isinstance(row, str) or not np.iterable(row) else list(row) for row in metadata
    ]
    lengths = {len(row) for row in rows}
    if lengths != {len(header)}:
        raise InputError(
            f"metadata_header has {len(header)} names, but rows of metadata have "
            f"{', '.join(map(str, sorted(lengths)))} cells"
        )
    return pd.DataFrame(rows, columns=[str(name) for name in header])


def _channels_last(pictures: Any) -> Any:
    """Turn torch's (N, C, H, W) into (N, H, W, C)."""
    if hasattr(pictures, "detach"):  # off the graph and the GPU
        pictures = pictures.detach().cpu()
    array = np.asarray(pictures)
    if array.ndim != 4:
        raise InputError(f"label_img has shape {array.shape}; expected (N, C, H, W)")
    return np.moveaxis(array, 1, -1)
