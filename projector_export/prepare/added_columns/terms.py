"""What rows are about, from their metadata: categories as they are, and the words of texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from projector_export.prepare.added_columns.base import RowTerms
from projector_export.prepare.cells import LIST_SEPARATOR, UNKNOWN, is_numeric, text_cells
from projector_export.prepare.colors import OTHER
from projector_export.prepare.columns import viewer_columns
from projector_export.prepare.dates import dates_of

MAX_CATEGORY_LENGTH = 40  # characters on average; longer cells are texts

_WORD = re.compile(r"[^\W\d_][\w'\u2019-]+[^\W_]")  # three letters or more


def metadata_terms(metadata: pd.DataFrame) -> RowTerms:
    """Return the terms of N rows: the values of categories, and words of the label and of texts.

    Numbers, dates and truth values are no terms. A cell of several values, such as "a; b", has
    several.
    """
    shown = viewer_columns(metadata)  # lists as text
    columns = [
        list(_terms_of(shown[str(name)], is_label=index == 0))
        for index, name in enumerate(metadata.columns)
        if _is_text(metadata.iloc[:, index])
    ]
    if not columns:
        return [[] for _ in range(len(metadata))]
    # The words of texts come last, as the first spelling of a term is kept.
    columns = [*columns[1:], columns[0]]
    return [[term for column in columns for term in column[row]] for row in range(len(metadata))]


def _is_text(column: pd.Series) -> bool:
    is_plain = is_numeric(column) or pd.api.types.is_bool_dtype(column)
    return not is_plain and dates_of(column) is None


def _terms_of(column: pd.Series, *, is_label: bool) -> Iterator[list[str]]:
    """Yield the terms of each cell."""
    cells = pd.Series(text_cells(column))
    named = cells[~cells.isin([UNKNOWN, OTHER])]
    is_text = named.str.len().mean() > MAX_CATEGORY_LENGTH
    for cell in cells:
        if cell in {UNKNOWN, OTHER}:
            yield []
        elif is_label or is_text:
            yield _WORD.findall(cell)
        else:
            yield cell.split(LIST_SEPARATOR)
