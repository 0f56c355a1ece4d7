"""A column that the projector can colour.

The viewer offers a text column for colouring only up to 50 distinct values, has 10 colours, and
hands them out in the order in which values first appear in the file (data-panel.ts:239-262,
TensorBoard 2.21.0). So rare values are gathered in "Other", and rows are ordered so that the
biggest value comes first.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from projector_export.arrays import IntVector
from projector_export.embedding import Embedding
from projector_export.write.metadata import UNKNOWN, holds_numbers, text_cell

OTHER = "Other"
MAX_COLORABLE_VALUES = 50


def grouped(values: pd.Series, *, max_colors: int) -> pd.Series:
    """Keep the most frequent of `values`, at most `max_colors` in all; the rest become "Other".

    Blank values become "Unknown", which is kept however few they are: not known is not "Other".
    Equal counts go by name.
    """
    cells = pd.Series([text_cell(value) for value in values], index=values.index, dtype=object)
    counts = _counts(cells[cells != OTHER])
    if len(counts) + int((cells == OTHER).any()) <= max_colors:
        return cells
    always = [UNKNOWN] if UNKNOWN in counts.index else []
    most_frequent = counts.drop(always).index[: max_colors - 1 - len(always)]
    return cells.where(cells.isin([*most_frequent, *always]), OTHER)


def legend(cells: pd.Series) -> list[tuple[str, int]]:
    """List values with their counts, biggest first, "Other" last: the order of the legend."""
    counts = _counts(cells)
    order = [value for value in counts.index if value != OTHER]
    if OTHER in counts.index:
        order.append(OTHER)
    return [(str(value), int(counts[value])) for value in order]


def colorable(embedding: Embedding, *, max_colors: int) -> Embedding:
    """Make the column `color_by` one that the viewer colours as meant.

    Its rare values are gathered; where that changes a cell, the column as it was stays beside it,
    as `<column>_raw`. Rows are put in the order of the legend. Numbers stay as they are: the viewer
    colours them by a gradient.
    """
    column = embedding.color_by
    if column is None or holds_numbers(embedding.metadata[column]):
        return embedding
    metadata = embedding.metadata
    cells = grouped(metadata[column], max_colors=max_colors)
    if f"{column}_raw" not in metadata.columns and (cells != metadata[column]).any():
        metadata = metadata.assign(**{f"{column}_raw": metadata[column]})
    metadata = metadata.assign(**{column: cells})
    return replace(embedding, metadata=metadata).take(legend_order(cells))


def legend_order(cells: pd.Series) -> IntVector:
    """Order rows (N,) so that values first appear in the order of the legend.

    Only the first row of each value moves, to the top; all others keep their order.
    """
    text = cells.astype(str).to_numpy()
    first_rows = [int(np.flatnonzero(text == value)[0]) for value, _ in legend(cells.astype(str))]
    others = np.setdiff1d(np.arange(len(text)), first_rows)
    return np.concatenate([np.array(first_rows, dtype=np.int64), others])


def _counts(cells: pd.Series) -> pd.Series:
    counts = cells.value_counts().rename_axis("value").reset_index(name="count")
    return counts.sort_values(["count", "value"], ascending=[False, True]).set_index("value")[
        "count"
    ]
