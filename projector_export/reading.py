"""Anybody's vectors and metadata, from the files that people keep them in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from projector_export.embedding import Embedding
from projector_export.errors import InputError
from projector_export.files import existing_file
from projector_export.types import Float32Matrix

VECTOR_FORMATS = ".npy, .npz, .tsv, .csv or .txt"
METADATA_FORMATS = ".tsv, .csv or .txt"
_SEPARATORS = {".tsv": "\t", ".txt": "\t", ".csv": ","}


def read_embedding(name: str, vectors_path: Path, metadata_path: Path | None) -> Embedding:
    """Read vectors and, if there is a file of them, metadata; else label rows by their number."""
    vectors = read_vectors(vectors_path)
    if metadata_path is None:
        labels = [f"row {row}" for row in range(len(vectors))]
        return Embedding(name, vectors, pd.DataFrame({"label": labels}))
    return Embedding(name, vectors, read_metadata(metadata_path))


def read_vectors(path: Path) -> Float32Matrix:
    """Read float32 (N, D) from a NumPy file or from text with a row a line.

    Raises:
        InputError: no such file, another format, no matrix in it, or a cell that is no number.
    """
    existing_file(path, f"vectors in {VECTOR_FORMATS}")
    if path.suffix in {".npy", ".npz"}:
        return _numpy_matrix(path)
    if path.suffix in _SEPARATORS:
        return _text_matrix(path, _SEPARATORS[path.suffix])
    raise InputError(f"{path}: vectors are read from {VECTOR_FORMATS}, not from {path.suffix!r}")


def read_metadata(path: Path) -> pd.DataFrame:
    """Read a table with a header; a file of one column has none, as in the projector.

    Raises:
        InputError: no such file, another format, not UTF-8, or lines that do not fit the header.
    """
    existing_file(path, f"metadata in {METADATA_FORMATS}")
    separator = _SEPARATORS.get(path.suffix)
    if separator is None:
        raise InputError(f"{path}: metadata is read from {METADATA_FORMATS}, not {path.suffix!r}")
    if separator == "\t":
        return _read_tsv(path)
    try:
        return pd.read_csv(path, skip_blank_lines=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: {str(error).strip()}") from error


def _numpy_matrix(path: Path) -> Float32Matrix:
    try:
        loaded = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise InputError(f"{path} is no NumPy file that can be read safely: {error}") from error
    if isinstance(loaded, np.ndarray):
        matrices = {path.stem: loaded}
    else:
        matrices = {key: loaded[key] for key in loaded.files}
        matrices = {key: array for key, array in matrices.items() if array.ndim == 2}
    if len(matrices) != 1:
        raise InputError(f"{path} holds {len(matrices)} matrices; expected one")
    matrix = next(iter(matrices.values()))
    if matrix.ndim != 2 or matrix.dtype.kind not in "fiu":
        raise InputError(
            f"{path} holds {matrix.dtype} of shape {matrix.shape}; expected numbers (rows, dimensions)"
        )
    return np.ascontiguousarray(matrix, dtype=np.float32)


def _text_matrix(path: Path, separator: str) -> Float32Matrix:
    rows: list[np.ndarray] = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = np.array(line.strip().split(separator), dtype=np.float32)
            except ValueError as error:
                raise InputError(f"{path}:{number}: {error}; expected numbers only") from error
            if rows and len(row) != len(rows[0]):
                raise InputError(
                    f"{path}:{number} has {len(row)} numbers where line 1 has {len(rows[0])}"
                )
            rows.append(row)
    if not rows:
        raise InputError(f"{path} is empty; expected a vector a line")
    return np.stack(rows)


def _read_tsv(path: Path) -> pd.DataFrame:
    """Split at tabs and line ends only, as the projector does; columns of numbers become numbers."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}") from error
    rows = [line.rstrip("\r").split("\t") for line in lines if line.strip()]
    if not rows:
        raise InputError(f"{path} is empty; expected a line per vector")
    header = rows.pop(0) if len(rows[0]) > 1 else ["label"]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise InputError(
                f"{path}:{number} has {len(row)} cells where the header has {len(header)}"
            )
    table = pd.DataFrame(rows, columns=header, dtype=object)
    return table.apply(_numbers_where_all_are)


def _numbers_where_all_are(column: pd.Series) -> pd.Series:
    try:
        return pd.to_numeric(column)
    except (ValueError, TypeError):
        return column
