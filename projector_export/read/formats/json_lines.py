"""JSON lines: one object per line, such as {"text": "king", "embedding": [0.1, 0.2]}."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from projector_export.errors import InputError
from projector_export.prepare.cells import is_numeric
from projector_export.read.formats.base import FileFormat, Source
from projector_export.read.formats.columns import (
    choose_columns,
    is_list_of_numbers,
    label_first,
    stack_rows,
    table_of_records,
)
from projector_export.read.formats.text import numbered_lines


def _recognizes(path: Path, head: bytes) -> bool:
    if path.suffix in {".jsonl", ".ndjson"}:
        return head.lstrip().startswith(b"{")
    return head.startswith(b'{"') and path.suffix != ".json"


def _read(path: Path, array: str | None) -> Source:
    return source_of(path, _table(path), array)


def source_of(path: Path, table: pd.DataFrame, array: str | None) -> Source:
    """Split a table of objects into vectors and metadata."""
    lists = {name: len(cell) for name, cell in _first_cells(table) if isinstance(cell, np.ndarray)}
    numbers = [str(name) for name in table if is_numeric(table[name])]
    chosen = choose_columns(path, lists=lists, numbers=numbers, asked=array)
    if len(chosen) > 1:
        vectors = table[chosen].to_numpy(np.float32)
    else:
        _refuse_missing(path, table[chosen[0]])
        vectors = stack_rows(path, list(table[chosen[0]]))
    return Source(vectors, label_first(table.drop(columns=[*chosen, *lists])))


def _read_metadata(path: Path) -> pd.DataFrame:
    return metadata_of(_table(path))


def metadata_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that are not of vectors."""
    lists = [name for name, cell in _first_cells(table) if isinstance(cell, np.ndarray)]
    return table.drop(columns=lists)


def _table(path: Path) -> pd.DataFrame:
    rows = list(_rows(path))
    if not rows:
        raise InputError(f"{path} is empty; expected one object per line")
    return table_of_records(rows)


def table_of_rows(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return objects as a table, in which lists of numbers are float32 (D,)."""
    return table_of_records([_with_vectors(row) for row in rows])


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in numbered_lines(path):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError, ValueError) as error:
            raise InputError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise InputError(f"{path}:{number} is not a JSON object, such as {{'text': 'a'}}")
        try:
            yield _with_vectors(row)
        except OverflowError as error:
            raise InputError(f"{path}:{number}: a number is too large") from error


def _with_vectors(row: Mapping[str, Any]) -> dict[str, Any]:
    """Make each list of numbers float32 (D,), which takes a ninth of the memory."""
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    with np.errstate(over="ignore"):
        return np.array(value, dtype=np.float32) if is_list_of_numbers(value) else value


def _first_cells(table: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    for name in table:
        yield str(name), next((cell for cell in table[name] if cell is not None), None)


def _refuse_missing(path: Path, column: pd.Series) -> None:
    for row, cell in enumerate(column):
        if not isinstance(cell, np.ndarray):
            raise InputError(f"{path}: row {row} has no vector in {column.name!r}")


FORMAT = FileFormat(
    title="JSON lines",
    suffixes=(".jsonl", ".ndjson"),
    recognizes=_recognizes,
    read=_read,
    read_metadata=_read_metadata,
)
