"""What the viewer shows: runs, tensors, points, labels, colors and bookmarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cmp_to_key
from pathlib import Path
from typing import Any, Literal

from projector_export.checker.model.bookmarks import Bookmarks
from projector_export.checker.model.configs import Asset, Config, Entry
from projector_export.checker.model.metadata import Metadata
from projector_export.checker.model.runs import RunFolder
from projector_export.checker.model.sprites import Sprite
from projector_export.checker.model.vectors import Vectors
from projector_export.viewer_facts import SPHEREIZE_FROM_DIM

ViewerName = Literal["TensorBoard", "web app", "upload", "metadata"]


@dataclass(slots=True, kw_only=True)
class Tensor:
    """One tensor with everything that belongs to it.

    Attributes:
        name: its name in the menu.
        shape: (N, D) that the viewer is given; None if it is given none.
        entry: its config entry; an empty one if the config does not name it.
        is_named: whether the config names it, or there is no config; other matrices of the
            checkpoint are listed too, but not read here.
        source: the config, or the checkpoint or file that it comes from.
        vectors: its vectors; None if there is nothing to read.
        metadata, bookmarks, sprite: None if there are none.
        assets: what the entry's paths resolve to, by key.
        max_rows: how many rows the page requests; None for all.
    """

    name: str
    source: Path
    shape: tuple[int, ...] | None = None
    entry: Entry = field(default_factory=Entry)
    is_named: bool = True
    vectors: Vectors | None = None
    metadata: Metadata | None = None
    bookmarks: Bookmarks | None = None
    sprite: Sprite | None = None
    assets: dict[str, Asset] = field(default_factory=dict)
    max_rows: int | None = None

    @property
    def num_rows(self) -> int | None:
        """N of the whole tensor: of the vectors that were read, else of its shape."""
        if self.vectors is not None and self.vectors.num_rows is not None:
            return self.vectors.num_rows
        return self.shape[0] if self.shape is not None and len(self.shape) == 2 else None

    @property
    def dim(self) -> int | None:
        """D: of the vectors that were read, else of its shape."""
        if self.vectors is not None and self.vectors.dim is not None:
            return self.vectors.dim
        return self.shape[1] if self.shape is not None and len(self.shape) == 2 else None

    @property
    def num_points(self) -> int | None:
        """How many points the page gets."""
        if self.num_rows is None or self.max_rows is None:
            return self.num_rows
        return min(self.num_rows, self.max_rows)

    @property
    def is_listed(self) -> bool:
        """Whether the tensor menu lists it (data-panel.ts:477-480)."""
        return self.shape is not None and len(self.shape) == 2 and min(self.shape) > 1

    @property
    def has_points(self) -> bool:
        """Whether the page gets vectors; if they were not read, that is assumed."""
        return not self.is_named or (self.vectors is not None and self.vectors.matrix is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return the tensor as docs/checks.md describes it."""
        return {
            "name": self.name,
            "num_rows": self.num_rows,
            "num_points": self.num_points if self.has_points else 0,
            "dim": self.dim,
            "is_listed": self.is_listed,
            "is_sphereized": self.dim is not None and self.dim >= SPHEREIZE_FROM_DIM,
            "metadata": self.metadata.to_dict() if self.metadata else None,
            "bookmarks": self.bookmarks.labels if self.bookmarks else [],
        }


@dataclass(slots=True, kw_only=True)
class Run:
    """One entry of the run menu.

    Attributes:
        name: its name in the menu.
        config: its config.
        tensors: in the order of the menu; unlisted ones come last.
        folder: the folder that TensorBoard found; None outside TensorBoard.
        is_shown: whether the menu lists it.
    """

    name: str
    config: Config
    tensors: list[Tensor] = field(default_factory=list)
    folder: RunFolder | None = None
    is_shown: bool = True
    opens_with: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the run as docs/checks.md describes it."""
        return {
            "name": self.name,
            "config": str(self.config.path),
            "opens_with": self.opens_with,
            "tensors": [tensor.to_dict() for tensor in self.tensors],
        }


@dataclass(slots=True, kw_only=True)
class View:
    """One way to open what was checked.

    Attributes:
        viewer: `TensorBoard` with this log directory, the `web app` with this config, `upload` of
            these files manually, or `metadata` alone, which shows no points.
        path: the log directory, the config, the vectors or the metadata.
        runs: what is shown, and what was intended to be shown.
        crash: why the server answers every request with an error, or "".
        assumed: what had to be assumed.
        color_by: the column that the user wants to color by, or "".
    """

    viewer: ViewerName
    path: Path
    runs: list[Run] = field(default_factory=list)
    crash: str = ""
    assumed: list[str] = field(default_factory=list)
    color_by: str = ""

    @property
    def tensors(self) -> list[Tensor]:
        """Every tensor of every run, shown or not."""
        return [tensor for run in self.runs for tensor in run.tensors]

    @property
    def shows_points(self) -> bool:
        """Whether at least one tensor can be opened and has points."""
        return any(
            tensor.is_listed and tensor.has_points
            for run in self.shown_runs
            for tensor in run.tensors
        )

    @property
    def notes(self) -> list[str]:
        """Notes for the report: what was assumed, replaced or not read."""
        return self.assumed + [
            f"{asset.written}: {asset.file.name} next to the config was read instead"
            if asset.file
            else f"{asset.written}: not read; a copy next to the config would be"
            for tensor in self.tensors
            for asset in tensor.assets.values()
            if asset.problem == "url"
        ]

    @property
    def shown_runs(self) -> list[Run]:
        """The run menu; the first run opens."""
        return [] if self.crash else [run for run in self.runs if run.is_shown]

    def to_dict(self) -> dict[str, Any]:
        """Return the view as docs/checks.md describes it."""
        return {
            "viewer": self.viewer,
            "path": str(self.path),
            "crash": self.crash,
            "notes": self.notes,
            "runs": [run.to_dict() for run in self.shown_runs],
        }


def menu_order(tensors: list[Tensor]) -> list[Tensor]:
    """Sort like the menu: metadata first, then more rows, then names (data-panel.ts:481-506)."""
    listed = [tensor for tensor in tensors if tensor.is_listed]
    rest = [tensor for tensor in tensors if not tensor.is_listed]
    return sorted(listed, key=cmp_to_key(_before)) + rest


def _before(one: Tensor, other: Tensor) -> int:
    for key in (_has_metadata, _is_made_by_hand, _num_rows):
        if key(one) != key(other):
            return key(other) - key(one)
    # JavaScript compares UTF-16 code units.
    return -1 if one.name.encode("utf-16-be") <= other.name.encode("utf-16-be") else 1


def _has_metadata(tensor: Tensor) -> int:
    return int(bool(tensor.entry.metadata_path))


def _is_made_by_hand(tensor: Tensor) -> int:
    return int(not tensor.name.endswith("/Adagrad"))


def _num_rows(tensor: Tensor) -> int:
    return tensor.shape[0] if tensor.shape else 0
