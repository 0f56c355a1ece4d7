"""Fix every file that a view reads, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from projector_export.checker.model.metadata import read_metadata
from projector_export.checker.model.view import Run, Tensor, View
from projector_export.fixer.bookmarks_and_sprites import fix_bookmarks, fix_sprite
from projector_export.fixer.configs import edit
from projector_export.fixer.metadata import fix_metadata
from projector_export.fixer.new_configs import write_configs
from projector_export.fixer.vectors import FixedVectors, fix_binary, fix_text
from projector_export.viewer_facts import MIN_DIM
from projector_export.write.tensorboard_folder import write_event_file

MIN_ROWS = 2


@dataclass(slots=True)
class _Done:
    """What has been fixed so far.

    Attributes:
        color_by: the column to color by; if "", columns are judged.
        vectors: the result for each file of vectors.
        metadata: metadata that was fixed.
    """

    color_by: str
    vectors: dict[Path, FixedVectors] = field(default_factory=dict)
    metadata: set[Path] = field(default_factory=set)


def fix_views(views: Sequence[View], folder: Path, color_by: str) -> list[str]:
    """Fix what the views of a copy read; return descriptions of the changes.

    Args:
        views: of the unchanged copy.
        folder: the folder of the copy; files without a config get one there.
        color_by: the column to color by; if "", columns are judged.
    """
    changes: list[str] = []
    done = _Done(color_by)
    for view in views:
        for run in view.runs:
            changes += _list_run(view, run)
            for tensor in run.tensors:
                changes += _fix_tensor(run, tensor, done)
    if all(view.viewer == "upload" for view in views):
        tensors = [tensor for view in views for tensor in view.tensors]
        changes += write_configs([tensor for tensor in tensors if _is_whole(tensor, done)], folder)
    return changes


def _is_whole(tensor: Tensor, done: _Done) -> bool:
    """Whether both viewers read the vectors, and show more than a blank plot."""
    fixed = done.vectors.get(tensor.vectors.path) if tensor.vectors else None
    return (
        fixed is not None
        and fixed.shape is not None
        and fixed.shape[0] >= MIN_ROWS
        and fixed.shape[1] >= MIN_DIM
    )


def _list_run(view: View, run: Run) -> list[str]:
    if view.viewer != "TensorBoard" or run.folder is None or run.folder.is_listed:
        return []
    write_event_file(run.folder.folder)
    return [f"{run.folder.name}: added an event file, which makes it a run"]


def _fix_tensor(run: Run, tensor: Tensor, done: _Done) -> list[str]:
    changes = _fix_vectors(run, tensor, done)
    shape = tensor.shape if tensor.shape is not None and len(tensor.shape) == 2 else None
    num_points = shape[0] if shape else tensor.num_rows
    metadata = tensor.metadata.path if tensor.metadata else None
    if metadata is not None and metadata not in done.metadata:
        changes += fix_metadata(metadata, num_points, done.color_by)
        done.metadata.add(metadata)
    if tensor.bookmarks is not None and shape:
        changes += fix_bookmarks(tensor.bookmarks.path, (shape[0], shape[1]))
    if tensor.sprite is not None and num_points:
        changes += fix_sprite(tensor.sprite.path, tensor.sprite.tile, num_points)
    return changes


def _fix_vectors(run: Run, tensor: Tensor, done: _Done) -> list[str]:
    vectors = tensor.vectors
    if vectors is None or vectors.kind == "checkpoint":
        return []
    fixed, changes = done.vectors.get(vectors.path), []
    if fixed is None:
        num_labels = tensor.metadata.num_rows if tensor.metadata else None
        fixed = (
            fix_text(vectors.path)
            if vectors.kind == "text"
            else fix_binary(vectors.path, vectors.shape, num_labels=num_labels)
        )
        done.vectors[vectors.path] = fixed
        changes = fixed.changes + _keep_labels(vectors.path, tensor, fixed)
    if fixed.shape is not None:
        changes += _set_shape(run, tensor, fixed.shape)
        tensor.shape = fixed.shape
    return changes


def _keep_labels(vectors_path: Path, tensor: Tensor, fixed: FixedVectors) -> list[str]:
    """Write the words that were before the numbers as metadata, if there is none."""
    path = vectors_path.with_name("metadata.tsv")
    if not fixed.labels or tensor.metadata is not None or path.exists():
        return []
    path.write_text("".join(label + "\n" for label in fixed.labels), encoding="utf-8")
    fix_metadata(path, len(fixed.labels))
    tensor.metadata = read_metadata(path)
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
