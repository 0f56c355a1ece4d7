"""Labels and columns as the page reads them from a metadata file.

Source: parseMetadata in data-provider.ts:346-387, TensorBoard 2.21.0.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projector_export.checker.model.columns import Column
from projector_export.checker.model.javascript import WHITESPACE, format_number, parse_number
from projector_export.checker.model.stream import (
    Batch,
    Occurrences,
    Sender,
    Stream,
    batches,
    stream_of,
)
from projector_export.viewer_facts import LABEL_OF_ONE_COLUMN


@dataclass(slots=True)
class Metadata:
    """A metadata file as the page reads it.

    Attributes:
        stream: what was noticed while reading the bytes.
        has_header: whether the first line contains a tab.
        num_rows: rows that the page reads as points.
        columns: in the order of the file.
        blank_lines: lines that the page skips.
        short_rows: rows with fewer cells than there are columns.
        long_rows: rows with more cells, which the page drops.
        misplaced: long rows that neither quotes nor empty cells explain.
    """

    stream: Stream
    has_header: bool = False
    num_rows: int = 0
    columns: list[Column] = field(default_factory=list)
    blank_lines: Occurrences = field(default_factory=Occurrences)
    short_rows: Occurrences = field(default_factory=Occurrences)
    long_rows: Occurrences = field(default_factory=Occurrences)
    misplaced: Occurrences = field(default_factory=Occurrences)

    @property
    def path(self) -> Path:
        """The file."""
        return self.stream.path

    @property
    def label_column(self) -> Column | None:
        """The column that labels points: the first text column (data-panel.ts:215-229)."""
        text = [column for column in self.columns if not column.is_numeric]
        return next(iter(text or self.columns), None)

    @property
    def colorable_columns(self) -> list[Column]:
        """What "Color by" offers, in its order."""
        return [column for column in self.columns if column.is_colorable]

    def column_index(self, name: str) -> int | None:
        """Return where a column's cells come from: of columns with the same name, the last wins."""
        found = [index for index, column in enumerate(self.columns) if column.name == name]
        return found[-1] if found else None

    def to_dict(self) -> dict[str, Any]:
        """Return the metadata as docs/checks.md describes it."""
        label = self.label_column
        return {
            "path": str(self.path),
            "num_rows": self.num_rows,
            "hangs": self.stream.hangs,
            "label_column": label.name if label else None,
            "color_columns": [column.name for column in self.colorable_columns],
            "columns": [column.to_dict() for column in self.columns],
        }


def read_metadata(
    path: Path, *, max_rows: int | None = None, advance: Callable[[int], None] = lambda _: None
) -> Metadata:
    """Read a file as the page does.

    Args:
        path: the TSV.
        max_rows: how many rows TensorBoard sends at most; None if the page fetches the file.
        advance: called with the bytes read.
    """
    sender: Sender = "file" if max_rows is None else "TensorBoard"
    metadata = Metadata(stream_of(path, sender=sender, max_rows=max_rows))
    for batch in batches(metadata.stream, advance):
        _take(metadata, batch)
    return metadata


def _take(metadata: Metadata, batch: Batch) -> None:
    lines = batch.lines
    numbers: Sequence[int] = range(batch.first_line, batch.first_line + len(lines))
    num_safe = batch.num_safe
    blank = [
        index
        for index, line in enumerate(lines)
        if not line or (line[0] in WHITESPACE and not line.strip(WHITESPACE))
    ]
    if blank:
        metadata.blank_lines.add(len(blank), line=numbers[blank[0]])
        kept = sorted(set(range(len(lines))).difference(blank))
        lines, numbers = [lines[index] for index in kept], [numbers[index] for index in kept]
        num_safe -= sum(index < batch.num_safe for index in blank)
    if lines and not metadata.columns:
        metadata.has_header = "\t" in lines[0]
        names = lines[0].split("\t") if metadata.has_header else [LABEL_OF_ONE_COLUMN]
        metadata.columns = [Column(name) for name in names]
        if metadata.has_header:
            lines, numbers, num_safe = lines[1:], numbers[1:], num_safe - 1
    if lines:
        _take_rows(metadata, lines, numbers, max(0, num_safe))


def _take_rows(metadata: Metadata, lines: list[str], numbers: Sequence[int], num_safe: int) -> None:
    metadata.num_rows += len(lines)
    rows: list[list[str]] = [line.split("\t") for line in lines]
    _note_ragged(metadata, rows, numbers)
    for column, cells in zip(metadata.columns, _cells_by_column(metadata, rows), strict=True):
        column.add(cells, numbers, num_safe=num_safe)


def _note_ragged(metadata: Metadata, rows: list[list[str]], numbers: Sequence[int]) -> None:
    width = len(metadata.columns)
    if set(map(len, rows)) == {width}:
        return
    for mark, is_so in ((metadata.short_rows, int.__lt__), (metadata.long_rows, int.__gt__)):
        found = [index for index, row in enumerate(rows) if is_so(len(row), width)]
        if found:
            sample = str(len(rows[found[0]]))
            mark.add(len(found), line=numbers[found[0]], sample=sample)
    lost = [index for index, row in enumerate(rows) if _is_misplaced(row, width)]
    if lost:
        metadata.misplaced.add(len(lost), line=numbers[lost[0]])


def _is_misplaced(row: list[str], width: int) -> bool:
    return any(map(str.strip, row[width:])) and not any(cell.startswith('"') for cell in row)


def _cells_by_column(metadata: Metadata, rows: list[list[str]]) -> Iterator[Sequence[str | None]]:
    """Yield each column's cells; columns with the same name share the cells of the last one."""
    names = [column.name for column in metadata.columns]
    last = {name: index for index, name in enumerate(names)}
    for index, name in enumerate(names):
        source = last[name]
        if name == "__proto__":
            # An object's prototype cannot be set to text; it stays, and is shown as this.
            yield ["[object Object]"] * len(rows)
            continue
        cells = [row[source] if source < len(row) else None for row in rows]
        is_repeat = names.index(name) < index
        # The first of two columns with the same name has already turned the cells into numbers.
        yield [_as_number(cell) for cell in cells] if is_repeat else cells


def _as_number(cell: str | None) -> str | None:
    value = parse_number(cell) if cell else None
    return cell if value is None else format_number(value)


def cells_of(metadata: Metadata, index: int) -> Iterator[tuple[list[str], Sequence[int]]]:
    """Read one column again: batches of its cells with their lines; "" if there is no cell."""
    skip_header = metadata.has_header
    read = metadata.stream
    again = Stream(read.path, read.size, sender=read.sender, file_size=read.file_size)
    for batch in batches(again):
        kept = [
            (line, line_number)
            for line_number, line in enumerate(batch.lines, batch.first_line)
            if line.strip(WHITESPACE)
        ]
        if skip_header and kept:
            kept, skip_header = kept[1:], False
        cells = [[*line.split("\t"), *[""] * (index + 1)][index] for line, _ in kept]
        yield cells, [line_number for _, line_number in kept]


def repeated_cells(metadata: Metadata, index: int) -> Occurrences:
    """Count the rows that repeat the cell of an earlier row; takes 8 bytes per row."""
    seen = array("q")
    for cells, _ in cells_of(metadata, index):
        seen.extend(map(hash, cells))
    import numpy as np

    hashes = np.frombuffer(seen, dtype=np.int64) if seen else np.zeros(0, np.int64)  # (rows,)
    _, first_rows, counts = np.unique(hashes, return_index=True, return_counts=True)
    mark = Occurrences()
    if (counts > 1).any():
        first = int(first_rows[counts > 1].min())
        line, sample = _row_at(metadata, index, first)
        mark.add(int((counts - 1).sum()), line=line, sample=sample)
    return mark


def _row_at(metadata: Metadata, index: int, row: int) -> tuple[int, str]:
    for cells, lines in cells_of(metadata, index):
        if row < len(cells):
            return lines[row], cells[row]
        row -= len(cells)
    raise IndexError(row)
