"""Matrices that are too large to keep several copies of in memory.

Prepared vectors are a copy of the user's. From 128 MB on, such a copy is a memory-mapped temporary
file; code that goes through its rows does so in chunks, and releases what it has read.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from projector_export.arrays import Float32Matrix, IntVector

LARGE_BYTES = 2**27
TAKEN_BYTES = 2**25  # of rows that are taken at once
CHUNK_BYTES = 2**22  # 4 MB: chunks stay in the processor's cache


def new_rows(num_rows: int, dim: int) -> Float32Matrix:
    """Return float32 zeros (N, D), in memory or, if they are large, in a temporary file."""
    if 4 * num_rows * dim < LARGE_BYTES:
        return np.zeros((num_rows, dim), np.float32)
    # The file has no name, and goes with the last reference to the array.
    with tempfile.TemporaryFile(prefix="projector-export-") as file:
        return np.memmap(file, np.float32, mode="w+", shape=(num_rows, dim))


def row_chunks(matrix: npt.NDArray[Any], *others: npt.NDArray[Any]) -> Iterator[slice]:
    """Yield the rows of `matrix` in chunks; release those of all arguments after each chunk."""
    num_rows, dim = matrix.shape
    size = max(1, CHUNK_BYTES // (4 * max(1, dim)))
    for start in range(0, num_rows, size):
        yield slice(start, start + size)
        for array in (matrix, *others):
            release(array)


def take_rows(matrix: Float32Matrix, rows: IntVector) -> Float32Matrix:
    """Return `rows` of (N, D), in that order; large ones in a temporary file."""
    taken = new_rows(len(rows), matrix.shape[1])
    size = max(1, TAKEN_BYTES // (4 * max(1, matrix.shape[1])))
    for start in range(0, len(rows), size):
        _take(matrix, rows[start : start + size], taken[start : start + size])
        release(taken)
    return taken


def _take(matrix: Float32Matrix, rows: IntVector, taken: Float32Matrix) -> None:
    """Fill `taken` from start to end of the file: around a row, the system maps up to 2 MB."""
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    for chunk in row_chunks(matrix):
        first, last = np.searchsorted(ordered, [chunk.start, chunk.stop])
        taken[order[first:last]] = matrix[ordered[first:last]]


def release(array: npt.NDArray[Any]) -> None:
    """Let go of the memory that a mapped file takes; the system keeps what it has room for."""
    mapped = getattr(array, "_mmap", None)  # of np.memmap; there is no public name
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
