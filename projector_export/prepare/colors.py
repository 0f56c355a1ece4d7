"""Choose and prepare the column to color by.

The viewer offers a text column for coloring only up to 50 distinct values, has 10 colors, and
assigns them in the order in which values first appear in the file (data-panel.ts:239-262,
TensorBoard 2.21.0). So rare values are grouped as "Other", and rows are ordered so that the most
frequent value comes first. The tenth color is gray, and no order of rows gives it to a column with
fewer values: so "Other" comes tenth, and grouping keeps at least ten values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from projector_export.arrays import IntVector
from projector_export.errors import UsageError
from projector_export.prepare.cells import UNKNOWN, is_numeric, text_cells
from projector_export.viewer_facts import COLORS, MAX_COLOR_VALUES

OTHER = "Other"
RAW_SUFFIX = "_raw"  # names the original of a column whose rare values are grouped
GRAY_PLACE = COLORS.index("#7f7f7f") + 1  # "Other" is the tenth value, so ten must be kept
MIN_COLORS = GRAY_PLACE
NO_COLUMN = "none"
MIN_BITS = 0.1  # a column with less says too little: a flag that is set on 1 row of 77
GRADIENT_BITS = 0.2  # what a gradient counts as, so that nearly all categories are preferred


def refuse_impossible_colors(max_colors: int) -> None:
    """Refuse a number of colors that the viewer does not have.

    Raises:
        UsageError: it is not from 10 to 50.
    """
    if not MIN_COLORS <= max_colors <= MAX_COLOR_VALUES:
        raise UsageError(
            f"the number of colors is {max_colors}; expected {MIN_COLORS} to {MAX_COLOR_VALUES}",
            tip="with fewer than 10 values Other would not be gray; more than 50 are not colored",
        )


def group_rare_values(values: pd.Series, *, max_colors: int) -> pd.Series:
    """Keep the most frequent of `values`, at most `max_colors` in all; the rest become "Other".

    Blank values become "Unknown", which is always kept: unknown is not the same as "Other". Values
    with equal counts are ordered by name.
    """
    cells = pd.Series(text_cells(values), index=values.index, dtype=object)
    counts = count_values(cells[cells != OTHER])
    if len(counts) + int((cells == OTHER).any()) <= max_colors:
        return cells
    always = [UNKNOWN] if UNKNOWN in counts.index else []
    most_frequent = counts.drop(always).index[: max_colors - 1 - len(always)]
    return cells.where(cells.isin([*most_frequent, *always]), OTHER)


def legend(cells: pd.Series) -> list[tuple[str, int]]:
    """List values with their counts in the order of the legend.

    The most frequent comes first, and "Other" tenth, where the viewer has gray; last if there are
    fewer.
    """
    counts = count_values(cells)
    order = [value for value in counts.index if value != OTHER]
    if OTHER in counts.index:
        order.insert(GRAY_PLACE - 1, OTHER)
    return [(str(value), int(counts[value])) for value in order]


def make_colorable(metadata: pd.DataFrame, column: str | None, *, max_colors: int) -> pd.DataFrame:
    """Turn `column` into one that the viewer colors as intended.

    Its rare values are grouped; if that changes a cell, the original column is kept as
    `<column>_raw`. Numbers stay as they are: the viewer colors them by a gradient.
    """
    if column is None or is_numeric(metadata[column]):
        return metadata
    cells = group_rare_values(metadata[column], max_colors=max_colors)
    original = column + RAW_SUFFIX
    if original not in metadata.columns and (cells != metadata[column]).any():
        metadata = metadata.assign(**{original: metadata[column]})
    return metadata.assign(**{column: cells})


def copy_name(column: str, max_colors: int) -> str:
    """Name the grouped copy of a column."""
    return f"{column}_top_{max_colors}"


def grouped_original(name: str) -> str | None:
    """Return the column that a grouped copy is of, by its name; None if it is none."""
    found = re.fullmatch(r"(.+)_top_\d+", name)
    return found[1] if found else None


def add_grouped_copies(
    metadata: pd.DataFrame, columns: Sequence[str], *, max_colors: int
) -> pd.DataFrame:
    """Add a grouped copy of each of `columns` that has too many values.

    The viewer repeats its colors for such a column, or does not offer it at all.
    """
    for column in columns:
        copy = copy_name(column, max_colors)
        cells = pd.Series(text_cells(metadata[column]), index=metadata.index, dtype=object)
        if copy not in metadata.columns and cells.nunique() > max_colors:
            grouped = group_rare_values(cells, max_colors=max_colors)
            metadata = metadata.assign(**{copy: grouped})
    return metadata


def legend_order(columns: Sequence[pd.Series], num_rows: int) -> IntVector:
    """Order rows (N,) so that values of `columns` first appear in the order of their legends.

    Only the first row of each value moves, to the top; all others keep their order. The first
    column gets its order exactly, the others as far as there are rows that suit all.
    """
    if not columns:
        return np.arange(num_rows)
    places = np.stack([_legend_places(column) for column in columns])  # (columns, N)
    next_places = np.zeros(len(columns), dtype=np.int64)
    first_rows: list[int] = []
    for column, num_values in enumerate(places.max(axis=1) + 1):
        for place in range(next_places[column], num_values):
            if next_places[column] > place:
                continue
            rows = np.flatnonzero(places[column] == place)
            # Where no row suits all columns, at least a frequent value comes too early.
            too_early = np.maximum(places[:, rows] - next_places[:, None], 0).sum(axis=0)
            first_rows.append(int(rows[too_early.argmin()]))
            next_places += places[:, first_rows[-1]] == next_places
    on_top = np.array(list(dict.fromkeys(first_rows)), dtype=np.int64)
    return np.concatenate([on_top, np.setdiff1d(np.arange(num_rows), on_top)])


def _legend_places(cells: pd.Series) -> IntVector:
    """Return the place (N,) of each cell in the legend."""
    text = cells.astype(str)
    places = {value: place for place, (value, _) in enumerate(legend(text))}
    codes: IntVector = text.map(places).to_numpy(dtype=np.int64)
    return codes


def best_color_column(metadata: pd.DataFrame, *, max_colors: int) -> str | None:
    """Choose the most informative column to color by, or None if none is informative.

    Columns are compared by the bits of information that their named values carry about a row: those
    that are not blank and would not be grouped as "Other". So many values, even shares and few
    blanks all count. The label is never chosen, nor a column in which most values are different.
    """
    scores = {
        str(name): information_bits(metadata.iloc[:, index], max_values=max_colors)
        for index, name in enumerate(metadata.columns)
        if index > 0
    }
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] >= MIN_BITS else None


def information_bits(column: pd.Series, *, max_values: int) -> float:
    """Return how many bits a column says about a row if it keeps at most `max_values` values."""
    cells = pd.Series(text_cells(column), dtype=object)
    counts = count_values(cells[~cells.isin([UNKNOWN, OTHER])])
    num_values, num_cells = len(counts), int(counts.sum())
    if num_values < 2 or num_values > num_cells / 2:
        return 0
    if is_numeric(column) and num_values > MAX_COLOR_VALUES:
        return GRADIENT_BITS * num_cells / len(cells)
    shown = counts if num_values <= max_values else counts.head(max_values - 1)
    shares = (shown / len(cells)).to_numpy()
    bits = -float((shares * np.log2(shares)).sum())
    # Numbers with few values are often counts, not groups; text with many is often free text.
    is_second_choice = is_numeric(column) or num_values > MAX_COLOR_VALUES
    return bits / 2 if is_second_choice else bits


def coloring_summary(metadata: pd.DataFrame, column: str | None) -> str:
    """Summarize what prepared rows are colored by, and how much of it is "Other"."""
    if column is None:
        return "not colored"
    if is_numeric(metadata[column]):
        return f"colored by the numbers of {column}"
    cells = metadata[column]
    summary = f"colored by {column}: {cells.nunique()} values"
    if num_other := int((cells == OTHER).sum()):
        share = num_other / len(cells)
        summary += f", {OTHER} for {num_other:,} of {len(cells):,} rows ({share:.0%})"
    return summary


def is_mostly_other(metadata: pd.DataFrame, column: str | None) -> bool:
    """Whether more than half of a prepared map would be gray."""
    return column is not None and bool((metadata[column] == OTHER).mean() > 0.5)


def count_values(cells: pd.Series) -> pd.Series:
    """Count the values of cells, the most frequent first; equal counts are ordered by name."""
    counts = cells.value_counts().rename_axis("value").reset_index(name="count")
    return counts.sort_values(["count", "value"], ascending=[False, True]).set_index("value")[
        "count"
    ]
