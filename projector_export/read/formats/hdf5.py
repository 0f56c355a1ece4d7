"""What is in an HDF5 file: Keras and AnnData both write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from projector_export.errors import InputError

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"


def is_hdf5(head: bytes) -> bool:
    """Whether a file begins as HDF5 does."""
    return head.startswith(HDF5_MAGIC)


@contextmanager
def open_hdf5(path: Path, file: IO[bytes] | None = None) -> Iterator[Any]:
    """Open an HDF5 file, or one within a zip at `path`, as h5py's File.

    Raises:
        InputError: it is damaged; also while the block reads from it.
    """
    import h5py

    try:
        with h5py.File(file or path, "r") as opened:
            yield opened
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise InputError(f"{path} cannot be read as HDF5: {reason}") from error


def top_names(path: Path) -> set[str]:
    """List the groups at the top; a damaged file has none."""
    try:
        with open_hdf5(path) as opened:
            return set(opened)
    except InputError:
        return set()
