"""Stream the lines and rows of text files, so that a large file is never all in memory.

All are UTF-8; a byte order mark is skipped.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError

SEPARATORS = {".tsv": "\t", ".txt": "\t", ".csv": ","}
BYTE_ORDER_MARK = "\ufeff"
MAX_REASON_LENGTH = 80  # NumPy's message may quote a whole line
NUM_SAMPLE_ROWS = 20
NumberedRow = tuple[int, list[str]]


def is_text(head: bytes) -> bool:
    """Whether a file may be text; UTF-16 counts too, and is refused when it is read."""
    return b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield lines with their number, from 1, and with their ends.

    Raises:
        InputError: a line is not UTF-8.
    """
    num_bytes = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as error:
                position = num_bytes + error.start
                raise InputError(f"{path} is not UTF-8 at byte {position}") from error
            num_bytes += len(line)
            yield number, text.removeprefix(BYTE_ORDER_MARK) if number == 1 else text


def numbered_rows(path: Path, separator: str) -> Iterator[NumberedRow]:
    """Yield rows of cells with the number of the line on which each ends; blank lines are skipped.

    Commas and semicolons go with quotes, tabs do not, as in the projector; a separator of one space
    is any number of them.

    Raises:
        InputError: a line is not UTF-8, or quotes do not match.
    """
    if separator in ",;":
        yield from _quoted_rows(path, separator)
        return
    for number, ended in numbered_lines(path):
        line = ended.rstrip("\r\n")
        if separator == " ":
            cells = line.split()
        else:
            cells = line.split(separator) if line.strip(" ") else []  # a line of tabs is a row
        if cells:
            yield number, cells


def _quoted_rows(path: Path, separator: str) -> Iterator[NumberedRow]:
    lines = (line for _, line in numbered_lines(path))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: not CSV: {error}") from error


def find_separator(path: Path, candidates: Sequence[str]) -> str:
    """Return the first of `candidates` that splits the first rows into equally many cells."""
    for separator in candidates:
        try:
            widths = {
                len(row) for _, row in islice(numbered_rows(path, separator), NUM_SAMPLE_ROWS)
            }
        except InputError:
            continue
        if len(widths) == 1 and widths != {1}:
            return separator
    return candidates[0]


def parse_numbers(path: Path, number: int, cells: Sequence[str]) -> Float32Matrix:
    """Read the cells of one line as float32 (D,).

    Raises:
        InputError: one is not a number.
    """
    try:
        # Numbers too large for float32 become infinity, which an Embedding refuses with its row.
        with np.errstate(over="ignore"):
            return np.array(cells, dtype=np.float32)
    except ValueError as error:
        reason = shortened(str(error))
        raise InputError(f"{path}:{number}: {reason}; expected numbers only") from error


def shortened(reason: str) -> str:
    """Shorten what a message quotes from a file."""
    return reason if len(reason) <= MAX_REASON_LENGTH else reason[: MAX_REASON_LENGTH - 4] + "...'"


def are_numbers(cells: Sequence[str]) -> bool:
    """Whether there are cells, and all are numbers."""
    try:
        return bool([float(cell) for cell in cells])
    except ValueError:
        return False


def count_up(cells: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2, ...: the names that pandas gives to unnamed columns or rows."""
    return list(cells) == [str(number) for number in range(len(cells))]
