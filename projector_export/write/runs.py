"""Write a training's vectors for TensorBoard while it watches: each step is a separate run.

TensorBoard (projector_plugin.py:340-372 and 678-705, version 2.21.0) reads configs again only when
the runs or the path of a checkpoint change, and keeps a tensor by its run and name until another is
shown: a file that is replaced would show old vectors with new labels. So a run is complete when it
is listed, and never changes. A folder is listed once it has an event file, so that is
written last and deleted first.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from projector_export.errors import UsageError
from projector_export.files import whole_folder
from projector_export.viewer_facts import EVENT_FILE_INFIX
from projector_export.write.tables import SerializedTable
from projector_export.write.tensorboard_folder import (
    refuse_unfindable,
    write_event_file,
    write_tensorboard_files,
)

RUNS_FOLDER = "projector"


def runs_path(log_dir: str | Path) -> Path:
    """Return the folder of the runs in a log directory.

    Raises:
        UsageError: the log directory is remote, where TensorBoard 2.21 reads no metadata, or its
            path is one where it finds nothing.
    """
    if "://" in str(log_dir):
        raise UsageError(
            f"{log_dir} is not on this machine; the projector reads local folders only"
        )
    refuse_unfindable(Path(log_dir))
    return Path(log_dir) / RUNS_FOLDER


def write_run(folder: Path, tables: Sequence[SerializedTable]) -> None:
    """Write a run that TensorBoard lists once it is complete, before all older ones.

    TensorBoard opens the first run that it lists, and orders them by the time of their first
    event. It shows that time nowhere, so a later run states an earlier one.
    """
    delete_run(folder)
    with whole_folder(folder) as new:
        write_tensorboard_files(new, tables)
    write_event_file(folder, wall_time=-time.time())


def delete_run(folder: Path) -> None:
    """Delete a run, if it exists, so that TensorBoard never finds half of it."""
    for event_file in folder.glob(f"*{EVENT_FILE_INFIX}*"):
        event_file.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def largest_first(tables: Sequence[SerializedTable]) -> list[SerializedTable]:
    """Order tables so that TensorBoard opens the first one without any of them being cut."""
    return sorted(
        tables, key=lambda serialized: (-serialized.table.num_rows, serialized.table.name)
    )
