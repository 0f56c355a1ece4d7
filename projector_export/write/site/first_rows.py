"""The first rows of a metadata file, for a page that cannot show all."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from projector_export.viewer_facts import SEQUENCE_COLUMNS
from projector_export.write.metadata import join_rows


def first_rows(path: Path, num_rows: int) -> bytes:
    """Return the header, if there is one, and the first `num_rows` lines.

    Lines that the viewer draws between points end at the last row.
    """
    with path.open(encoding="utf-8", newline="\n") as file:
        lines = [line.rstrip("\n") for line in islice(file, num_rows + 1)]
    names = lines[0].split("\t")
    lines = lines[: num_rows + (len(names) > 1)]
    drawn = [names.index(name) for name in SEQUENCE_COLUMNS if name in names]
    if not drawn:
        return "".join(f"{line}\n" for line in lines).encode()
    rows = (_without_later_rows(line.split("\t"), drawn, num_rows) for line in lines[1:])
    return join_rows(names, rows, padded_column=0)


def _without_later_rows(cells: list[str], places: list[int], num_rows: int) -> list[str]:
    return [
        "" if place in places and cell.isdecimal() and int(cell) >= num_rows else cell
        for place, cell in enumerate(cells)
    ]
