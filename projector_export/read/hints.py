"""Guess why a file cannot be read as intended, for the tips of errors."""

from __future__ import annotations

from collections.abc import Sequence

SEPARATORS = {"\t": "tabs", ",": "commas", ";": "semicolons", " ": "spaces"}
PANDAS_INDEX = ("", "Unnamed: 0")  # how pandas writes and reads the header of its row index
NUM_LINES = 20  # enough to see a separator


def separator_tip(lines: Sequence[str], separator: str, *, others: str = "\t,;") -> str | None:
    """Suggest another separator if one splits all of the first lines into equally many cells."""
    first = [line for line in lines[:NUM_LINES] if line.strip()]
    for mark in others.replace(separator, ""):
        counts = {line.count(mark) for line in first}
        if len(counts) == 1 and counts != {0}:
            return (
                f"cells seem to be separated by {SEPARATORS[mark]}; "
                f"save the file with {SEPARATORS[separator]}"
            )
    return None


def pandas_index_tip(header: Sequence[str], first_column: Sequence[str]) -> str | None:
    """Recognize a row index of pandas in front of a table."""
    if header[0] not in PANDAS_INDEX:
        return None
    if list(first_column) == [str(row) for row in range(len(first_column))]:
        return "that is pandas' row index; save the table with to_csv(..., index=False)"
    return "name the column; from pandas, save the table with to_csv(..., index_label='label')"
