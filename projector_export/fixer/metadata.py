"""One metadata file, fixed."""

from __future__ import annotations

from pathlib import Path

from projector_export.fixer import cells as fixing
from projector_export.fixer.lenient_lines import (
    decoded,
    lines_of,
    rows_of,
    unquoted,
    with_right_header,
)
from projector_export.fixer.twins import with_twins

# What one step uncovers, such as a blank line that was an entity, the next one fixes.
MAX_STEPS = 10


def fix_metadata(path: Path, num_points: int | None, color_by: str = "") -> list[str]:
    """Fix a metadata file in place; return what was changed, in words.

    Args:
        path: the file; it is read whole.
        num_points: N of the vectors it belongs to; None if nobody knows.
        color_by: the column that is to be colored by; "" to judge.
    """
    content = path.read_bytes()
    fixed = fix_metadata_bytes(content, num_points, color_by)
    if fixed == content:
        return []
    path.write_bytes(fixed)
    return [f"{path.name}: {what}" for what in _differences(content, fixed)]


def fix_metadata_bytes(content: bytes, num_points: int | None, color_by: str = "") -> bytes:
    """Return metadata that the viewer reads as meant, as far as nothing has to be guessed.

    Fixing what is fixed changes nothing.
    """
    for _ in range(MAX_STEPS):
        before, content = content, _fixed_once(content, num_points, color_by)
        if content == before:
            break
    return content


def _fixed_once(content: bytes, num_points: int | None, color_by: str) -> bytes:
    rows = with_right_header(rows_of(lines_of(decoded(content))), num_points)
    if not rows:
        return content
    width = len(rows[0])
    rows = fixing.squared(rows, width)
    names = fixing.named([unquoted(fixing.tidied(name)) for name in rows[0]])
    names, body = (names, rows[1:]) if width > 1 else (["label"], rows)
    cells = zip(*(row[:width] for row in body), strict=True)
    columns = [list(column) for column in cells] or [[] for _ in names]
    columns = [
        fixing.fixed_column(name, fixing.tidied_column(column))
        for name, column in zip(names, columns, strict=True)
    ]
    # Which of too many cells belongs where would be a guess, so they stay where they are.
    surplus = [[fixing.tidied(cell) for cell in row[width:]] for row in body]
    if not any(surplus):
        names, columns = with_twins(*fixing.label_first(names, columns), color_by)
    return _written(names, columns, surplus)


def _written(names: list[str], columns: fixing.Columns, surplus: fixing.Columns) -> bytes:
    cells = zip(*columns, strict=True)
    body = [[*row, *more] for row, more in zip(cells, surplus, strict=True)]
    most_varied = max(range(len(columns)), key=lambda index: len(set(columns[index])))
    return fixing.joined([names, *body] if len(names) > 1 else body, most_varied)


def _differences(before: bytes, after: bytes) -> list[str]:
    """Describe what changed by lines; the count of lines, and the first that differs."""
    old, new = lines_of(decoded(before)), lines_of(decoded(after))
    words = []
    if decoded(before).encode() != before:
        words.append("encoding is UTF-8 now")
    if b"\r" in before and b"\r" not in after:
        words.append("lines end in LF now")
    if not before.endswith(b"\n"):
        words.append("a last line feed was added")
    if len(old) != len(new):
        words.append(f"{len(old):,} lines became {len(new):,}")
    num_before = old[0].count("\t") + 1
    if added := new[0].split("\t")[num_before:]:
        words.append(f"columns added: {', '.join(added)}")
        new = ["\t".join(line.split("\t")[:num_before]) for line in new]
    changed = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
    if changed:
        one, other = changed[0]
        lines = "1 line" if len(changed) == 1 else f"{len(changed):,} lines"
        words.append(f"{lines} changed, such as {one[:40]!r} to {other[:40]!r}")
    return words or ["blanks were added"]
