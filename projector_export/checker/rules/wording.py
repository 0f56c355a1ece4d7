"""Parts of messages that several rules share."""

from __future__ import annotations

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.columns import Column
from projector_export.checker.model.metadata import Metadata
from projector_export.checker.model.stream import Occurrences


def about_cell(
    rule: Rule, what: str, metadata: Metadata, column: Column, mark: Occurrences
) -> Finding:
    """Quote the first of the cells, and count them."""
    times = "" if mark.count == 1 else f" ({mark.count:,} cells)"
    return rule.finding(
        f"{mark.sample[:60]!r} {what}{times}", metadata.path, line=mark.line, column=column.name
    )


def rows(count: float) -> str:
    """Return `1 row` or `5 rows`."""
    return "1 row" if count == 1 else f"{count:,.0f} rows"


def rows_have(count: int) -> str:
    """Return `1 row has` or `5 rows have`."""
    return "1 row has" if count == 1 else f"{count:,} rows have"


def some(names: list[str]) -> str:
    """List the first names and count the rest."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
