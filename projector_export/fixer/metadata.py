"""Fix one metadata file."""

from __future__ import annotations

from pathlib import Path

from projector_export.fixer.cells import (
    Columns,
    fix_column,
    is_number_column,
    label_first,
    name_columns,
    pad_rows,
    tidy_cell,
    tidy_column,
)
from projector_export.fixer.lenient_lines import (
    correct_header,
    decode,
    split_lines,
    split_rows,
    unquote,
)
from projector_export.fixer.twins import add_twins
from projector_export.viewer_facts import LABEL_OF_ONE_COLUMN
from projector_export.write.metadata import choose_padded_column, join_rows

# A step may uncover another problem, such as a blank line that was an entity; repeat until none.
MAX_STEPS = 10


def fix_metadata(path: Path, num_points: int | None, color_by: str = "") -> list[str]:
    """Fix a metadata file in place; return the changes, one line each.

    Args:
        path: the file; all of it is read into memory.
        num_points: N of the vectors it belongs to; None if it is unknown.
        color_by: the column to color by; if "", columns are judged.
    """
    content = path.read_bytes()
    fixed = fix_metadata_bytes(content, num_points, color_by)
    if fixed == content:
        return []
    path.write_bytes(fixed)
    return [f"{path.name}: {what}" for what in _differences(content, fixed)]


def fix_metadata_bytes(content: bytes, num_points: int | None, color_by: str = "") -> bytes:
    """Return metadata that the viewer shows as intended, as far as possible without guessing.

    Fixing it again changes nothing.
    """
    for _ in range(MAX_STEPS):
        before, content = content, _fixed_once(content, num_points, color_by)
        if content == before:
            break
    return content


def _fixed_once(content: bytes, num_points: int | None, color_by: str) -> bytes:
    rows = correct_header(split_rows(split_lines(decode(content))), num_points)
    if not rows:
        return content
    width = len(rows[0])
    rows = pad_rows(rows, width)
    names = name_columns([unquote(tidy_cell(name)) for name in rows[0]])
    names, body = (names, rows[1:]) if width > 1 else ([LABEL_OF_ONE_COLUMN], rows)
    cells = zip(*(row[:width] for row in body), strict=True)
    columns = [list(column) for column in cells] or [[] for _ in names]
    columns = [
        fix_column(name, tidy_column(column)) for name, column in zip(names, columns, strict=True)
    ]
    # Where extra cells belong would be a guess, so they stay where they are.
    surplus = [[tidy_cell(cell) for cell in row[width:]] for row in body]
    if not any(surplus):
        names, columns = add_twins(*label_first(names, columns), color_by)
    return _serialize(names, columns, surplus)


def _serialize(names: list[str], columns: Columns, surplus: Columns) -> bytes:
    cells = zip(*columns, strict=True)
    rows = [[*row, *more] for row, more in zip(cells, surplus, strict=True)]
    padded_column = choose_padded_column(columns, list(map(is_number_column, columns)))
    return join_rows(names, rows, padded_column=padded_column)


def _differences(before: bytes, after: bytes) -> list[str]:
    """Describe what changed: encoding, line ends, columns, and the first line that differs."""
    old, new = split_lines(decode(before)), split_lines(decode(after))
    changes = []
    if decode(before).encode() != before:
        changes.append("the encoding is UTF-8 now")
    if b"\r" in before and b"\r" not in after:
        changes.append("lines end in LF now")
    if not before.endswith(b"\n"):
        changes.append("a last line feed was added")
    if len(old) != len(new):
        changes.append(f"{len(old):,} lines became {len(new):,}")
    num_before = old[0].count("\t") + 1
    if added := new[0].split("\t")[num_before:]:
        changes.append(f"columns added: {', '.join(added)}")
        new = ["\t".join(line.split("\t")[:num_before]) for line in new]
    changed = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
    if changed:
        one, other = changed[0]
        lines = "1 line" if len(changed) == 1 else f"{len(changed):,} lines"
        changes.append(f"{lines} changed, such as {one[:40]!r} to {other[:40]!r}")
    return changes or ["blanks were added"]
