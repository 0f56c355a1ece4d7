"""The folder that TensorBoard opens: checkpoint, metadata, config and an event file."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from projector_export.files import write_text_whole
from projector_export.native_libraries import load_tensorflow
from projector_export.viewer_facts import CONFIG_NAME, EVENT_FILE_INFIX, MAX_SERVED_ROWS
from projector_export.write.projector_config import config_pbtxt
from projector_export.write.tables import SerializedTable, write_tables

LAYOUTS_NAME = "layouts.json"


def write_tensorboard_folder(folder: Path, tables: Sequence[SerializedTable]) -> None:
    """Write all that TensorBoard needs to show the tables, the first of them first.

    The vectors go into a checkpoint and not into `tensor_path` files, which TensorBoard first tries
    to read as text: one raw file in 250 is misread so, and then the whole plugin fails.

    Args:
        folder: what `--logdir` is pointed at.
        tables: a layout becomes a bookmark, and a tensor of its own.
    """
    load_tensorflow()
    from projector_export.write.checkpoint import write_checkpoint

    folder.mkdir(parents=True, exist_ok=True)
    shown = opened_in_order(tables)
    listed = write_tables(folder, shown, max_rows=MAX_SERVED_ROWS, with_pca=True)
    write_checkpoint(folder, {table.name: table.vectors for table, _ in listed})
    write_text_whole(folder / CONFIG_NAME, config_pbtxt([entry for _, entry in listed]))
    if made_of := shown[0].table.layout_parameters:
        write_text_whole(folder / LAYOUTS_NAME, json.dumps(made_of, indent=2) + "\n")
    write_event_file(folder)


def opened_in_order(tables: Sequence[SerializedTable]) -> list[SerializedTable]:
    """Cut later tables to as many rows as the first has, and keep their order.

    TensorBoard opens the tensor with most rows, whatever the config's order (data-panel.ts:482);
    of equal ones the first by name. Rows are cut from the end, so the most frequent should lead.
    """
    first, *others = tables
    shown = [first]
    for serialized in others:
        before = shown[-1].table
        shown.append(serialized.cut(before.num_rows - int(serialized.table.name <= before.name)))
    return shown


def write_event_file(folder: Path) -> None:
    """Write an event file, without which TensorBoard does not take a sub-folder for a run."""
    # TensorBoard's EventFileWriter would do, but loads TensorFlow, which a fix needs for nothing.
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.summary.writer.record_writer import RecordWriter

    now = time.time()
    name = f"events.out.{EVENT_FILE_INFIX}.{now:.0f}.projector_export"
    with (folder / name).open("wb") as file:
        event = Event(wall_time=now, file_version="brain.Event:2")
        RecordWriter(file).write(event.SerializeToString())
