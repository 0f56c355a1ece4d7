"""Write matrices as a TensorFlow checkpoint, byte by byte as TensorFlow's operation `SaveV2`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

from projector_export.arrays import Float32Matrix
from projector_export.checkpoints.messages import (
    FLOAT32,
    HEADER_KEY,
    BundleEntry,
    BundleHeader,
    crc32c,
    masked,
)
from projector_export.checkpoints.sorted_table import sorted_table
from projector_export.files import write_bytes_whole, write_chunks_whole
from projector_export.large_arrays import row_chunks

ONLY_SHARD = ".data-00000-of-00001"


def write_bundle(prefix: Path, matrices: Mapping[str, Float32Matrix]) -> None:
    """Write each (N, D) matrix as float32 under its name, into files that begin with `prefix`.

    Raises:
        WriteError: a file cannot be written; the message includes the system's.
    """
    header = BundleHeader(num_shards=1, version={"producer": 1})
    index = {HEADER_KEY: header.SerializeToString()}
    path = prefix.with_name(prefix.name + ONLY_SHARD)
    write_chunks_whole(path, _numbers(matrices, index))
    # Last, as readers look for it first.
    write_bytes_whole(prefix.with_name(prefix.name + ".index"), sorted_table(index))


def _numbers(matrices: Mapping[str, Float32Matrix], index: dict[bytes, bytes]) -> Iterator[bytes]:
    """Yield the numbers of all matrices, and enter into the index where each is."""
    offset = 0
    for name, matrix in matrices.items():
        checksum = size = 0
        for rows in row_chunks(matrix):
            content = matrix[rows].astype("<f4", copy=False).tobytes()
            checksum, size = crc32c(content, checksum), size + len(content)
            yield content
        shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=length) for length in matrix.shape])
        entry = BundleEntry(
            dtype=FLOAT32, shape=shape, offset=offset, size=size, crc32c=masked(checksum)
        )
        index[name.encode()] = entry.SerializeToString()
        offset += size
