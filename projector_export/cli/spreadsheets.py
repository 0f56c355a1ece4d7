"""Write tables as CSV that a spreadsheet reads as text and numbers, and never runs."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from projector_export.cli.untrusted import printable

if TYPE_CHECKING:
    import pandas as pd

# A cell that begins so is a formula, also with the wide signs of East Asian keyboards.
_BEGINS_A_FORMULA = re.compile("\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV without its index; numbers stay numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_safe(name) for name in table.columns])
    for cells in table.itertuples(index=False):
        writer.writerow([_safe(cell) for cell in cells])
    return text.getvalue().removesuffix("\n")


def _safe(cell: Any) -> str:
    from projector_export.prepare.cells import number_cell

    text = printable(str(cell)) if isinstance(cell, str) else number_cell(cell)
    is_formula = _BEGINS_A_FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text
