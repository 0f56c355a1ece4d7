"""The folder that TensorBoard opens: checkpoint, metadata, config and an event file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from projector_export.embedding import Embedding
from projector_export.files import write_bytes_whole, write_text_whole
from projector_export.metadata import metadata_tsv
from projector_export.projector_config import Table, config_pbtxt

CONFIG_NAME = "projector_config.pbtxt"


def write_tensorboard_folder(folder: Path, embeddings: Sequence[Embedding]) -> None:
    """Write all that TensorBoard needs to show `embeddings`, the first of them first.

    The vectors go into a checkpoint and not into `tensor_path` files, which TensorBoard first tries
    to read as text: one raw file in 250 is misread so, and then the whole plugin fails.
    """
    from projector_export.checkpoint import write_checkpoint

    shown = opened_in_order(embeddings)
    folder.mkdir(parents=True, exist_ok=True)
    write_checkpoint(folder, shown)
    tables = []
    for embedding in shown:
        write_bytes_whole(
            folder / f"{embedding.name}.metadata.tsv", metadata_tsv(embedding.metadata)
        )
        tables.append(
            Table(
                name=embedding.name,
                shape=(embedding.num_rows, embedding.dim),
                metadata_path=f"{embedding.name}.metadata.tsv",
            )
        )
    write_text_whole(folder / CONFIG_NAME, config_pbtxt(tables))
    write_event_file(folder)


def opened_in_order(embeddings: Sequence[Embedding]) -> list[Embedding]:
    """Cut later embeddings to as many rows as the first has, and keep their order.

    TensorBoard opens the tensor with most rows, whatever the config's order (data-panel.ts:482-506);
    of equal ones the first by name. Rows are cut from the end, so the most frequent should lead.
    """
    first, *others = embeddings
    shown = [first]
    for embedding in others:
        most = shown[-1].num_rows - int(embedding.name <= shown[-1].name)
        shown.append(embedding.take(np.arange(min(embedding.num_rows, most))))
    return shown


def write_event_file(folder: Path) -> None:
    """Write an event file, without which TensorBoard does not take a sub-folder for a run."""
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    EventFileWriter(str(folder)).close()
