"""Write the folder that TensorBoard opens: checkpoint, metadata, config and an event file."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path

from projector_export.errors import UsageError
from projector_export.files import write_text_whole
from projector_export.viewer_facts import CONFIG_NAME, EVENT_FILE_INFIX, MAX_SERVED_ROWS
from projector_export.write.checkpoint import write_checkpoint
from projector_export.write.projector_config import config_pbtxt
from projector_export.write.tables import SerializedTable, write_tables

LAYOUTS_NAME = "layouts.json"
PATTERN_CHARACTERS = frozenset("*?[\\") - {os.sep}  # of the C library's fnmatch


def refuse_unfindable(folder: Path) -> None:
    """Refuse a path below which TensorFlow, and so TensorBoard, finds no checkpoint.

    It searches for them with the whole path as a pattern, and in UTF-8.

    Raises:
        UsageError: the path has a character of patterns, or is not UTF-8.
    """
    path = str(folder.absolute())
    if found := sorted(PATTERN_CHARACTERS.intersection(path)):
        raise UsageError(
            f"{folder}: TensorFlow reads {found[0]!r} in a path as a pattern, so TensorBoard would "
            "show nothing",
            tip="choose a path without * ? [ and \\",
        )
    if path.encode("utf-8", "replace").decode() != path:
        raise UsageError(f"{folder}: the path is not UTF-8, and TensorFlow cannot write there")


def write_tensorboard_folder(folder: Path, tables: Sequence[SerializedTable]) -> None:
    """Write everything that TensorBoard needs to show the tables; it opens the first one.

    Args:
        folder: the folder for `--logdir`.
        tables: each of their layouts becomes a bookmark and a separate tensor.
    """
    write_tensorboard_files(folder, tables)
    write_event_file(folder)


def write_tensorboard_files(folder: Path, tables: Sequence[SerializedTable]) -> None:
    """Write all but the event file, without which a sub-folder of `--logdir` is not listed.

    Vectors go into a checkpoint and not into `tensor_path` files, which TensorBoard first tries to
    read as text: it misreads one raw file in 250, and then the whole plugin fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = cut_to_first_table(tables)
    listed = write_tables(folder, shown, max_rows=MAX_SERVED_ROWS, for_tensorboard=True)
    write_checkpoint(folder, {table.name: table.vectors for table, _ in listed})
    write_text_whole(folder / CONFIG_NAME, config_pbtxt([entry for _, entry in listed]))
    if parameters := shown[0].table.layout_parameters:
        write_text_whole(folder / LAYOUTS_NAME, json.dumps(parameters, indent=2) + "\n")


def cut_to_first_table(tables: Sequence[SerializedTable]) -> list[SerializedTable]:
    """Cut tables to the rows that TensorBoard shows, and no more than the first has.

    TensorBoard opens the tensor with most rows, whatever the order in the config; of equally long
    ones, the first by name (data-panel.ts:482). Rows are cut from the end, so the most important
    rows should come first.
    """
    first, *others = tables
    shown = [first.cut(MAX_SERVED_ROWS)]
    for serialized in others:
        before = shown[-1].table
        shown.append(serialized.cut(before.num_rows - int(serialized.table.name <= before.name)))
    return shown


def write_event_file(folder: Path, *, wall_time: float | None = None) -> None:
    """Write an event file, without which TensorBoard does not take a sub-folder for a run.

    Args:
        folder: the run.
        wall_time: seconds, by which TensorBoard orders runs; by default now.
    """
    # TensorBoard's EventFileWriter would do, but loads TensorFlow, which takes seconds.
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.summary.writer.record_writer import RecordWriter

    now = time.time() if wall_time is None else wall_time
    name = f"events.out.{EVENT_FILE_INFIX}.{time.time():.0f}.projector_export"
    with (folder / name).open("wb") as file:
        event = Event(wall_time=now, file_version="brain.Event:2")
        RecordWriter(file).write(event.SerializeToString())
