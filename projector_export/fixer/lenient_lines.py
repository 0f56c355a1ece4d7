"""Read metadata leniently into rows of cells: encoding, line ends, quotes, header, blank lines."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import islice

from projector_export.checker.model.columns import is_enclosed
from projector_export.checker.model.javascript import WHITESPACE
from projector_export.prepare.cells import UNKNOWN, WORD_JOINER

# The most lines that one quoted cell may span; more is a stray quote.
MAX_LINES_PER_CELL = 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(content: bytes) -> str:
    """Decode by the byte order mark, else as UTF-8, else as Windows-1252 like browsers."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def split_lines(text: str) -> list[str]:
    """Split at LF, CR LF, or CR if there is nothing else; a last empty line does not count."""
    text = text.replace("\r\n", "\n")
    text = text.replace("\r", " " if "\n" in text else "\n")
    lines = text.split("\n")
    return lines[:-1] if lines and not lines[-1] else lines


def split_rows(lines: list[str]) -> list[list[str]]:
    """Split into cells; a quoted cell with tabs or line breaks becomes one cell again."""
    width = lines[0].count("\t") + 1 if lines else 0
    rows: list[list[str]] = []
    position = 0
    while position < len(lines):
        cells = lines[position].split("\t")
        used = 1
        if len(cells) != width and '"' in lines[position]:
            cells, used = _joined(
                list(islice(lines, position, position + MAX_LINES_PER_CELL)), width
            )
        rows.append(cells)
        position += used
    return rows


def _joined(lines: list[str], width: int) -> tuple[list[str], int]:
    """Read one row by its quotes; unchanged if that does not give `width` cells."""
    for used in range(1, len(lines) + 1):
        cells = list(_by_quotes(" ".join(lines[:used])))
        if len(cells) == width and (used == 1 or _is_closed(cells)):
            return [unquote(cell) for cell in cells], used
    return lines[0].split("\t"), 1


def _is_closed(cells: list[str]) -> bool:
    return all(not cell.startswith('"') or is_enclosed(cell) for cell in cells)


def unquote(cell: str) -> str:
    """Remove a CSV writer's quotes, and keep those that belong to the text.

    Quotes that belong to the text get an invisible character, so that the next fix keeps them.
    """
    if not is_enclosed(cell):
        return cell
    inside = cell[1:-1].replace('""', '"').strip()
    return inside + WORD_JOINER if is_enclosed(inside) else inside


def _by_quotes(line: str) -> Iterator[str]:
    held = ""
    for cell in line.split("\t"):
        held = f"{held} {cell}" if held else cell
        if not held.startswith('"') or held.count('"') % 2 == 0:
            yield held
            held = ""
    if held:
        yield held


def correct_header(rows: list[list[str]], num_points: int | None) -> list[list[str]]:
    """Add a header if there are several columns, and remove one if there is one column.

    Args:
        rows: all lines, including blank ones.
        num_points: N; None if it is unknown.
    """
    full = [row for row in rows if not is_blank_line(row)]
    if not full:
        return []
    width = len(full[0])
    num_rows = len(full) - int(width > 1)
    if (
        num_points is not None
        and num_rows != num_points
        and len(rows) - int(width > 1) == num_points
    ):
        return [[UNKNOWN] * width if is_blank_line(row) else row for row in rows]
    if width == 1 and num_points is not None and len(full) == num_points + 1:
        return full[1:]
    if width > 1 and num_points is not None and len(full) == num_points:
        return [[f"column_{index}" for index in range(1, width + 1)], *full]
    return full


def is_blank_line(row: list[str]) -> bool:
    """Whether the page skips this line."""
    return not "\t".join(row).strip(WHITESPACE)
