"""Copy an export and fix the copy: paths first, then vectors, and then what goes by their rows."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from projector_export.check.checker import metadata_beside, views_of
from projector_export.check.model.configs import Config, read_json, read_pbtxt
from projector_export.check.model.view import Run, Tensor, View
from projector_export.check.rules.config_rules import UNSAFE_CHARACTERS
from projector_export.errors import InputError
from projector_export.files import whole_folder
from projector_export.fix.bookmarks_and_sprites import fix_bookmarks, fix_sprite
from projector_export.fix.configs import EditableConfig, edit
from projector_export.fix.metadata import fix_metadata
from projector_export.fix.vectors import FixedVectors, fix_binary, fix_text

CONFIG_NAMES = ("projector_config.pbtxt",)
GITHUB_FILE = re.compile(r"https?://github\.com/([^/]+)/([^/]+)/(?:blob|raw)/(.+)")


@dataclass(slots=True)
class FixedCopy:
    """A fixed copy: what to check in place of the original, and what was changed."""

    path: Path
    metadata_path: Path | None = None
    changes: list[str] = field(default_factory=list)


def write_fixed(path: Path, metadata_path: Path | None, output: Path) -> FixedCopy:
    """Write a fixed copy of `path` to the new folder `output`.

    Raises:
        InputError: `path` is not there, or `output` lies inside it.
        RunError: `output` is already there.
    """
    if not path.exists():
        raise InputError(f"{path} does not exist; expected a folder, a config or vectors")
    if path.is_dir() and output.resolve().is_relative_to(path.resolve()):
        raise InputError(f"{output} lies inside {path}; name a folder elsewhere")
    with whole_folder(output) as folder:
        copied = _copy(path, metadata_path, folder)
        changes = copied.changes + _fix(copied)
    metadata = copied.metadata_path
    return FixedCopy(
        output / copied.path.relative_to(folder),
        output / metadata.relative_to(folder) if metadata else None,
        changes,
    )


def _copy(path: Path, metadata_path: Path | None, folder: Path) -> FixedCopy:
    if path.is_dir():
        _copy_folder(path, folder)
        configs = [
            (path / copy.relative_to(folder), copy)
            for copy in sorted(folder.rglob("*"))
            if _is_config(copy)
        ]
        return FixedCopy(
            folder, None, [change for pair in configs for change in _bring_assets(*pair)]
        )
    shutil.copy(path, folder / path.name)
    if path.suffix in {".json", ".pbtxt"}:
        changes = _bring_assets(path, folder / path.name)
        return FixedCopy(folder / path.name, None, changes)
    beside = metadata_path or metadata_beside(path)
    if beside is not None:
        shutil.copy(beside, folder / beside.name)
    return FixedCopy(folder / path.name, folder / beside.name if beside else None)


def _copy_folder(path: Path, folder: Path) -> None:
    # Links become files, so that fixing the copy never reaches what they lead to.
    try:
        shutil.copytree(path, folder, dirs_exist_ok=True, ignore_dangling_symlinks=True)
    except (shutil.Error, OSError) as error:
        raise InputError(
            f"{path} cannot be copied: {str(error)[:120]}", tip="are there links in a circle?"
        ) from error


def _is_config(path: Path) -> bool:
    from projector_export.check.model.configs import is_web_config

    if path.name in CONFIG_NAMES:
        return True
    return path.suffix == ".json" and path.is_file() and is_web_config(path)


def _bring_assets(original: Path, copy: Path) -> list[str]:
    """Put what a config names beside the copy, and name it by its bare name."""
    config = read_json(copy) if copy.suffix == ".json" else read_pbtxt(copy)
    if config.problem:
        return []
    edited, changes = edit(copy), []
    for index, entry in enumerate(config.entries):
        for key, written in entry.paths.items():
            name = _brought(original, copy, written)
            if name and name != written:
                edited.set_path(index, key, name)
                changes.append(f"{copy.name}: {key} {written!r} is {name!r} now")
        changes += _safe_name(edited, config, index, copy)
    if changes:
        edited.save()
    return changes


def _brought(original: Path, copy: Path, written: str) -> str | None:
    """Copy one file beside the config if it is not below it; return what to call it."""
    if github := GITHUB_FILE.fullmatch(written):
        return "https://raw.githubusercontent.com/{}/{}/{}".format(*github.groups())
    source = original.parent / written
    try:
        is_there = source.is_file()
    except (OSError, ValueError):
        return None
    if not is_there:
        return None
    below = (copy.parent / written).resolve()
    if not Path(written).is_absolute() and below.is_relative_to(copy.parent.resolve()):
        if not below.is_file():
            below.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, below)
        return written
    target = copy.with_name(source.name)
    if target.exists() and target.read_bytes() != source.read_bytes():
        return None  # another file has that name
    shutil.copy(source, target)
    return source.name


def _safe_name(edited: EditableConfig, config: Config, index: int, copy: Path) -> list[str]:
    entry = config.entries[index]
    safe = UNSAFE_CHARACTERS.sub("_", entry.tensor_name)
    if safe == entry.tensor_name or not entry.tensor_path:
        return []
    edited.set_name(index, safe)
    return [f"{copy.name}: tensor {entry.tensor_name!r} is {safe!r} now"]


def _fix(copied: FixedCopy) -> list[str]:
    """Fix every file that some view reads, once."""
    changes: list[str] = []
    done: dict[Path, FixedVectors] = {}
    views = list(views_of(copied.path, copied.metadata_path, advance=lambda _: None))
    for view in views:
        for run in view.runs:
            changes += _list_run(view, run)
            for tensor in run.tensors:
                changes += _fix_tensor(run, tensor, done)
    return changes


def _list_run(view: View, run: Run) -> list[str]:
    if view.viewer != "TensorBoard" or run.folder is None or run.folder.is_listed:
        return []
    _write_event_file(run.folder.folder)
    return [f"{run.folder.name}: an event file makes it a run"]


def _write_event_file(folder: Path) -> None:
    # TensorBoard's EventFileWriter would do, but brings TensorFlow in.
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.summary.writer.record_writer import RecordWriter

    now = time.time()
    with (folder / f"events.out.tfevents.{now:.0f}.fixed").open("wb") as file:
        event = Event(wall_time=now, file_version="brain.Event:2")
        RecordWriter(file).write(event.SerializeToString())


def _fix_tensor(run: Run, tensor: Tensor, done: dict[Path, FixedVectors]) -> list[str]:
    changes = _fix_vectors(run, tensor, done)
    shape = tensor.shape if tensor.shape is not None and len(tensor.shape) == 2 else None
    num_points = shape[0] if shape else tensor.num_rows
    metadata = tensor.metadata.path if tensor.metadata else None
    if metadata is not None and metadata not in done:
        changes += fix_metadata(metadata, num_points)
        done[metadata] = FixedVectors([], None, [])
    if tensor.bookmarks is not None and shape and tensor.bookmarks.path not in done:
        changes += fix_bookmarks(tensor.bookmarks.path, (shape[0], shape[1]))
    if tensor.sprite is not None and num_points:
        changes += fix_sprite(tensor.sprite.path, tensor.sprite.tile, num_points)
    return changes


def _fix_vectors(run: Run, tensor: Tensor, done: dict[Path, FixedVectors]) -> list[str]:
    vectors = tensor.vectors
    if vectors is None or vectors.kind == "checkpoint":
        return []
    fixed, changes = done.get(vectors.path), []
    if fixed is None:
        num_labels = tensor.metadata.num_rows if tensor.metadata else None
        fixed = (
            fix_text(vectors.path)
            if vectors.kind == "text"
            else fix_binary(vectors.path, vectors.shape, num_labels=num_labels)
        )
        done[vectors.path] = fixed
        changes = fixed.changes + _keep_labels(vectors.path, tensor, fixed)
    if fixed.shape is not None:
        changes += _set_shape(run, tensor, fixed.shape)
        tensor.shape = fixed.shape
    return changes


def _keep_labels(vectors_path: Path, tensor: Tensor, fixed: FixedVectors) -> list[str]:
    """Write the words that stood before the numbers as metadata, if there is none."""
    path = vectors_path.with_name("metadata.tsv")
    if not fixed.labels or tensor.metadata is not None or path.exists():
        return []
    path.write_text("".join(label + "\n" for label in fixed.labels), encoding="utf-8")
    fix_metadata(path, len(fixed.labels))
    return [f"{path.name}: the labels are here now"]


def _set_shape(run: Run, tensor: Tensor, shape: tuple[int, int]) -> list[str]:
    if not run.config.entries or tensor.entry.tensor_shape == shape:
        return []
    names = [entry.tensor_name.removesuffix(":0") for entry in run.config.entries]
    paths = [entry.tensor_path for entry in run.config.entries]
    if tensor.name in names:
        index = names.index(tensor.name)
    elif tensor.entry.tensor_path in paths:
        index = paths.index(tensor.entry.tensor_path)
    else:
        return []
    edited = edit(run.config.path)
    edited.set_shape(index, shape)
    edited.save()
    return [f"{run.config.path.name}: the shape of {tensor.name!r} is {shape[0]} x {shape[1]} now"]
