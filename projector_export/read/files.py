"""Read vectors and metadata from files, folders and addresses; `formats/` has the formats."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.embedding import Embedding
from projector_export.errors import InputError, UsageError
from projector_export.files import existing_file
from projector_export.read.formats import find_format, is_address, is_known_folder, qdrant
from projector_export.read.formats.base import FileFormat, Source
from projector_export.read.formats.text import SEPARATORS
from projector_export.read.hints import separator_tip
from projector_export.read.join import join_by_key, join_by_order

VECTORS = "vectors, such as in .npy, .csv, .parquet or .txt"
METADATA = "metadata, such as in .csv, .tsv or .parquet"


def read_vectors(path: str | Path, *, array: str | None = None) -> Float32Matrix:
    """Read float32 (N, D) from any of the formats in docs/formats.md, detected by content.

    >>> import projector_export as px
    >>> px.read_vectors("map/upload/vectors.vectors.tsv").shape
    (40, 8)

    Args:
        path: a file or folder, or the address of a vector database.
        array: which of several to read: the name of an array, tensor, layer, column or collection.

    Raises:
        InputError: it does not exist, or has no vectors, or several and `array` is missing.
    """
    return _read_source(path, array).vectors


def read_metadata(path: str | Path, *, array: str | None = None) -> pd.DataFrame:
    """Read a table of metadata from any of the formats in docs/formats.md.

    Text has a header; a text file with one column has none, as in the projector. A `.csv` may quote
    cells; others are split at tabs and line ends only. Columns of numbers become numbers, except
    for the first, which is the label.

    >>> import projector_export as px
    >>> px.read_metadata("map/upload/vectors.metadata.tsv").columns.tolist()
    ['word', 'topic']

    Args:
        path: a file or folder, or the address of a vector database.
        array: which of several to read: the name of a collection or table.

    Raises:
        InputError: it does not exist, is not UTF-8, has no metadata, or a line does not fit the
            header.
    """
    if not is_address(path):
        format_ = _format_of(Path(path), METADATA)
        if format_.read_metadata:
            return format_.read_metadata(Path(path))
    metadata = _read_source(path, array).metadata
    if metadata is None:
        raise InputError(f"{path} has vectors and no metadata; expected {METADATA}")
    return metadata


def read_embedding(
    path: str | Path,
    metadata: str | Path | None = None,
    *,
    name: str = "vectors",
    array: str | None = None,
    join_on: str | None = None,
) -> Embedding:
    """Read vectors with their metadata, from one file or from two.

    >>> import projector_export as px
    >>> upload = "map/upload/vectors"
    >>> words = px.read_embedding(f"{upload}.vectors.tsv", f"{upload}.metadata.tsv")
    >>> words.num_rows, list(words.metadata)
    (40, ['word', 'topic'])

    Args:
        path: a file or folder, or the address of a vector database.
        metadata: a file with a row per vector; by default the metadata in `path`, or labels that
            are the numbers of rows.
        name: the name that the viewer lists the vectors under.
        array: which of several to read: the name of an array, tensor, layer, column or collection.
        join_on: the column of `metadata` whose cells are those of a column of the same name in
            `path`, or its labels; by default rows are in the same order. Vectors without a row
            keep empty cells.

    Raises:
        InputError: a file cannot be read, or the two do not fit together.
        UsageError: `join_on` is given without `metadata`.
    """
    source = _read_source(path, array)
    if metadata is None:
        if join_on is not None:
            raise UsageError("there is no file of metadata to join")
        return Embedding(name, source.vectors, source.metadata)  # type: ignore[arg-type]
    given = read_metadata(metadata)
    if join_on is None:
        _refuse_other_separator(Path(metadata), given, num_rows=len(source.vectors))
        if source.metadata is not None and len(source.metadata) != len(given):
            raise InputError(
                f"{path} has {len(source.metadata):,} rows, and {metadata} has {len(given):,}",
                tip="match them by a column with --join-on COLUMN, in Python join_on=",
            )
        return Embedding(name, source.vectors, join_by_order(source.metadata, given))
    if source.metadata is None:
        raise InputError(
            f"{path} has no labels to join {join_on!r} with; rows can be joined in order only"
        )
    return Embedding(name, source.vectors, join_by_key(source.metadata, given, join_on))


def _read_source(path: str | Path, array: str | None) -> Source:
    try:
        if is_address(path):
            return qdrant.read_address(str(path), array)
        return _format_of(Path(path), VECTORS).read(Path(path), array)
    except MemoryError as error:  # such as of text, which no library reads
        raise InputError(f"{path} has more vectors than fit into memory") from error


def _format_of(path: Path, what: str) -> FileFormat:
    if not is_known_folder(path):
        existing_file(path, what)
    return find_format(path, what=what)


def _refuse_other_separator(path: Path, metadata: pd.DataFrame, *, num_rows: int) -> None:
    """With an unexpected separator, whole lines are read as one column, header included."""
    if len(metadata) == num_rows or metadata.shape[1] > 1 or path.suffix not in SEPARATORS:
        return
    if tip := separator_tip(metadata.iloc[:, 0].tolist(), SEPARATORS[path.suffix]):
        raise InputError(f"{path} has one column, and not one row per vector", tip=tip)
