"""A FAISS index: its vectors as it stores them, which a compressed index changes; ids as labels."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.errors import InputError
from projector_export.read.formats.base import (
    FileFormat,
    Source,
    damage_as_input_error,
    float32_matrix,
    require_extra,
)

logger = logging.getLogger(__name__)

# FAISS writes four letters for the type of an index: IxF2, IxMp, IwFl, IHNf, ...
LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
HEADER_BYTES = 4 + 4 + 8  # the letters, D and N
MAX_DIM = 1 << 20
MAX_TABLE_BYTES = 2 << 30  # FAISS's own limit for the tables that it computes while it reads


def _recognizes(path: Path, head: bytes) -> bool:
    if path.suffix == ".faiss":
        return True
    has_letters = head[:1] == b"I" and len(head) > HEADER_BYTES and set(head[1:4]) <= set(LETTERS)
    dim = int.from_bytes(head[4:8], "little")
    num_rows = int.from_bytes(head[8:16], "little")
    return has_letters and 0 < dim < MAX_DIM and num_rows < 1 << 40


def _read(path: Path, _array: str | None) -> Source:
    faiss = require_extra("faiss", "faiss", path)
    with damage_as_input_error(path, "a FAISS index"), _limits(faiss, path.stat().st_size):
        try:
            ids, vectors = _rows(faiss, faiss.read_index(str(path)))
        except RuntimeError as error:  # which begins with the place in FAISS's source
            raise ValueError(str(error).rpartition(": ")[2]) from error
    if not len(ids):
        raise InputError(f"{path} is an index without vectors")
    return Source(float32_matrix(path, vectors), pd.DataFrame({"id": list(map(str, ids))}))


@contextmanager
def _limits(faiss: Any, num_bytes: int) -> Iterator[None]:
    """Let FAISS take no more memory and turns than a file of this size can need."""
    bytes_before = faiss.get_deserialization_vector_byte_limit()
    turns_before = faiss.get_deserialization_loop_limit()
    try:
        faiss.set_deserialization_vector_byte_limit(num_bytes + MAX_TABLE_BYTES)
        faiss.set_deserialization_loop_limit(num_bytes)
        yield
    finally:
        faiss.set_deserialization_vector_byte_limit(bytes_before)
        faiss.set_deserialization_loop_limit(turns_before)


def _rows(faiss: Any, index: Any) -> tuple[IntVector, Float32Matrix]:
    """Return the ids (N,) and vectors (N, D), in the order in which they were added."""
    if hasattr(index, "id_map"):
        ids = faiss.vector_to_array(index.id_map)
        _, vectors = _rows(faiss, faiss.downcast_index(index.index))
        return ids, vectors
    ivf = faiss.try_extract_index_ivf(index)
    if ivf is None:
        return np.arange(index.ntotal), index.reconstruct_n(0, index.ntotal)
    if isinstance(faiss.downcast_index(ivf), faiss.IndexIVFFastScan):  # would end the process
        raise TypeError("FAISS cannot give back the vectors of a fast-scan index")
    ids = np.sort(_ids_of_lists(faiss, ivf.invlists))
    ivf.set_direct_map_type(faiss.DirectMap.Hashtable)
    return ids, index.reconstruct_batch(ids)


def _ids_of_lists(faiss: Any, lists: Any) -> IntVector:
    parts = [
        faiss.rev_swig_ptr(lists.get_ids(number), lists.list_size(number)).copy()
        for number in range(lists.nlist)
        if lists.list_size(number)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


FORMAT = FileFormat(
    title="FAISS index", suffixes=(".faiss", ".index"), recognizes=_recognizes, read=_read
)
