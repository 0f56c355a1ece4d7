"""NumPy's own files: .npy, and .npz with several arrays."""

from __future__ import annotations

import math
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

import numpy as np
import pandas as pd

from projector_export.errors import InputError
from projector_export.read.formats.base import (
    FileFormat,
    Source,
    choose_array,
    damage_as_input_error,
    float32_matrix,
    listed,
)
from projector_export.read.formats.zip import is_zip, zip_names

NPY_MAGIC = b"\x93NUMPY"
NUMPY_FILE = "a NumPy file"


def _is_npy(_path: Path, head: bytes) -> bool:
    return head.startswith(NPY_MAGIC)


def _is_npz(path: Path, head: bytes) -> bool:
    if not is_zip(head):
        return False
    names = zip_names(path)
    return path.suffix == ".npz" or (bool(names) and all(name.endswith(".npy") for name in names))


def _read_npy(path: Path, array: str | None) -> Source:
    with damage_as_input_error(path, NUMPY_FILE), path.open("rb") as file:
        _refuse_bad_header(path, file, path.stat().st_size)
        matrix = np.load(file, allow_pickle=False)
    if array is not None:
        choose_array(path, {path.stem: matrix.shape}, array)
    return Source(float32_matrix(path, matrix))


def _read_npz(path: Path, array: str | None) -> Source:
    """Read one matrix, and as metadata every one-dimensional array with a value for each row."""
    with damage_as_input_error(path, NUMPY_FILE):
        arrays = _arrays(path)
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
                _refuse_bad_header(path, file, member.file_size)  # type: ignore[arg-type]
    with np.load(path, allow_pickle=False) as loaded:
        return {name: loaded[name] for name in loaded.files}


def _refuse_bad_header(path: Path, file: BinaryIO, size: int) -> None:
    """Refuse Python objects, and a shape that the file has no numbers for, before it is read."""
    version = np.lib.format.read_magic(file)
    read_header = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, _, dtype = read_header(file)
    if dtype.hasobject:
        raise InputError(
            f"{path} contains Python objects; expected a matrix of numbers",
            tip="save it again with np.save(path, np.stack(rows).astype('float32'))",
        )
    if math.prod(shape) * dtype.itemsize > size - file.tell():
        raise InputError(f"{path} is too short: its header says {shape} of {dtype}")
    file.seek(0)


def _shapes(arrays: dict[str, np.ndarray]) -> str:
    if not arrays:
        return "nothing"
    return listed({name: values.shape for name, values in arrays.items()})


NPY = FileFormat(title="NumPy array", suffixes=(".npy",), recognizes=_is_npy, read=_read_npy)
NPZ = FileFormat(title="NumPy arrays", suffixes=(".npz",), recognizes=_is_npz, read=_read_npz)
