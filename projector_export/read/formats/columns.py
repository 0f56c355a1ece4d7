"""Which columns of a table are the vectors, and which the metadata."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError
from projector_export.read.formats.base import choose_array

logger = logging.getLogger(__name__)

MIN_NUMBERED = 3  # x, y and z may be numbered; `score1` and `score2` are not a vector
MIN_NUMBERS = 2
_NUMBERED = re.compile(r"(.*?)\d+")


def choose_columns(
    path: Path | str, *, lists: Mapping[str, int], numbers: Sequence[str], asked: str | None
) -> list[str]:
    """Return the columns that the vectors are in: one of lists, or several of numbers.

    Without a name these are the only column of lists; else numbered columns, such as dim_0, dim_1,
    ...; else all columns of numbers.

    Args:
        path: the file, for messages.
        lists: name -> length, of the columns with a list of numbers in each cell.
        numbers: the columns of numbers, in order.
        asked: a column of lists, or columns of numbers with commas or as a pattern: `dim_*`.

    Raises:
        InputError: there are none, or it is not clear which.
    """
    numbered = _numbered(numbers)
    shapes = {name: (length,) for name, length in lists.items()}
    shapes |= {} if lists else {name: (len(columns),) for name, columns in numbered.items()}
    if asked is not None and asked not in lists:
        patterns = [pattern.strip() for pattern in asked.split(",")]
        matched = [name for name in numbers if any(fnmatchcase(name, part) for part in patterns)]
        chosen = matched or [choose_array(path, shapes, asked)]
    elif asked is not None or shapes:
        name = choose_array(path, shapes, asked)
        chosen = numbered.get(name, [name])
    elif len(numbers) >= MIN_NUMBERS:
        chosen = list(numbers)
    else:
        raise InputError(
            f"{path} has no vectors: no column of lists, and not several columns of numbers",
            tip="vectors come first, then metadata",
        )
    named = chosen[0] if len(chosen) == 1 else f"{chosen[0]} ... {chosen[-1]} ({len(chosen)})"
    logger.info("vectors are from %s", named)
    return chosen


def _numbered(names: Sequence[str]) -> dict[str, list[str]]:
    """Group names that differ by a number at their end: `dim_*` -> dim_0, dim_1, ..."""
    groups: dict[str, list[str]] = {}
    for name in names:
        if found := _NUMBERED.fullmatch(name):
            groups.setdefault(found[1] + "*", []).append(name)
    return {pattern: group for pattern, group in groups.items() if len(group) >= MIN_NUMBERED}


def parse_list(cell: str) -> Float32Matrix:
    """Read `[1.5, 2]`, or `[1.5 2.]` as NumPy prints it, as float32 (D,).

    Raises:
        ValueError: it is not a list of numbers.
    """
    try:
        return np.array(json.loads(cell), dtype=np.float32)
    except OverflowError as error:
        raise ValueError("a number is too large") from error
    except (json.JSONDecodeError, TypeError, RecursionError):
        return np.array(cell.strip().strip("[]").replace(",", " ").split(), dtype=np.float32)


def stack_rows(path: Path | str, rows: Sequence[Float32Matrix]) -> Float32Matrix:
    """Stack vectors (D,) to (N, D).

    Raises:
        InputError: one has another length than the first, or is not a vector.
    """
    for row, vector in enumerate(rows):
        if vector.ndim != 1 or len(vector) != len(rows[0]):
            raise InputError(
                f"{path}: vector {row} has shape {vector.shape}; expected {rows[0].shape}, "
                "as the first"
            )
    return np.stack(rows) if rows else np.empty((0, 0), np.float32)


def table_of_records(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows with different columns as a table; columns are in the order of the first rows."""
    names = dict.fromkeys(name for row in rows for name in row)
    return pd.DataFrame(
        {encodable(name): [encodable(row.get(name)) for row in rows] for name in names}
    )


def encodable(value: Any) -> Any:
    """Replace lone surrogates in text, which JSON allows and no column of text can store."""
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def label_first(table: pd.DataFrame) -> pd.DataFrame | None:
    """Move the first text column to the front, as labels; None if the table has no column."""
    if table.shape[1] == 0:
        return None
    is_text = [not pd.api.types.is_numeric_dtype(dtype) for dtype in table.dtypes]
    first = is_text.index(True) if any(is_text) else 0
    order = [first, *(index for index in range(table.shape[1]) if index != first)]
    return table.iloc[:, order]


def is_list_of_numbers(value: Any) -> bool:
    """Whether a value could be a vector; booleans are not numbers here."""
    if not isinstance(value, list) or len(value) < MIN_NUMBERS:
        return False
    return set(map(type, value)) <= {int, float}
