"""A picture for each row, from arrays, from the paths in a column, or as initials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from projector_export.arrays import IntVector
from projector_export.errors import InputError
from projector_export.nearest import did_you_mean

INITIALS = "initials"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pictures:
    """A picture for each of N rows: images, or else files, or else the label's initials.

    Attributes:
        images: uint8 (N, H, W, C), of 1, 3 or 4 channels.
        paths: N files, some of which may not exist.
    """

    images: NDArray[np.uint8] | None = None
    paths: Sequence[str] | None = None

    @property
    def num_pictures(self) -> int | None:
        """N; None for initials, of which there are as many as there are labels."""
        pictures = self.paths if self.images is None else self.images
        return None if pictures is None else len(pictures)

    def take(self, rows: IntVector) -> Pictures:
        """Keep `rows`, in that order."""
        return Pictures(
            images=None if self.images is None else self.images[rows],
            paths=None if self.paths is None else [self.paths[row] for row in rows],
        )


def as_pictures(sprites: Any, metadata: pd.DataFrame) -> Pictures | None:
    """Return `sprites` as a picture for each row of `metadata`.

    Args:
        sprites: (N, H, W) or (N, H, W, C) images; N paths; the name of a column of paths, which are
            relative to the working folder; "initials", unless a column has that name; or None.
        metadata: N rows.

    Raises:
        InputError: there is no such column, no file exists, or images have an unexpected shape or
            range.
    """
    if sprites is None:
        return None
    if isinstance(sprites, Pictures):
        if (num_pictures := sprites.num_pictures) is not None:
            _refuse_other_number(num_pictures, len(metadata))
        return sprites
    if isinstance(sprites, str):
        if sprites == INITIALS and sprites not in metadata.columns:
            return Pictures()
        return _existing_files(column_paths(metadata, sprites), what=f"column {sprites!r}")
    if _is_text(sprites):
        paths = [str(path) for path in sprites]
        _refuse_other_number(len(paths), len(metadata))
        return _existing_files(paths, what="sprites")
    return Pictures(images=_images(sprites, num_rows=len(metadata)))


def column_paths(
    metadata: pd.DataFrame, column: str, *, folders: Sequence[Path] = (Path(),)
) -> list[str]:
    """Return the paths (N,) in a column, each relative to the first folder that has the file.

    Raises:
        InputError: there is no such column.
    """
    if column not in metadata.columns:
        names = [str(name) for name in metadata.columns]
        tip = did_you_mean(column, names)
        raise InputError(
            f"there is no metadata column {column!r} with pictures",
            tip=f"{tip}name a column of paths, or {INITIALS!r}",
        )
    cells = ["" if pd.isna(cell) else str(cell).strip() for cell in metadata[column]]
    return [_found(cell, folders) for cell in cells]


def is_picture_file(path: str) -> bool:
    """Whether this is a regular file, and no device, pipe or web address."""
    try:
        return bool(path) and Path(path).is_file()
    except (OSError, ValueError):  # too long, or with a zero byte
        return False


def _found(cell: str, folders: Sequence[Path]) -> str:
    candidates = (str(folder / cell) for folder in folders if cell)
    return next(filter(is_picture_file, candidates), cell)


def _existing_files(paths: list[str], *, what: str) -> Pictures:
    if not any(map(is_picture_file, paths)):
        first = next(filter(None, paths), "")
        raise InputError(
            f"no picture in {what} is a file; the first is {first!r}",
            tip="paths are relative to the working folder or the metadata's; nothing is downloaded",
        )
    return Pictures(paths=paths)


def _is_text(sprites: Any) -> bool:
    if isinstance(sprites, pd.Series | np.ndarray):
        return sprites.dtype.kind not in "fiub" and sprites.ndim == 1
    return isinstance(sprites, Sequence) and all(isinstance(path, str | Path) for path in sprites)


def _images(sprites: Any, *, num_rows: int) -> NDArray[np.uint8]:
    """Return images as uint8 (N, H, W, C)."""
    images = np.asarray(sprites)
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in {1, 3, 4} or 0 in images.shape:
        raise InputError(
            f"sprites have shape {np.shape(sprites)}; expected (rows, height, width) or (rows, "
            "height, width, 1, 3 or 4 channels)"
        )
    _refuse_other_number(len(images), num_rows)
    if images.dtype == np.uint8:
        return images
    scale = 255 if images.dtype.kind in "fb" else 1
    low, high = images.min(), images.max()
    # Written so that NaN, which compares as false, is refused.
    if images.dtype.kind not in "fiub" or not (low >= 0 and high <= 255 / scale):
        raise InputError(
            f"sprites are of type {images.dtype} from {low} to {high}; expected integers from 0 to "
            "255, or fractions from 0 to 1",
            tip="divide fractions from 0 to 255 by 255",
        )
    return np.rint(images.astype(np.float32) * scale).astype(np.uint8)


def _refuse_other_number(num_pictures: int, num_rows: int) -> None:
    if num_pictures != num_rows:
        raise InputError(f"there are {num_pictures} sprites for {num_rows} rows of metadata")
