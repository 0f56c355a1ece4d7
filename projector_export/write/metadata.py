r"""Write a table as the metadata.tsv that the projector reads.

By the projector's rules (data-provider.ts:168-387, TensorBoard 2.21.0) this is not a CSV dialect.
Lines end in "\n" and cells are separated by "\t", with no quoting and no escaping; the first line
is a header only if it contains a tab; a blank line is skipped; an empty cell breaks the search box;
every cell that JavaScript can read as a number becomes one; the file is decoded in chunks of
1,000,000 bytes, each by itself; and without a final "\n" the page may wait forever.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import pandas as pd

from projector_export.arrays import IntVector
from projector_export.prepare.cells import (
    UNKNOWN,
    column_names,
    fill_blank_numbers,
    is_numeric,
    number_cell,
    text_cells,
)
from projector_export.viewer_facts import CHUNK_BYTES, MAX_COLOR_VALUES, SEQUENCE_COLUMNS

ROWS_AT_ONCE = 65_536  # as text, before they are bytes


def metadata_tsv(table: pd.DataFrame, *, following: IntVector | None = None) -> bytes:
    """Return the bytes of a metadata file with one line per row of `table`.

    Text columns stay text even if a cell looks like a number, and columns of numbers stay numbers.
    A missing or blank cell becomes "Unknown"; in a column of more than 50 numbers it stays empty,
    because a word would cost the column its gradient. A table with one column gets no header line,
    as the viewer would read it as a row.

    Args:
        table: N rows.
        following: (N,) the row to which the viewer draws a line from each, -1 for none.

    Raises:
        InputError: a column's name is blank, repeated or reserved by the viewer.
    """
    names = column_names(table)
    columns = [_cells(table.iloc[:, index], is_label=index == 0) for index in range(len(names))]
    numeric = [is_numeric(table.iloc[:, index]) for index in range(len(names))]
    if following is not None:
        names.append(SEQUENCE_COLUMNS[-1])
        columns.append([str(row) if row >= 0 else "" for row in following.tolist()])
        numeric.append(False)
    padded_column = choose_padded_column(columns, numeric)
    return join_rows(names, zip(*columns, strict=True), padded_column=padded_column)


def join_rows(names: Sequence[str], rows: Iterable[Sequence[str]], *, padded_column: int) -> bytes:
    """Join finished cells into the bytes of a metadata file; no character crosses a chunk boundary.

    Args:
        names: the header, which is written if there are several columns.
        rows: the cells of each row.
        padded_column: the column that gets blanks where a character has to move.
    """
    header = "\t".join(names) + "\n" if len(names) > 1 else ""
    content = bytearray(header.encode())
    first_row = len(content)
    rows = iter(rows)
    while lines := ["\t".join(cells) + "\n" for cells in islice(rows, ROWS_AT_ONCE)]:
        content += "".join(lines).encode()
    _move_cut_characters(content, first_row=first_row, padded_column=padded_column)
    return bytes(content)


def _cells(column: pd.Series, *, is_label: bool) -> list[str]:
    if not is_numeric(column):
        return text_cells(column)
    cells = [number_cell(value) for value in column]
    # A blank label could leave a blank line, which the viewer skips.
    return [cell or UNKNOWN for cell in cells] if is_label else fill_blank_numbers(cells)


def choose_padded_column(columns: Sequence[list[str]], numeric: Sequence[bool]) -> int:
    """Choose the column in which blanks at the end of cells have the least effect.

    The viewer ignores blanks around numbers. In other cells a blank would create a separate value
    in the legend: so numbers are chosen only if they have a gradient, and of the other columns the
    most varied one, which is the least likely to be colored by. A column with empty cells is not
    chosen, as blanks alone would be read as 0; the first column never has any.
    """
    full = [index for index, cells in enumerate(columns) if "" not in cells]
    for index in full:
        is_gradient = numeric[index] and len(set(columns[index])) > MAX_COLOR_VALUES
        if is_gradient and UNKNOWN not in columns[index]:
            return index
    return max(full, key=lambda index: len(set(columns[index])), default=0)


def _move_cut_characters(content: bytearray, *, first_row: int, padded_column: int) -> None:
    """Move characters that cross a chunk boundary behind it, by spaces in front of them.

    Args:
        content: the lines of the file.
        first_row: the byte where the first row begins, after a header.
        padded_column: the column whose cells get the spaces.
    """
    end = CHUNK_BYTES
    while end < len(content):
        character = end
        while content[character] & 0xC0 == 0x80:  # a UTF-8 continuation byte
            character -= 1
        if character < end:
            earliest = max(first_row, end - CHUNK_BYTES)  # earlier chunks must not change any more
            start = _start_of_spaces(content, character, earliest=earliest, column=padded_column)
            content[start:start] = b" " * (end - character)
        end += CHUNK_BYTES


def _start_of_spaces(content: bytearray, character: int, *, earliest: int, column: int) -> int:
    """Return the end of a cell in the row before the character's, or the character itself."""
    line = content.rfind(b"\n", 0, character) + 1
    row = content.rfind(b"\n", 0, max(line - 1, 0)) + 1
    if line == 0 or row < earliest:
        return character
    cells = bytes(content[row : line - 1]).split(b"\t")
    return row + len(b"\t".join(cells[: column + 1]))
