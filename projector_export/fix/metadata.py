"""One metadata file, fixed."""

from __future__ import annotations

from pathlib import Path

from projector_export.fix import cells as fixing
from projector_export.fix.lenient_lines import decoded, lines_of, rows_of, with_right_header


def fix_metadata(path: Path, num_points: int | None) -> list[str]:
    """Fix a metadata file in place; return what was changed, in words.

    Args:
        path: the file; it is read whole.
        num_points: N of the vectors it belongs to; None if nobody knows.
    """
    content = path.read_bytes()
    fixed = fixed_metadata(content, num_points)
    if fixed == content:
        return []
    path.write_bytes(fixed)
    return [f"{path.name}: {what}" for what in _differences(content, fixed)]


def fixed_metadata(content: bytes, num_points: int | None) -> bytes:
    """Return metadata that the viewer reads as meant, as far as nothing has to be guessed."""
    rows = with_right_header(rows_of(lines_of(decoded(content))), num_points)
    if not rows:
        return content
    width = len(rows[0])
    rows = [[fixing.tidied(cell) for cell in row] for row in fixing.squared(rows, width)]
    if any(len(row) != width for row in rows):
        # Which of too many cells belongs where would be a guess; the rest is fixed.
        return fixing.joined(rows, 0)
    has_header = width > 1
    names = fixing.named(rows[0]) if has_header else ["label"]
    body = rows[1:] if has_header else rows
    columns = [list(column) for column in zip(*body, strict=True)] or [[] for _ in names]
    columns = [
        fixing.fixed_column(name, column) for name, column in zip(names, columns, strict=True)
    ]
    names, columns = fixing.with_colors(*fixing.label_first(names, columns))
    body = [list(row) for row in zip(*columns, strict=True)]
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
    changed = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
    if changed:
        one, other = changed[0]
        lines = "1 line" if len(changed) == 1 else f"{len(changed):,} lines"
        words.append(f"{lines} changed, such as {one[:40]!r} to {other[:40]!r}")
    return words or ["blanks were added"]
