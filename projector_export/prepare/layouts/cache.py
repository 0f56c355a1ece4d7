"""Layouts of earlier exports, stored under the hash of everything that they depend on."""

from __future__ import annotations

import io
import logging
import os
import zipfile
from pathlib import Path

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.errors import JobFailedError
from projector_export.files import write_bytes_whole

logger = logging.getLogger(__name__)

HASH_LENGTH = 16
MAX_FILES = 50  # of 37,020 rows, 15 MB
FOLDER_VARIABLE = "PROJECTOR_EXPORT_LAYOUT_CACHE"


def user_layout_cache() -> Path | None:
    """Return the folder that caches the layouts of vectors that belong to no run.

    The environment variable PROJECTOR_EXPORT_LAYOUT_CACHE sets another one; if empty, none.
    """
    from platformdirs import user_cache_path

    folder = os.environ.get(FOLDER_VARIABLE)
    if folder is None:
        return user_cache_path("projector-export") / "layouts"
    return Path(folder) if folder else None


def load_layout(folder: Path | None, name: str, key: str) -> Float32Matrix | None:
    """Return the layout (N, 2 or 3) stored under `key`, or None if it is missing or damaged."""
    if folder is None:
        return None
    path = _path(folder, name, key)
    try:
        stored = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
        if str(stored["key"]) != key:
            return None
        layout = np.asarray(stored["layout"], dtype=np.float32)
        path.touch()  # the least recently used files are deleted first
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return layout


def store_layout(folder: Path | None, name: str, key: str, layout: Float32Matrix) -> None:
    """Store a layout, if there is a cache folder, and keep the 49 most recently used ones."""
    if folder is None:
        return
    content = io.BytesIO()
    np.savez_compressed(content, layout=layout, key=np.array(key))
    try:
        write_bytes_whole(_path(folder, name, key), content.getvalue())
        _drop_oldest(folder)
    except (JobFailedError, OSError) as error:
        logger.debug("the layout is not cached: %s", error)


def _drop_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[MAX_FILES:]:
        path.unlink(missing_ok=True)


def _path(folder: Path, name: str, key: str) -> Path:
    return folder / f"{name}-{key[:HASH_LENGTH]}.npz"
