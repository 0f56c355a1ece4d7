"""NumPy's own files: .npy, and .npz with several arrays."""

from __future__ import annotations

import math
import zlib
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

import numpy as np
import pandas as pd

from projector_export.errors import InputError
from projector_export.read.formats.base import (
    FileFormat,
    Source,
    choose_array,
    float32_matrix,
    listed,
)
from projector_export.read.formats.zip import is_zip, zip_names

NPY_MAGIC = b"\x93NUMPY"
_DAMAGE = (ValueError, EOFError, OSError, MemoryError, BadZipFile, NotImplementedError, zlib.error)


def _is_npy(_path: Path, head: bytes) -> bool:
    return head.startswith(NPY_MAGIC)


def _is_npz(path: Path, head: bytes) -> bool:
    if not is_zip(head):
        return False
    names = zip_names(path)
    return path.suffix == ".npz" or (bool(names) and all(name.endswith(".npy") for name in names))


def _read_npy(path: Path, array: str | None) -> Source:
    try:
        with path.open("rb") as file:
            _refuse_lying_header(file, path.stat().st_size)
            matrix = np.load(file, allow_pickle=False)
    except _DAMAGE as error:
        raise _unreadable(path, error) from error
    if array is not None:
        choose_array(path, {path.stem: matrix.shape}, array)
    return Source(float32_matrix(path, matrix))


def _read_npz(path: Path, array: str | None) -> Source:
    """Read one matrix, and as metadata every one-dimensional array with a value for each row."""
    try:
        arrays = _arrays(path)
    except _DAMAGE as error:
        raise _unreadable(path, error) from error
    matrices = {name: values.shape for name, values in arrays.items() if values.ndim == 2}
    if not matrices:
        raise InputError(
            f"{path} contains {_shapes(arrays)}; expected a matrix of (rows, dimensions)",
            tip="save one row per vector, such as with np.savez(path, vectors=np.stack(rows))",
        )
    vectors = float32_matrix(path, arrays[choose_array(path, matrices, array)])
    columns = {name: cells for name, cells in arrays.items() if cells.shape == vectors.shape[:1]}
    text_first = sorted(columns, key=lambda name: columns[name].dtype.kind not in "US")
    table = pd.DataFrame({name: columns[name] for name in text_first})
    return Source(vectors, table if columns else None)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                _refuse_lying_header(file, member.file_size)  # type: ignore[arg-type]
    with np.load(path, allow_pickle=False) as loaded:
        return {name: loaded[name] for name in loaded.files}


def _refuse_lying_header(file: BinaryIO, size: int) -> None:
    """Refuse a shape that the file has no numbers for, before memory is taken for it."""
    version = np.lib.format.read_magic(file)
    read_header = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, _, dtype = read_header(file)
    if not dtype.hasobject and math.prod(shape) * dtype.itemsize > size - file.tell():
        raise ValueError(f"its header says {shape} of {dtype}, and the file is too short for that")
    file.seek(0)


def _unreadable(path: Path, error: Exception) -> InputError:
    if "Object arrays" in str(error):
        return InputError(
            f"{path} contains Python objects; expected a matrix of numbers",
            tip="save it again with np.save(path, np.stack(rows).astype('float32'))",
        )
    reason = str(error).partition("\n")[0]
    return InputError(f"{path} cannot be read as a NumPy file: {reason}")


def _shapes(arrays: dict[str, np.ndarray]) -> str:
    if not arrays:
        return "nothing"
    return listed({name: values.shape for name, values in arrays.items()})


NPY = FileFormat(title="NumPy array", suffixes=(".npy",), recognizes=_is_npy, read=_read_npy)
NPZ = FileFormat(title="NumPy arrays", suffixes=(".npz",), recognizes=_is_npz, read=_read_npz)
