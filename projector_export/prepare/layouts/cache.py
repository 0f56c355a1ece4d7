"""Layouts of an earlier export, kept under the hash of all that they depend on."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.files import write_bytes_whole

HASH_LENGTH = 16


def load_layout(folder: Path | None, name: str, key: str) -> Float32Matrix | None:
    """Return the layout (N, 2 or 3) stored under `key`, or None; a damaged file is none."""
    if folder is None:
        return None
    try:
        content = io.BytesIO(_path(folder, name, key).read_bytes())
        stored = np.load(content, allow_pickle=False)
        if str(stored["key"]) != key:
            return None
        return np.asarray(stored["layout"], dtype=np.float32)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def store_layout(folder: Path | None, name: str, key: str, layout: Float32Matrix) -> None:
    """Keep a layout, if there is a folder to keep it in."""
    if folder is None:
        return
    content = io.BytesIO()
    np.savez_compressed(content, layout=layout, key=np.array(key))
    write_bytes_whole(_path(folder, name, key), content.getvalue())


def _path(folder: Path, name: str, key: str) -> Path:
    return folder / f"{name}-{key[:HASH_LENGTH]}.npz"
