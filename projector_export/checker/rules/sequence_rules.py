"""The rule about columns that join points with lines."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.javascript import parse_number
from projector_export.checker.model.metadata import Metadata, cells_of
from projector_export.checker.model.view import Tensor, View
from projector_export.viewer_facts import SEQUENCE_COLUMNS

E16 = Rule(
    "E16",
    "A sequence column points to a missing row, or in a circle",
    (
        "The page follows `__next__` or `__seq_next__` from row to row to draw lines. A circle "
        "freezes it; at a row that does not exist the line ends."
    ),
    "Write the next point's row, counted from 0, and leave the last point's cell empty.",
    "Nothing: which point comes next would be a guess.",
)
RULES = (E16,)


def findings(view: View) -> Iterator[Finding]:
    """Follow the sequences of every tensor that the config names."""
    for run in view.runs:
        for tensor in run.tensors:
            if tensor.is_named and tensor.metadata is not None and tensor.metadata.num_rows:
                yield from _sequences(tensor, tensor.metadata)


def _sequences(tensor: Tensor, metadata: Metadata) -> Iterator[Finding]:
    # The page looks for the first name, then the second (data.ts:106-121).
    names = [name for name in SEQUENCE_COLUMNS if metadata.column_index(name) is not None]
    if not names:
        return
    following, lines = _following(metadata, metadata.column_index(names[0]) or 0)
    num_points = tensor.num_points or metadata.num_rows
    outside = [
        row
        for row, row_after in enumerate(following)
        if row_after is not None and not 0 <= row_after < num_points
    ]
    if outside:
        row = outside[0]
        yield E16.finding(
            f"row {row} points to {following[row]:g}; rows go from 0 to {num_points - 1:,}",
            metadata.path,
            line=lines[row],
            column=names[0],
        )
    circle = first_in_circle(following)
    if circle is not None:
        yield E16.finding(
            f"row {circle} leads back to itself", metadata.path, line=lines[circle], column=names[0]
        )


def _following(metadata: Metadata, index: int) -> tuple[list[float | None], Sequence[int]]:
    following: list[float | None] = []
    all_lines = array("q")
    for cells, lines in cells_of(metadata, index):
        for cell in cells:
            value = parse_number(cell) if cell else None
            following.append(float("nan") if cell and value is None else value)
        all_lines.extend(lines)
    return following, all_lines


def first_in_circle(following: Sequence[float | None]) -> int | None:
    """Find a row whose path leads back to it; None if every path ends."""
    path_of = [0] * len(following)  # the number of the walk that visited the row; 0 for none
    for start in range(len(following)):
        row = start
        while not path_of[row]:
            path_of[row] = start + 1
            row_after = following[row]
            if row_after is None or not 0 <= row_after < len(following) or row_after % 1:
                break
            row = int(row_after)
        else:
            if path_of[row] == start + 1:
                return row
    return None
