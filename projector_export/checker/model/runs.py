"""Which runs TensorBoard finds in a log directory, and which checkpoint it reads for each.

Sources: projector_plugin.py:340-500 and 818-830; run discovery in data/server/logdir.rs and
server.rs (list_runs), TensorBoard 2.21.0.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from projector_export.checker.folders import walk
from projector_export.checker.model.configs import Config, read_pbtxt
from projector_export.checkpoints.opening import (
    CheckpointReader,
    is_file,
    latest_checkpoint,
    open_checkpoint,
)
from projector_export.checkpoints.reader import CheckpointError
from projector_export.viewer_facts import (
    CONFIG_NAME,
    EVENT_FILE_INFIX,
    OPTIMIZER_SLOT,
    PLUGIN_FOLDER,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROOT_RUN = "."


@dataclass(slots=True, kw_only=True)
class Checkpoint:
    """The checkpoint that TensorBoard reads for a run.

    Attributes:
        prefix: the path without `.index`.
        is_parents: whether it is in the folder above, whose tensors leak in.
        shapes: every variable's shape by its name; empty if the file cannot be read.
        problem: why it cannot be read, or "".
        reader: what reads it, if it can be read.
    """

    prefix: str
    is_parents: bool = False
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    problem: str = ""
    reader: CheckpointReader | None = None

    @property
    def matrices(self) -> dict[str, tuple[int, ...]]:
        """The variables that TensorBoard lists: those of rank 2, without optimizer slots."""
        return {
            name: shape
            for name, shape in self.shapes.items()
            if len(shape) == 2 and OPTIMIZER_SLOT not in name
        }

    def matrix(self, name: str) -> NDArray[np.float32] | None:
        """Read one (N, D) variable; None if it is not numeric, or damaged."""
        if self.reader is None or self.reader.dtypes[name].kind not in "fiub":
            return None
        try:
            return self.reader.numbers(name)
        except CheckpointError as error:
            self.problem = str(error)
            return None


@dataclass(slots=True, kw_only=True)
class RunFolder:
    """A folder that TensorBoard lists as a run, or would list if it had an event file.

    Attributes:
        name: as TensorBoard lists it.
        folder: where it is.
        is_listed: whether it has an event file, or is the log directory itself.
        config: its projector config.
        checkpoint: where its tensors come from, if there is one.
        is_kept: whether it has a checkpoint or an entry with a `tensor_path`.
    """

    name: str
    folder: Path
    is_listed: bool
    config: Config
    checkpoint: Checkpoint | None = None
    is_kept: bool = False


def run_folders(logdir: Path) -> list[RunFolder]:
    """Find runs in the order in which TensorBoard lists them; unlisted ones come last."""
    started: dict[str, float] = {}
    overlooked: list[str] = []
    # TensorBoard follows links too (logdir.rs:45-47).
    for folder, _ in walk(logdir, follows_links=True):
        name = folder.relative_to(logdir).as_posix()
        start = start_time(folder)
        if start is not None:
            started[name] = start
        elif (
            name != ROOT_RUN and (folder / CONFIG_NAME).is_file() and not _is_plugin_folder(folder)
        ):
            overlooked.append(name)
    listed = sorted(started, key=lambda name: (started[name], name))
    if ROOT_RUN not in started:
        listed.append(ROOT_RUN)
    runs = [_run(logdir, name, is_listed=True) for name in listed]
    return runs + [_run(logdir, name, is_listed=False) for name in sorted(overlooked)]


def _is_plugin_folder(folder: Path) -> bool:
    return folder.parts[-2:] == PLUGIN_FOLDER


def start_time(folder: Path) -> float | None:
    """Return when a run's first event was written; None if no event file contains one."""
    times = [
        time
        for path in sorted(folder.iterdir())
        if EVENT_FILE_INFIX in path.name
        and path.is_file()
        and (time := _first_event_time(path)) is not None
    ]
    return min(times) if times else None


def _first_event_time(path: Path) -> float | None:
    """Read the time of the first record: 8 bytes of length, 4 of check sum, then an Event proto."""
    with path.open("rb") as file:
        head = file.read(21)
    if len(head) < 21 or head[12] != 0x09:  # field 1, a double
        return None
    return float(struct.unpack("<d", head[13:21])[0])


def _run(logdir: Path, name: str, *, is_listed: bool) -> RunFolder:
    folder = logdir if name == ROOT_RUN else logdir / name
    config_folder, plugin_folder = folder, folder.joinpath(*PLUGIN_FOLDER)
    # The config in the plugin's folder is read later, so it wins.
    if is_listed and start_time(folder) is not None and (plugin_folder / CONFIG_NAME).is_file():
        config_folder = plugin_folder
    config = read_pbtxt(config_folder / CONFIG_NAME)
    run = RunFolder(name=name, folder=folder, is_listed=is_listed, config=config)
    if not config.problem:
        run.checkpoint = _checkpoint_of(config, folder)
        has_files = any(entry.tensor_path for entry in config.entries)
        is_found = run.checkpoint is not None and bool(_glob(run.checkpoint.prefix))
        run.is_kept = is_found or (has_files and not config.checkpoint_path)
    return run


def _checkpoint_of(config: Config, folder: Path) -> Checkpoint | None:
    if config.checkpoint_path:
        return _read(config.checkpoint_path, is_parents=False)
    if prefix := latest_checkpoint(folder):
        return _read(prefix, is_parents=False)
    if prefix := latest_checkpoint(folder.resolve().parent):
        return _read(prefix, is_parents=True)
    return None


def _glob(prefix: str) -> list[Path]:
    path = Path(prefix)
    try:
        return [found for found in path.parent.iterdir() if found.name.startswith(path.name)]
    except (OSError, ValueError):
        return []


def _read(prefix: str, *, is_parents: bool) -> Checkpoint:
    checkpoint = Checkpoint(prefix=prefix, is_parents=is_parents)
    if not _glob(prefix):
        checkpoint.problem = "no file starts with that path"
    elif not (is_file(prefix + ".index") or is_file(prefix)):
        checkpoint.problem = "its .index file is missing"
    elif Path(prefix + ".index").is_file() and not _has_data(prefix):
        checkpoint.problem = "its .data file is missing"
    else:
        _read_shapes(checkpoint)
    return checkpoint


def _has_data(prefix: str) -> bool:
    name = Path(prefix).name + ".data-"
    return any(found.name.startswith(name) for found in _glob(prefix))


def _read_shapes(checkpoint: Checkpoint) -> None:
    try:
        checkpoint.reader = open_checkpoint(checkpoint.prefix)
    except CheckpointError as error:
        checkpoint.problem = str(error)
    else:
        checkpoint.shapes = checkpoint.reader.shapes
