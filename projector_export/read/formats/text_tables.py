"""Tables as text, with a header: only metadata, or with vectors in some columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from pathlib import Path

import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError, command_line
from projector_export.prepare.cells import MISSING_TEXTS, clean_text
from projector_export.read.formats.base import Source
from projector_export.read.formats.columns import (
    choose_columns,
    label_first,
    parse_list,
    stack_rows,
)
from projector_export.read.formats.text import (
    NUM_SAMPLE_ROWS,
    SEPARATORS,
    NumberedRow,
    are_numbers,
    count_up,
    find_separator,
    numbered_rows,
    parse_numbers,
    shortened,
)
from projector_export.read.hints import PANDAS_INDEX, pandas_index_tip, separator_tip

# Up to 15 digits, as JavaScript keeps no more of an integer.
_NUMBER = r"-?(?:(?:0|[1-9][0-9]{0,14})(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"


def read_table(path: Path) -> pd.DataFrame:
    """Read metadata: a table with a header; a file with one column has none, as in the projector.

    A `.csv` may quote cells; others are split at tabs and line ends only, as the projector does.
    Columns of numbers become numbers, except for the first, which is the label.

    Raises:
        InputError: the file is empty or not UTF-8, or a line does not fit the header.
    """
    separator = SEPARATORS.get(path.suffix) or find_separator(path, ["\t", ","])
    numbered = list(numbered_rows(path, separator))
    if not numbered:
        raise InputError(f"{path} is empty; expected one line per vector")
    _, first = numbered[0]
    for number, row in numbered:
        _refuse_ragged(path, number, row, first, separator=separator)
    header = [clean_text(name) for name in first] if len(first) > 1 else ["label"]
    rows = [row for _, row in numbered[len(first) > 1 :]]
    columns = [pd.Series(cells, dtype=object) for cells in zip(*rows, strict=True)]
    if not columns:
        raise InputError(f"{path} contains only a header; expected one line per vector")
    if tip := pandas_index_tip(header, columns[0].tolist()):
        raise InputError(f"{path}: the first column is named {header[0]!r}, not a label", tip=tip)
    table = pd.concat([columns[0], *map(_numbers_where_all_are, columns[1:])], axis=1)
    table.columns = pd.Index(header, dtype=object)
    return table


def read_table_with_vectors(
    path: Path, rows: Iterable[NumberedRow], *, separator: str, array: str | None
) -> Source:
    """Read vectors from columns of numbers or a column of lists, and metadata from the others.

    Args:
        path: the file, for messages.
        rows: its rows, the header first.
        separator: what they were split at.
        array: the columns that the vectors are in; see `choose_columns`.

    Raises:
        InputError: there are no such columns, or a line does not fit.
    """
    rows = iter(rows)
    _, first = next(rows)
    sample = list(islice(rows, NUM_SAMPLE_ROWS))
    if not sample:
        raise InputError(f"{path} contains only a header; expected one line per vector")
    has_label_name = first[0] not in PANDAS_INDEX
    header = [clean_text(name) for name in (first if has_label_name else ["label", *first[1:]])]
    _refuse_numbers_as_names(path, header, separator)
    for number, cells in sample:
        _refuse_ragged(path, number, cells, first, separator=separator)
        _refuse_shortened(path, number, cells)
    columns = dict(zip(header, zip(*(cells for _, cells in sample), strict=True), strict=True))
    is_index = not has_label_name and count_up(columns[header[0]])
    names = header[1:] if is_index else header
    lists = {name: len(parse_list(columns[name][0])) for name in names if _are_lists(columns[name])}
    numbers = [name for name in names if _are_numbers_or_missing(columns[name])]
    try:
        chosen = choose_columns(path, lists=lists, numbers=numbers, asked=array)
    except InputError as error:
        tip = error.tip or separator_tip([separator.join(first)], separator)
        raise InputError(error.message, tip=tip) from error
    others = set(names) - set(chosen) - set(lists)
    return _split(
        path,
        chain(sample, rows),
        header,
        chosen=[position for position, name in enumerate(header) if name in set(chosen)],
        kept=[position for position, name in enumerate(header) if name in others],
    )


def _refuse_numbers_as_names(path: Path, header: Sequence[str], separator: str) -> None:
    """Refuse a first line such as `1,5;2,5`, which is split at the wrong mark."""
    is_numbered = count_up(header[1:]) or count_up(header)
    numbers = [name for name in header if are_numbers([name])]
    if numbers and not is_numbered:
        raise InputError(
            f"{path}: the first line is neither names of columns nor a vector: {numbers[0]!r} is a "
            "number, others are not",
            tip=separator_tip([separator.join(header)], separator),
        )


def _refuse_shortened(path: Path, number: int, cells: Sequence[str]) -> None:
    """Refuse `[0.1 0.2 ... 0.3]`, as NumPy prints an array of more than 1,000 numbers."""
    for cell in cells:
        if cell.startswith("[") and "..." in cell and are_numbers(cell.strip("[] ").split()[:1]):
            raise InputError(
                f"{path}:{number}: the list was shortened when it was printed",
                tip="save it again with all numbers, such as with df.to_parquet(path)",
            )


def _are_lists(cells: Sequence[str]) -> bool:
    try:
        return all(cell.startswith("[") and parse_list(cell).ndim == 1 for cell in cells)
    except ValueError:
        return False


def _are_numbers_or_missing(cells: Sequence[str]) -> bool:
    return are_numbers([cell for cell in cells if cell not in MISSING_TEXTS])


def _split(
    path: Path,
    rows: Iterable[NumberedRow],
    header: Sequence[str],
    *,
    chosen: Sequence[int],
    kept: Sequence[int],
) -> Source:
    """Read each row's vector as float32 at once, so that only metadata is kept as text.

    Args:
        path: the file, for messages.
        rows: without the header.
        header: the names of columns, which may be equal.
        chosen: the positions of the columns that the vectors are in.
        kept: the positions of the columns of metadata.
    """
    vectors: list[Float32Matrix] = []
    metadata: list[list[str]] = []
    for number, row in rows:
        _refuse_ragged(path, number, row, header)
        vectors.append(_vector(path, number, [row[position] for position in chosen]))
        metadata.append([row[position] for position in kept])
    columns = [pd.Series(cells, dtype=object) for cells in zip(*metadata, strict=True)]
    if not columns:
        return Source(stack_rows(path, vectors))
    table = pd.concat(map(_numbers_where_all_are, columns), axis=1)
    table.columns = pd.Index([header[position] for position in kept], dtype=object)
    return Source(stack_rows(path, vectors), label_first(table))


def _vector(path: Path, number: int, cells: Sequence[str]) -> Float32Matrix:
    if len(cells) > 1:
        has_all = MISSING_TEXTS.isdisjoint(cells)
        spelled = cells if has_all else ["nan" if cell in MISSING_TEXTS else cell for cell in cells]
        return parse_numbers(path, number, spelled)
    try:
        return parse_list(cells[0])
    except ValueError as error:
        raise InputError(
            f"{path}:{number}: {shortened(cells[0])!r} is not a list of numbers"
        ) from error


def _fix_tip(path: Path) -> str:
    command = command_line("check", path, "--fix", "-o", "fixed")
    problem = "a tab or a line break inside quotes?"
    return f"{problem} `{command}` writes a copy that joins such cells again"


def _refuse_ragged(
    path: Path, number: int, row: Sequence[str], first: Sequence[str], *, separator: str = "\t"
) -> None:
    if len(row) == len(first):
        return
    # Look only at the header: in a file with semicolons, cells may contain commas.
    if len(first) == 1:
        tip = separator_tip(first, separator)
    else:
        tip = None if separator == "," else _fix_tip(path)
    message = f"{path}:{number} has {len(row)} cells where line 1 has {len(first)}"
    raise InputError(message, tip=tip)


def _numbers_where_all_are(column: pd.Series) -> pd.Series:
    """Read a column as numbers, unless one would print differently, such as `007`."""
    is_missing = column.isin(MISSING_TEXTS)
    if is_missing.all() or not column[~is_missing].str.fullmatch(_NUMBER).all():
        return column
    return pd.to_numeric(column.mask(is_missing))
