"""A FAISS index: its vectors as it stores them, which a compressed index changes; ids as labels."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.errors import InputError
from projector_export.read.formats.base import FileFormat, Source, float32_matrix, require_extra

logger = logging.getLogger(__name__)

# FAISS writes four letters for the type of an index: IxF2, IxMp, IwFl, IHNf, ...
LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
HEADER_BYTES = 4 + 4 + 8  # the letters, D and N
MAX_DIM = 1 << 20


def _recognizes(path: Path, head: bytes) -> bool:
    if path.suffix == ".faiss":
        return True
    has_letters = head[:1] == b"I" and len(head) > HEADER_BYTES and set(head[1:4]) <= set(LETTERS)
    dim = int.from_bytes(head[4:8], "little")
    num_rows = int.from_bytes(head[8:16], "little")
    return has_letters and 0 < dim < MAX_DIM and num_rows < 1 << 40


def _read(path: Path, _array: str | None) -> Source:
    faiss = require_extra("faiss", "faiss", path)
    try:
        index = faiss.read_index(str(path))
        ids, vectors = _rows(faiss, index)
    except RuntimeError as error:
        reason = str(error).rpartition(": ")[2][:200]
        raise InputError(f"{path} cannot be read as a FAISS index: {reason}") from error
    if not len(ids):
        raise InputError(f"{path} is an index without vectors")
    return Source(float32_matrix(path, vectors), pd.DataFrame({"id": list(map(str, ids))}))


def _rows(faiss: Any, index: Any) -> tuple[IntVector, Float32Matrix]:
    """Return the ids (N,) and vectors (N, D), in the order in which they were added."""
    if hasattr(index, "id_map"):
        ids = faiss.vector_to_array(index.id_map)
        _, vectors = _rows(faiss, faiss.downcast_index(index.index))
        return ids, vectors
    ivf = faiss.try_extract_index_ivf(index)
    if ivf is None:
        return np.arange(index.ntotal), index.reconstruct_n(0, index.ntotal)
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
