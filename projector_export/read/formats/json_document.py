"""One JSON document: a list of objects, a list of vectors, or words with their vectors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from projector_export.errors import InputError
from projector_export.read.formats.base import FileFormat, Source, choose_array
from projector_export.read.formats.columns import is_list_of_numbers, stack_rows
from projector_export.read.formats.json_lines import metadata_of, source_of, table_of_rows

_TIP = "from pandas, save it with to_json(path, orient='records')"


def _recognizes(path: Path, head: bytes) -> bool:
    return path.suffix == ".json" and head.lstrip()[:1] in {b"[", b"{"}


def _read(path: Path, array: str | None) -> Source:
    with _large_numbers_refused(path):
        return _source(path, _load(path), array)


def _source(path: Path, content: Any, array: str | None) -> Source:
    if _are_objects(content):
        return source_of(path, table_of_rows(content), array)
    labels = list(content) if isinstance(content, dict) else None
    rows = list(content.values()) if isinstance(content, dict) else content
    if not rows or not all(map(is_list_of_numbers, rows)):
        raise InputError(
            f"{path} is neither a list of objects nor of vectors, nor words with their vectors",
            tip=_TIP,
        )
    if array is not None:
        choose_array(path, {path.stem: (len(rows), len(rows[0]))}, array)
    with np.errstate(over="ignore"):
        vectors = stack_rows(path, [np.array(row, np.float32) for row in rows])
    return Source(vectors, None if labels is None else pd.DataFrame({"label": labels}))


def _read_metadata(path: Path) -> pd.DataFrame:
    content = _load(path)
    if not _are_objects(content):
        raise InputError(f"{path} is not a list of objects, one per vector", tip=_TIP)
    with _large_numbers_refused(path):
        return metadata_of(table_of_rows(content))


@contextmanager
def _large_numbers_refused(path: Path) -> Iterator[None]:
    try:
        yield
    except OverflowError as error:
        raise InputError(f"{path}: a number is too large") from error


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON: {error}") from error


def _are_objects(content: Any) -> bool:
    is_list = isinstance(content, list) and all(isinstance(row, dict) for row in content)
    return is_list and any(content)


FORMAT = FileFormat(
    title="JSON",
    suffixes=(".json",),
    recognizes=_recognizes,
    read=_read,
    read_metadata=_read_metadata,
)
