"""Open HDF5 files, which both Keras and AnnData write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from projector_export.errors import InputError
from projector_export.read.formats.base import damage_as_input_error

MAX_PACKING = 1032  # zlib's
HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"


def is_hdf5(head: bytes) -> bool:
    """Whether a file starts like HDF5."""
    return head.startswith(HDF5_MAGIC)


@contextmanager
def open_hdf5(path: Path, file: IO[bytes] | None = None) -> Iterator[Any]:
    """Open an HDF5 file, or one within a zip at `path`, as h5py's File.

    Raises:
        InputError: it is damaged; also while the block reads from it.
    """
    import h5py

    with damage_as_input_error(path, "HDF5"), h5py.File(file or path, "r") as opened:
        yield opened


def refuse_lying_shape(path: Path, dataset: Any) -> None:
    """Refuse a shape that needs more numbers than the file has, before allocating memory.

    Raises:
        InputError: the numbers would have to be packed tighter than zlib can.
    """
    num_bytes, num_stored = dataset.size * dataset.dtype.itemsize, dataset.id.get_storage_size()
    if num_bytes > MAX_PACKING * num_stored:
        raise InputError(
            f"{path}: {dataset.name} claims {num_bytes:,} bytes, but only {num_stored:,} are stored"
        )


def top_names(path: Path) -> set[str]:
    """List the top-level groups; a damaged file has none."""
    try:
        with open_hdf5(path) as opened:
            return set(opened)
    except InputError:
        return set()
