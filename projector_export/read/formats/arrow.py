"""Arrow tables: Parquet, Feather, and Arrow files and streams."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError
from projector_export.read.formats.base import (
    FileFormat,
    Source,
    damage_as_input_error,
    require_extra,
)
from projector_export.read.formats.columns import MIN_NUMBERS, choose_columns, label_first

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET_MAGIC, ARROW_MAGIC, STREAM_MAGIC = b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"
INDEX_PREFIX = "__index_level_"  # how pandas names a row index that has no name


def _is_parquet(_path: Path, head: bytes) -> bool:
    return head.startswith(PARQUET_MAGIC)


def _is_arrow(path: Path, head: bytes) -> bool:
    is_stream = path.suffix in {".arrow", ".arrows", ".ipc"} and head.startswith(STREAM_MAGIC)
    return head.startswith(ARROW_MAGIC) or is_stream


def _read(path: Path, array: str | None) -> Source:
    table = _table(path)
    with damage_as_input_error(path, "an Arrow table"):
        return source_of_arrow(path, table, array)


def _read_metadata(path: Path) -> pd.DataFrame:
    table = _table(path)
    _refuse_equal_names(path, table)
    with damage_as_input_error(path, "an Arrow table"):
        return _frame(table.drop_columns(list(_list_columns(table))))


def _table(path: Path) -> pa.Table:
    require_extra("pyarrow", "parquet", path)
    import pyarrow.feather
    import pyarrow.ipc
    import pyarrow.parquet

    with damage_as_input_error(path, "an Arrow table"), path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic == PARQUET_MAGIC:
            table = pyarrow.parquet.read_table(file)
        elif magic == STREAM_MAGIC:
            table = pyarrow.ipc.open_stream(file).read_all()
        else:
            table = pyarrow.feather.read_table(file)
        table.validate(full=True)  # damaged offsets would end the process
        return table


def source_of_arrow(path: Path | str, table: pa.Table, array: str | None) -> Source:
    """Split a table into vectors, in one column of lists or in columns of numbers, and metadata."""
    from pyarrow import types

    _refuse_equal_names(path, table)
    lists = _list_columns(table)
    numbers = [
        field.name
        for field in table.schema
        if (types.is_integer(field.type) or types.is_floating(field.type))
        and not field.name.startswith(INDEX_PREFIX)
    ]
    chosen = choose_columns(path, lists=lists, numbers=numbers, asked=array)
    if len(chosen) == 1 and chosen[0] in lists:
        vectors = _matrix_of_lists(path, table.column(chosen[0]), lists[chosen[0]])
    else:
        vectors = np.column_stack([_numbers(table.column(name)) for name in chosen])
    rest = table.drop_columns(list({*chosen, *lists}))
    return Source(vectors, label_first(_frame(rest)))


def _frame(table: pa.Table) -> pd.DataFrame:
    """Return a pandas table; a row index of pandas is a column, if it has a name or is of text."""
    frame = table.to_pandas()
    is_meant = frame.index.name is not None or not pd.api.types.is_numeric_dtype(frame.index)
    if isinstance(frame.index, pd.MultiIndex) or not is_meant:
        return frame.reset_index(drop=True)
    return frame.reset_index(names=str(frame.index.name or "label"))


def _refuse_equal_names(path: Path | str, table: pa.Table) -> None:
    names = table.column_names
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"{path} has two columns {repeated!r}; each needs its own name")


def _list_columns(table: pa.Table) -> dict[str, int]:
    """Map columns of lists of numbers to the length of the first one."""
    from pyarrow import types

    found: dict[str, int] = {}
    for field in table.schema:
        is_list = (
            types.is_list(field.type)
            or types.is_large_list(field.type)
            or types.is_fixed_size_list(field.type)
        )
        if is_list and (
            types.is_floating(field.type.value_type) or types.is_integer(field.type.value_type)
        ):
            length = _first_length(table.column(field.name))
            found |= {field.name: length} if length >= MIN_NUMBERS else {}
    return found


def _first_length(column: Any) -> int:
    return len(column[0].as_py() or ()) if len(column) else 0


def _matrix_of_lists(path: Path | str, column: Any, length: int) -> Float32Matrix:
    """Return lists of `length` numbers each as float32 (N, D), with no Python object per number."""
    from pyarrow import compute

    lengths = compute.list_value_length(column).to_numpy()
    wrong = np.flatnonzero(lengths != length)  # a missing list has the length NaN
    if wrong.size:
        is_missing = np.isnan(float(lengths[wrong[0]]))
        found = "no list" if is_missing else f"length {int(lengths[wrong[0]])}"
        raise InputError(f"{path}: vector {wrong[0]} has {found}; expected {length}, as the first")
    values = compute.list_flatten(column)
    return _numbers(values).reshape(len(column), length)


def _numbers(column: Any) -> Float32Matrix:
    """Return numbers as float32 (N,); missing ones are NaN, which an Embedding refuses."""
    with np.errstate(over="ignore"):
        return np.asarray(column.to_numpy()).astype(np.float32)


PARQUET = FileFormat(
    title="Parquet",
    suffixes=(".parquet",),
    recognizes=_is_parquet,
    read=_read,
    read_metadata=_read_metadata,
)
ARROW = FileFormat(
    title="Arrow or Feather",
    suffixes=(".arrow", ".feather", ".ipc"),
    recognizes=_is_arrow,
    read=_read,
    read_metadata=_read_metadata,
)
