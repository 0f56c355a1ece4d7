"""Text with a vector or a row per line: .csv, .tsv and .txt; only numbers, or a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError
from projector_export.read.formats.base import FileFormat, Source, choose_array
from projector_export.read.formats.text import (
    SEPARATORS,
    NumberedRow,
    are_numbers,
    count_up,
    find_separator,
    is_text,
    numbered_rows,
    parse_numbers,
)
from projector_export.read.formats.text_tables import read_table, read_table_with_vectors
from projector_export.read.hints import PANDAS_INDEX

_ALL_SEPARATORS = ("\t", ",", ";", " ")
_LABEL_TIP = "is that line a label or a header? A vectors file has one on every line, or none"


def _recognizes(path: Path, head: bytes) -> bool:
    return path.suffix in SEPARATORS or is_text(head)


def read_delimited(path: Path, array: str | None) -> Source:
    """Read vectors from lines of numbers, of a label and numbers, or from a table with a header."""
    separator = _separator_of_vectors(path)
    rows = numbered_rows(path, separator)
    first = list(islice(rows, 2))
    if not first:
        raise InputError(f"{path} is empty; expected one vector per line")
    rows = chain(first, rows)
    cells = [row for _, row in first]
    if _is_header(cells):
        return read_table_with_vectors(path, rows, separator=separator, array=array)
    if array is not None:
        choose_array(path, {path.stem: (len(cells[0]),)}, array)
    if are_numbers(cells[0]):
        return Source(_matrix(path, rows))
    return _read_labeled(path, rows)


def _separator_of_vectors(path: Path) -> str:
    usual = SEPARATORS.get(path.suffix, "\t")
    return find_separator(path, [usual, *_ALL_SEPARATORS])


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a line is a header and not a vector; pandas numbers columns without names."""
    first, second = rows[0], rows[-1]
    if are_numbers(first):
        has_fractions = any("." in cell for cell in second)
        return len(first) >= 3 and count_up(first) and has_fractions
    return not are_numbers(first[1:]) or count_up(first[1:]) or first[0] in PANDAS_INDEX


def read_matrix(path: Path, separator: str) -> Float32Matrix:
    """Read lines of only numbers, as float32 (N, D).

    Raises:
        InputError: a cell is not a number, or lines have unequal lengths.
    """
    return _matrix(path, numbered_rows(path, separator))


def _matrix(path: Path, rows: Iterable[NumberedRow]) -> Float32Matrix:
    vectors: list[Float32Matrix] = []
    for number, cells in rows:
        vector = _numbers(path, number, cells)
        if vectors and len(vector) != len(vectors[0]):
            raise InputError(
                f"{path}:{number} has {len(vector)} numbers where the first line has "
                f"{len(vectors[0])}"
            )
        vectors.append(vector)
    if not vectors:
        raise InputError(f"{path} is empty; expected one vector per line")
    return np.stack(vectors)


def _numbers(path: Path, number: int, cells: Sequence[str]) -> Float32Matrix:
    try:
        return parse_numbers(path, number, cells)
    except InputError as error:
        tip = _LABEL_TIP if are_numbers(cells[1:]) else None
        raise InputError(error.message, tip=tip) from error


def _read_labeled(path: Path, rows: Iterable[NumberedRow]) -> Source:
    labels: list[str] = []

    def numbers() -> Iterator[NumberedRow]:
        for number, (label, *cells) in rows:
            labels.append(label)
            yield number, cells

    vectors = _matrix(path, numbers())
    return Source(vectors, pd.DataFrame({"label": labels}))


FORMAT = FileFormat(
    title="text, a vector per line, or a table",
    suffixes=tuple(SEPARATORS),
    recognizes=_recognizes,
    read=read_delimited,
    read_metadata=read_table,
)
