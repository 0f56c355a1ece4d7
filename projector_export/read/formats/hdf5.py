"""What is in an HDF5 file: Keras and AnnData both write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from projector_export.errors import InputError

MAX_PACKING = 1032  # zlib's
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


def refuse_lying_shape(path: Path, dataset: Any) -> None:
    """Refuse a shape that the file has no numbers for, before memory is taken for it.

    Raises:
        InputError: the numbers would have to be packed tighter than zlib can.
    """
    num_bytes, num_stored = dataset.size * dataset.dtype.itemsize, dataset.id.get_storage_size()
    if num_bytes > MAX_PACKING * num_stored:
        raise InputError(
            f"{path}: {dataset.name} is said to have {num_bytes:,} bytes, and has {num_stored:,}"
        )


def top_names(path: Path) -> set[str]:
    """List the groups at the top; a damaged file has none."""
    try:
        with open_hdf5(path) as opened:
            return set(opened)
    except InputError:
        return set()
