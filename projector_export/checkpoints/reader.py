"""Read a TensorFlow checkpoint: its numbers are mapped from the file, not read into memory."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tensorboard.compat.proto import types_pb2

from projector_export.checkpoints.messages import (
    HEADER_KEY,
    STRING,
    BundleEntry,
    BundleHeader,
    crc32c,
    masked,
)
from projector_export.checkpoints.sorted_table import read_sorted_table, read_varints
from projector_export.large_arrays import row_chunks

Shape = tuple[int, ...]
NEWEST_VERSION = 1
MAX_INDEX_BYTES = 64 << 20  # an entry has some 30 bytes
CHECKSUM_BYTES = 4
NO_NUMBERS: np.dtype[Any] = np.dtype(object)
DTYPES: dict[int, np.dtype[Any]] = {
    types_pb2.DT_FLOAT: np.dtype("<f4"),
    types_pb2.DT_DOUBLE: np.dtype("<f8"),
    types_pb2.DT_HALF: np.dtype("<f2"),
    types_pb2.DT_BOOL: np.dtype("?"),
    types_pb2.DT_INT8: np.dtype("i1"),
    types_pb2.DT_INT16: np.dtype("<i2"),
    types_pb2.DT_INT32: np.dtype("<i4"),
    types_pb2.DT_INT64: np.dtype("<i8"),
    types_pb2.DT_UINT8: np.dtype("u1"),
    types_pb2.DT_UINT16: np.dtype("<u2"),
    types_pb2.DT_UINT32: np.dtype("<u4"),
    types_pb2.DT_UINT64: np.dtype("<u8"),
    STRING: NO_NUMBERS,
    types_pb2.DT_VARIANT: NO_NUMBERS,
}


class CheckpointError(Exception):
    """A checkpoint, or a tensor of it, cannot be read; the message is one line."""


class BundleReader:
    """Reads the usual kind of checkpoint.

    Attributes:
        shapes: the shape of each tensor by its name.
        dtypes: the type of each tensor by its name; `object` if it is not of numbers.

    Raises:
        ValueError: there is something in it that this reader does not know, or it is damaged.
        OSError, IndexError, struct.error, DecodeError: it is damaged.
    """

    def __init__(self, prefix: str) -> None:
        path = Path(f"{prefix}.index")
        if path.stat().st_size > MAX_INDEX_BYTES:
            raise ValueError("its index is too large to be read at once")
        index = read_sorted_table(path.read_bytes())
        header = BundleHeader.FromString(index.pop(HEADER_KEY, b""))
        if header.endianness or not header.num_shards:
            raise ValueError("its numbers are big-endian, or it has no files of them")
        if header.version.min_consumer > NEWEST_VERSION:
            raise ValueError("it is of a newer version")
        self._prefix, self._num_shards = prefix, header.num_shards
        self._entries: dict[str, Any] = {
            key.decode(): BundleEntry.FromString(value) for key, value in index.items()
        }
        if any(entry.slices or entry.dtype not in DTYPES for entry in self._entries.values()):
            raise ValueError("a tensor is in slices, or of an unusual type")
        self.shapes: dict[str, Shape] = {
            name: tuple(dim.size for dim in entry.shape.dim)
            for name, entry in self._entries.items()
        }
        self.dtypes = {name: DTYPES[entry.dtype] for name, entry in self._entries.items()}

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """Return a tensor of numbers, mapped from the file, after reading it for its checksum.

        Raises:
            CheckpointError: it is damaged, or not of numbers.
        """
        dtype, shape = self.dtypes[name], self.shapes[name]
        if dtype == NO_NUMBERS or self._entries[name].size != math.prod(shape) * dtype.itemsize:
            raise CheckpointError(f"{name!r} does not contain the numbers of its shape")
        content = self._content(name)
        checksum = 0
        for some in row_chunks(content[:, None]):
            checksum = crc32c(content[some].tobytes(), checksum)
        self._require_checksum(name, checksum)
        return content.view(dtype).reshape(shape)

    def text(self, name: str) -> bytes:
        """Return a single string: its length, the checksum of that, and its bytes.

        Raises:
            CheckpointError: it is damaged, or not a single string.
        """
        content = self._content(name).tobytes()
        (length,), start = read_varints(content + b"\0", 0, count=1)
        text = content[start + CHECKSUM_BYTES :]
        checksum = crc32c(content[start:], crc32c(struct.pack("<Q", length)[:4]))
        self._require_checksum(name, checksum)
        return text

    def _content(self, name: str) -> npt.NDArray[np.uint8]:
        entry = self._entries[name]
        path = f"{self._prefix}.data-{entry.shard_id:05d}-of-{self._num_shards:05d}"
        if not entry.size:
            return np.empty(0, np.uint8)
        try:
            return np.memmap(path, np.uint8, mode="r", offset=entry.offset, shape=(entry.size,))
        except (OSError, ValueError) as error:
            raise CheckpointError(f"the numbers of {name!r} are not in {path}") from error

    def _require_checksum(self, name: str, checksum: int) -> None:
        if masked(checksum) != self._entries[name].crc32c:
            raise CheckpointError(f"the checksum of {name!r} is wrong: the file is damaged")
