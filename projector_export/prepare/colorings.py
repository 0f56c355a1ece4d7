"""The colorings that the web page offers: more colors than the viewer's ten, for every column.

The palette has 20 colors. Its first eight differ by at least 10 (CIEDE2000) also for people who
cannot see red or green; `tests/prepare/test_colorings.py` computes it. What is not named is gray:
"Other" and "Unknown" are roles, as the page has other grays in the dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from projector_export.arrays import Float64Vector, IntVector
from projector_export.prepare.cells import UNKNOWN, clean_text, is_numeric, text_cells
from projector_export.prepare.colors import (
    MIN_BITS,
    OTHER,
    RAW_SUFFIX,
    count_values,
    information_bits,
)

PALETTE = (
    *("#337aef", "#fe7802", "#3b7663", "#80257b", "#40d1f7", "#8b320b", "#43dd9a", "#ba879e"),
    *("#8b7122", "#780dd1", "#81393b", "#8f94c3", "#19affe", "#bd7953", "#be425f", "#669a7e"),
    *("#784e6a", "#9558a3", "#daa668", "#90cdb7"),
)
GRAYS = {OTHER: "other", UNKNOWN: "unknown"}
# From few to many, and away from a middle: both are read without red and green.
GRADIENT = ("#2a4b9b", "#3c78a8", "#5b9c9c", "#94b978", "#e0c341")
DIVERGING = ("#2459a8", "#7ea3d1", "#c9c4bd", "#dc9a5b", "#a8480f")
MAX_GROUPINGS = 8
MAX_GRAY_SHARE = 0.75  # such as thousands of authors, of whom none has written much


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """A column whose most frequent values have a color each.

    Attributes:
        column: its name.
        labels: the legend, the most frequent value first, "Other" and "Unknown" last.
        codes: for each row the place of its label (N,).
    """

    column: str
    labels: tuple[str, ...]
    codes: IntVector

    @property
    def colors(self) -> list[str]:
        """A color for each label, or the name of a gray."""
        named = iter(PALETTE)
        return [GRAYS.get(label) or next(named) for label in self.labels]

    @property
    def counts(self) -> list[int]:
        """How many rows have each label."""
        counted: list[int] = np.bincount(self.codes, minlength=len(self.labels)).tolist()
        return counted

    def take(self, rows: IntVector) -> Categories:
        """Keep `rows`, in that order."""
        return replace(self, codes=self.codes[rows])


@dataclass(frozen=True, slots=True)
class Gradient:
    """A column of numbers, with colors at some of them, from the least to the greatest.

    Attributes:
        column: its name.
        stops: (number, color), between which colors are mixed.
    """

    column: str
    stops: tuple[tuple[float, str], ...]

    def take(self, _rows: IntVector) -> Gradient:
        """Return itself: it does not depend on the order of rows."""
        return self


Coloring = Categories | Gradient


def make_colorings(metadata: pd.DataFrame, first: str | None) -> tuple[Coloring, ...]:
    """Make a coloring of each column that is worth it, `first` before the others.

    The others follow by how much they say about a row. The label has none, nor has the original of
    a grouped column, nor one in which nearly every row would be "Other". Numbers come last, and
    always have one.
    """
    names = [str(name) for name in metadata.columns]
    columns = {name: metadata.iloc[:, index] for index, name in enumerate(names) if index > 0}
    others = {name: column for name, column in columns.items() if name != first}
    numbers = [name for name, column in others.items() if is_spread(column)]
    bits = {
        name: information_bits(column, max_values=len(PALETTE))
        for name, column in others.items()
        if name not in numbers and not is_original(name, names)
    }
    ordered = sorted(bits, key=lambda name: -bits[name])
    groups = [_categories(columns[name], name) for name in ordered if bits[name] >= MIN_BITS]
    return (
        *([_coloring(metadata[first], first)] if first else []),
        *[coloring for coloring in groups if _names_enough(coloring)][:MAX_GROUPINGS],
        *(Gradient(clean_text(name), _stops(columns[name])) for name in numbers),
    )


def grouped_columns(colorings: Sequence[Coloring]) -> list[str]:
    """List the columns after the first whose values are grouped."""
    return [one.column for one in colorings[1:] if isinstance(one, Categories)]


def is_spread(column: pd.Series) -> bool:
    """Whether a column contains different numbers."""
    return is_numeric(column) and len(np.unique(_finite(column))) > 1


def is_original(name: str, names: Sequence[str]) -> bool:
    """Whether a column is the original of a grouped one, such as `topic_raw` beside `topic`."""
    return name.endswith(RAW_SUFFIX) and name.removesuffix(RAW_SUFFIX) in names


def _coloring(column: pd.Series, name: str) -> Coloring:
    if is_spread(column):
        return Gradient(clean_text(name), _stops(column))
    return _categories(column, name)


def _names_enough(coloring: Categories) -> bool:
    grays = [
        count
        for label, count in zip(coloring.labels, coloring.counts, strict=True)
        if label in GRAYS
    ]
    return sum(grays) < MAX_GRAY_SHARE * len(coloring.codes)


def _categories(column: pd.Series, name: str) -> Categories:
    cells = pd.Series(text_cells(column), dtype=object)
    counts = count_values(cells[~cells.isin(list(GRAYS))])
    named = [str(value) for value in counts.index[: len(PALETTE)]]
    grouped = cells.where(cells.isin([*named, UNKNOWN]), OTHER)
    labels = (*named, *(gray for gray in GRAYS if (grouped == gray).any()))
    places = {label: place for place, label in enumerate(labels)}
    return Categories(clean_text(name), labels, grouped.map(places).to_numpy(dtype=np.int64))


def _stops(column: pd.Series) -> tuple[tuple[float, str], ...]:
    """Place the colors so that each covers as many rows, as numbers are rarely spread evenly.

    Numbers below and above zero get colors that part at zero.
    """
    numbers = _finite(column)
    if numbers.min() < 0 < numbers.max() and (numbers < 0).mean() > 0.1:
        far = float(np.abs(numbers).max())
        places = np.linspace(-far, far, len(DIVERGING))
        return tuple(zip(places.tolist(), DIVERGING, strict=True))
    places = np.quantile(numbers, np.linspace(0, 1, len(GRADIENT)))
    stops = dict(zip(places.tolist(), GRADIENT, strict=True))  # equal numbers keep the last color
    return tuple(stops.items())


def _finite(column: pd.Series) -> Float64Vector:
    numbers: Float64Vector = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers[np.isfinite(numbers)]
