"""Fix one file of vectors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from projector_export.checker.model.raw_floats import share_plausible
from projector_export.checker.model.text_or_bytes import server_reading
from projector_export.checker.model.vectors import FLOAT_BYTES, MAX_FLOAT32_DIGITS, typical_digits
from projector_export.fixer.lenient_lines import decode, split_lines
from projector_export.viewer_facts import MIN_DIM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAFE_FIRST_BYTES = range(0x80, 0xC0)  # no UTF-8 character starts with them


@dataclass(frozen=True, slots=True)
class FixedVectors:
    """The result of fixing a file of vectors.

    Attributes:
        changes: descriptions of the changes.
        shape: the new (N, D); None if the file could not be read.
        labels: words that were before the numbers, one per row.
    """

    changes: list[str]
    shape: tuple[int, int] | None
    labels: list[str]


def fix_text(path: Path) -> FixedVectors:
    """Fix vectors as text in place: separators, a header line, labels, digits, a third column."""
    lines = [line for line in split_lines(decode(path.read_bytes())) if line.strip()]
    rows, changes = _split(lines)
    if len(rows) > 1 and _is_header(rows):
        rows = rows[1:]
        changes.append("the header line was removed")
    labels: list[str] = []
    if rows and all(not is_number(row[0]) and len(row) > MIN_DIM - 1 for row in rows):
        labels = [row[0] for row in rows]
        rows = [row[1:] for row in rows]
        changes.append("the column of labels was removed")
    if len({len(row) for row in rows}) != 1 or not all(
        is_number(cell) for row in rows for cell in row
    ):
        return FixedVectors([], None, [])
    rows = _with_third(rows, changes)
    rows = _with_fewer_digits(rows, changes)
    if changes:
        path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return FixedVectors(
        [f"{path.name}: {change}" for change in changes], (len(rows), len(rows[0])), labels
    )


def _split(lines: list[str]) -> tuple[list[list[str]], list[str]]:
    """Split at tabs; if no line has one, at commas, semicolons or blanks."""
    if not any("\t" in line for line in lines):
        for separator, name in ((",", "commas"), (";", "semicolons"), (None, "blanks")):
            rows = [[cell.strip() for cell in line.split(separator)] for line in lines]
            if lines and max(map(len, rows)) > 1 and _is_table(rows):
                return rows, [f"{name} between the numbers became tabs"]
    return [line.strip("\r\n ").split("\t") for line in lines], []


def _is_table(rows: list[list[str]]) -> bool:
    """Whether rows have equal lengths, except perhaps the first, as in word2vec's text format."""
    return len({len(row) for row in rows[1:]} or {len(rows[0])}) == 1


def _is_header(rows: list[list[str]]) -> bool:
    """Whether a line is not a vector, but names, or word2vec's two counts."""
    first, second = rows[0], rows[1]
    if len(first) == 2 and len(second) > MIN_DIM and first == [str(len(rows) - 1), first[1]]:
        return True
    return not any(map(is_number, first)) and any(map(is_number, second))


def is_number(cell: str) -> bool:
    """Whether a cell is a finite decimal number."""
    try:
        value = float("x" if "_" in cell else cell)
    except ValueError:
        return False
    return abs(value) < float("inf")


def _with_third(rows: list[list[str]], changes: list[str]) -> list[list[str]]:
    if len(rows[0]) != MIN_DIM - 1:
        return rows
    changes.append("a third column of zeros was added")
    return [[*row, "0"] for row in rows]


def _with_fewer_digits(rows: list[list[str]], changes: list[str]) -> list[list[str]]:
    if typical_digits(["\t".join(row) for row in rows[:200]]) <= MAX_FLOAT32_DIGITS:
        return rows
    changes.append(f"numbers have {MAX_FLOAT32_DIGITS} digits now")
    return [[f"{float(cell):.{MAX_FLOAT32_DIGITS}g}" for cell in row] for row in rows]


def fix_binary(path: Path, shape: tuple[int, ...], *, num_labels: int | None) -> FixedVectors:
    """Fix raw float32 in place: type, byte order, a third column, the first byte.

    Args:
        path: the file.
        shape: from the config; () if it has none.
        num_labels: rows of metadata, which give N if the config does not.
    """
    import numpy as np

    raw = path.read_bytes()
    if len(shape) != 2 and num_labels and len(raw) % (num_labels * FLOAT_BYTES) == 0:
        shape = (num_labels, len(raw) // num_labels // FLOAT_BYTES)
    if len(shape) != 2 or min(shape) < 1:
        return FixedVectors([], None, [])
    matrix, changes = _read(raw, (shape[0], shape[1]))
    if matrix is None:
        return FixedVectors([], None, [])
    if matrix.shape[1] == MIN_DIM - 1:
        matrix = np.column_stack([matrix, np.zeros(len(matrix), np.float32)])
        changes.append("a third column of zeros was added")
    written = bytearray(matrix.astype("<f4").tobytes())
    if _reads_as_text(path, bytes(written)):
        written[0] = SAFE_FIRST_BYTES[0]
        changes.append("the first byte was changed to one that text does not start with")
    if changes:
        path.write_bytes(written)
    return FixedVectors(
        [f"{path.name}: {change}" for change in changes], (matrix.shape[0], matrix.shape[1]), []
    )


def _read(raw: bytes, shape: tuple[int, int]) -> tuple[NDArray[np.float32] | None, list[str]]:
    """Read (N, D) as the type that the size and the numbers leave no doubt about."""
    import numpy as np

    num_numbers = shape[0] * shape[1]
    if len(raw) == num_numbers * FLOAT_BYTES:
        little, big = (np.frombuffer(raw, kind).astype(np.float32) for kind in ("<f4", ">f4"))
        if not _is_plausible(little) and _is_plausible(big):
            return big.reshape(shape), ["big-endian numbers became little-endian"]
        return little.reshape(shape), []
    for kind, name in (("<f8", "float64"), ("<f2", "float16")):
        if len(raw) == num_numbers * np.dtype(kind).itemsize:
            with np.errstate(over="ignore", invalid="ignore"):
                values = np.frombuffer(raw, kind).astype(np.float32)
            if _is_plausible(values):
                return values.reshape(shape), [f"{name} became float32"]
    if len(raw) and len(raw) % (shape[1] * FLOAT_BYTES) == 0:
        values = np.frombuffer(raw, "<f4").reshape(-1, shape[1])
        if _is_plausible(values):
            return values, [f"its shape is {values.shape[0]} x {shape[1]} now"]
    return None, []


def _is_plausible(values: NDArray[np.float32]) -> bool:
    return values.size > 0 and share_plausible(values) > 0.9


def _reads_as_text(path: Path, written: bytes) -> bool:
    probe = path.with_name(path.name + ".probe")
    probe.write_bytes(written)
    try:
        how, stumbles = server_reading(probe)
    finally:
        probe.unlink()
    return how == "text" or bool(stumbles)
