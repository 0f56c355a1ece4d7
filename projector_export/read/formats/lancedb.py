"""A folder of LanceDB: a table's column of vectors, and its other columns as metadata."""

from __future__ import annotations

from pathlib import Path

from projector_export.errors import InputError
from projector_export.read.formats.arrow import source_of_arrow
from projector_export.read.formats.base import (
    FileFormat,
    Source,
    choose_array,
    damage_as_input_error,
    require_extra,
)

SUFFIX = ".lance"


def _recognizes(path: Path, _head: bytes) -> bool:
    return path.is_dir() and (_is_table(path) or bool(_tables(path)))


def _is_table(path: Path) -> bool:
    return path.suffix == SUFFIX and (path / "_versions").is_dir()


def _tables(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob(f"*{SUFFIX}") if _is_table(path))


def _read(path: Path, array: str | None) -> Source:
    """Read `table`, or `table/column` if it has several columns of vectors."""
    lancedb = require_extra("lancedb", "lancedb", path)
    folder, tables = (path.parent, [path.stem]) if _is_table(path) else (path, _tables(path))
    table, _, column = (array or "").partition("/")
    if len(tables) == 1 and table not in tables:
        table, column = tables[0], array or ""
    name = choose_array(path, dict.fromkeys(tables, ()), table or None)
    with damage_as_input_error(path, "a LanceDB table"):
        opened = lancedb.connect(str(folder)).open_table(name)
        rows, num_rows = opened.to_arrow(), opened.count_rows()
    if len(rows) != num_rows:  # lancedb 0.20 gave the first ten
        raise InputError(f"{path}: lancedb gave {len(rows):,} of {num_rows:,} rows; upgrade it")
    return source_of_arrow(path, rows, column or None)


FORMAT = FileFormat(title="LanceDB folder", recognizes=_recognizes, read=_read, is_folder=True)
