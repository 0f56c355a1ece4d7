"""Read vectors and metadata from files."""

from __future__ import annotations

import csv
import io
import zlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.embedding import Embedding
from projector_export.errors import InputError
from projector_export.files import existing_file
from projector_export.prepare.cells import clean_text
from projector_export.read.hints import pandas_index_tip, separator_tip, text_vectors_tip

VECTOR_FORMATS = ".npy, .npz, .tsv, .csv or .txt"
METADATA_FORMATS = ".tsv, .csv or .txt"
MAX_REASON_LENGTH = 80  # NumPy's message may quote a whole line
_SEPARATORS = {".tsv": "\t", ".txt": "\t", ".csv": ","}
_FIX_TIP = (
    "a tab or a line break inside quotes? `projector-export check {path} --fix -o fixed` writes a "
    "copy that joins such cells again"
)
_MISSING = ("", "nan", "NaN", "NA", "<NA>")  # in a column of numbers; elsewhere they are text
# Up to 15 digits, as JavaScript keeps no more of an integer.
_NUMBER = r"-?(?:(?:0|[1-9][0-9]{0,14})(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"


def read_embedding(name: str, vectors_path: Path, metadata_path: Path | None) -> Embedding:
    """Read vectors and, if there is a file, metadata; else rows are labeled by their number."""
    vectors = read_vectors(vectors_path)
    if metadata_path is None:
        labels = [f"row {row}" for row in range(len(vectors))]
        return Embedding(name, vectors, pd.DataFrame({"label": labels}))
    metadata = read_metadata(metadata_path)
    if len(metadata) != len(vectors) and metadata.shape[1] == 1:
        # With an unexpected separator, whole lines are read as one column, header included.
        separator = _SEPARATORS[metadata_path.suffix]
        if tip := separator_tip(metadata.iloc[:, 0].tolist(), separator):
            raise InputError(f"{metadata_path} has one column, and not one row per vector", tip=tip)
    return Embedding(name, vectors, metadata)


def read_vectors(path: str | Path) -> Float32Matrix:
    """Read float32 (N, D) from a NumPy file, or from text with one row per line.

    >>> import projector_export as px
    >>> px.read_vectors("map/upload/vectors.vectors.tsv").shape
    (40, 8)

    Args:
        path: a file in .npy, .npz, .tsv, .csv or .txt; text has no header.

    Raises:
        InputError: the file does not exist or has another format, it contains no matrix, or a cell
            is not a number.
    """
    path = existing_file(Path(path), f"vectors in {VECTOR_FORMATS}")
    # Numbers too large for float32 become infinity, which an Embedding refuses with its row.
    with np.errstate(over="ignore"):
        if path.suffix in {".npy", ".npz"}:
            return _numpy_matrix(path)
        if path.suffix in _SEPARATORS:
            return _text_matrix(path, _SEPARATORS[path.suffix])
    raise InputError(f"{path}: vectors are read from {VECTOR_FORMATS}, not from {path.suffix!r}")


def read_metadata(path: str | Path) -> pd.DataFrame:
    """Read a table with a header; a file with one column has none, as in the projector.

    A `.csv` may quote cells; others are split at tabs and line ends only, as the projector does.
    Columns of numbers become numbers, except for the first, which is the label.

    >>> import projector_export as px
    >>> px.read_metadata("map/upload/vectors.metadata.tsv").columns.tolist()
    ['word', 'topic']

    Args:
        path: a file in .tsv, .csv or .txt.

    Raises:
        InputError: the file does not exist, has another format, is not UTF-8, or a line does not
            fit the header.
    """
    path = existing_file(Path(path), f"metadata in {METADATA_FORMATS}")
    if path.suffix not in _SEPARATORS:
        raise InputError(f"{path}: metadata is read from {METADATA_FORMATS}, not {path.suffix!r}")
    numbered_rows = _csv_rows(path) if path.suffix == ".csv" else _tab_rows(path)
    if not numbered_rows:
        raise InputError(f"{path} is empty; expected one line per vector")
    _, first = numbered_rows[0]
    header = [clean_text(name) for name in first] if len(first) > 1 else ["label"]
    _refuse_ragged_rows(path, numbered_rows)
    rows = [row for _, row in numbered_rows[len(first) > 1 :]]
    columns = [pd.Series(cells, dtype=object) for cells in zip(*rows, strict=True)]
    if not columns:
        raise InputError(f"{path} contains only a header; expected one line per vector")
    if tip := pandas_index_tip(header, columns[0].tolist()):
        raise InputError(f"{path}: the first column is named {header[0]!r}, not a label", tip=tip)
    table = pd.concat([columns[0], *map(_numbers_where_all_are, columns[1:])], axis=1)
    table.columns = pd.Index(header, dtype=object)
    return table


def _refuse_ragged_rows(path: Path, numbered_rows: list[tuple[int, list[str]]]) -> None:
    width = len(numbered_rows[0][1])
    for number, row in numbered_rows:
        if len(row) != width:
            separator = _SEPARATORS[path.suffix]
            # Look at the header alone: in a file with semicolons, cells may contain commas.
            if width == 1:
                tip = separator_tip([numbered_rows[0][1][0]], separator)
            else:
                tip = None if separator == "," else _FIX_TIP.format(path=path)
            message = f"{path}:{number} has {len(row)} cells where line 1 has {width}"
            raise InputError(message, tip=tip)


def _numpy_matrix(path: Path) -> Float32Matrix:
    arrays = _numpy_arrays(path)
    matrices = {key: array for key, array in arrays.items() if array.ndim == 2}
    if not matrices:
        raise InputError(
            f"{path} contains {_shapes(arrays)}; expected a matrix of (rows, dimensions)",
            tip="save one row per vector, such as with np.save(path, np.stack(rows))",
        )
    if len(matrices) > 1:
        raise InputError(
            f"{path} contains {len(matrices)} matrices ({', '.join(matrices)}); "
            "expected one of (rows, dimensions)"
        )
    matrix = next(iter(matrices.values()))
    if matrix.dtype.kind not in "fiu":
        raise InputError(f"{path} contains a matrix of {matrix.dtype}; expected real numbers")
    return np.ascontiguousarray(matrix, dtype=np.float32)


def _shapes(arrays: dict[str, np.ndarray]) -> str:
    shapes = [f"an array of shape {array.shape}" for array in arrays.values()]
    return ", ".join(shapes) if shapes else "nothing"


def _numpy_arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as file:  # NumPy leaves a file open that it cannot read
            loaded = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return {path.stem: loaded}
            with loaded:
                return {key: loaded[key] for key in loaded.files}
    except (ValueError, EOFError, OSError, MemoryError, BadZipFile, zlib.error) as error:
        if "Object arrays" in str(error):
            raise InputError(
                f"{path} contains Python objects; expected a matrix of numbers",
                tip="save it again with np.save(path, np.stack(rows).astype('float32'))",
            ) from error
        raise InputError(f"{path} cannot be read as a NumPy file: {error}") from error


def _text_matrix(path: Path, separator: str) -> Float32Matrix:
    rows: list[np.ndarray] = []
    lines = _text(path).split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = np.array(line.strip().split(separator), dtype=np.float32)
        except ValueError as error:
            tip = text_vectors_tip(lines, separator, number=number)
            reason = _shortened(str(error))
            raise InputError(
                f"{path}:{number}: {reason}; expected numbers only", tip=tip
            ) from error
        if rows and len(row) != len(rows[0]):
            raise InputError(
                f"{path}:{number} has {len(row)} numbers where the first line has {len(rows[0])}"
            )
        rows.append(row)
    if not rows:
        raise InputError(f"{path} is empty; expected one vector per line")
    return np.stack(rows)


def _shortened(reason: str) -> str:
    return reason if len(reason) <= MAX_REASON_LENGTH else reason[: MAX_REASON_LENGTH - 4] + "...'"


def _tab_rows(path: Path) -> list[tuple[int, list[str]]]:
    """List rows with their line numbers; blank lines are skipped, a line of tabs is a row."""
    lines = (line.rstrip("\r") for line in _text(path).split("\n"))
    return [(number, line.split("\t")) for number, line in enumerate(lines, 1) if line.strip(" ")]


def _csv_rows(path: Path) -> list[tuple[int, list[str]]]:
    """List rows with the number of the line on which each ends."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        return [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: not CSV: {error}") from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}") from error


def _numbers_where_all_are(column: pd.Series) -> pd.Series:
    """Read a column as numbers, unless one would change in print, such as `007`."""
    is_missing = column.isin(_MISSING)
    if is_missing.all() or not column[~is_missing].str.fullmatch(_NUMBER).all():
        return column
    return pd.to_numeric(column.mask(is_missing))
