"""The folder that TensorBoard opens: checkpoint, metadata, config and an event file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from projector_export.cli.console import load_tensorflow, quiet_native_libraries
from projector_export.embedding import Embedding
from projector_export.files import write_text_whole
from projector_export.viewer_facts import MAX_SERVED_ROWS
from projector_export.write.projector_config import config_pbtxt
from projector_export.write.tables import write_tables

CONFIG_NAME = "projector_config.pbtxt"
LAYOUTS_NAME = "layouts.json"


def write_tensorboard_folder(
    folder: Path, embeddings: Sequence[Embedding], made_of: Mapping[str, Any] | None = None
) -> None:
    """Write all that TensorBoard needs to show `embeddings`, the first of them first.

    The vectors go into a checkpoint and not into `tensor_path` files, which TensorBoard first tries
    to read as text: one raw file in 250 is misread so, and then the whole plugin fails.

    Args:
        folder: what `--logdir` is pointed at.
        embeddings: prepared; a layout becomes a bookmark, and a tensor of its own.
        made_of: the parameters of each layout, for the record.
    """
    with quiet_native_libraries():
        load_tensorflow()
    from projector_export.write.checkpoint import write_checkpoint

    folder.mkdir(parents=True, exist_ok=True)
    shown = opened_in_order(embeddings)
    tables = write_tables(folder, shown, max_rows=MAX_SERVED_ROWS, with_pca=True)
    write_checkpoint(folder, [embedding for embedding, _ in tables])
    write_text_whole(folder / CONFIG_NAME, config_pbtxt([table for _, table in tables]))
    if made_of:
        write_text_whole(folder / LAYOUTS_NAME, json.dumps(made_of, indent=2) + "\n")
    write_event_file(folder)


def opened_in_order(embeddings: Sequence[Embedding]) -> list[Embedding]:
    """Cut later embeddings to as many rows as the first has, and keep their order.

    TensorBoard opens the tensor with most rows, whatever the config's order (data-panel.ts:482);
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
    with quiet_native_libraries():
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

    EventFileWriter(str(folder)).close()
