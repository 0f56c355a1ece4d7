"""The tour of a table for which nobody wrote one: each sentence is computed from the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from projector_export.arrays import Float32Matrix, IntMatrix, IntVector
from projector_export.explore.neighbors import cosines
from projector_export.prepare.cells import shown_text, text_cells
from projector_export.prepare.colorings import GRAYS, Categories, Coloring, Gradient
from projector_export.prepare.geometry import sphereize
from projector_export.prepare.layouts import PCA, layout_title
from projector_export.prepare.layouts.neighbors import neighbors_of_rows
from projector_export.prepare.table import PreparedTable
from projector_export.tour.stops import Stop
from projector_export.viewer_facts import MAX_SERVED_ROWS

NUM_NEIGHBORS = 10
NUM_NAMED = 3  # neighbors that a text names
SAMPLE_ROWS = 100  # points of a category whose neighbors are looked at
MIN_GROUP_ROWS = 30  # with fewer, a share of neighbors says little
MAX_GROUPS = 12  # categories that are compared


def default_tour(table: PreparedTable) -> list[Stop]:
    """Make the tour of a table: the whole, its groups, a point, another coloring, another map.

    A stop that a table has nothing for is left out. Above 100,000 rows there are no stops that
    need neighbors, as they would take too long.
    """
    coloring = next((one for one in table.colorings if one.column == table.color_by), None)
    stops = [_overview(table, coloring)]
    if isinstance(coloring, Categories) and table.num_rows <= MAX_SERVED_ROWS:
        stops += _group_stops(Groups(table, coloring))
    return [*stops, *_other_coloring(table, coloring), *_other_map(table)]


@dataclass(frozen=True, eq=False)
class Groups:
    """The categories of a table, and how similar their points are."""

    table: PreparedTable
    coloring: Categories

    @cached_property
    def vectors(self) -> Float32Matrix:
        """Vectors (N, D) as the viewer compares them."""
        return sphereize(self.table.vectors)

    @cached_property
    def labels(self) -> list[str]:
        """The label of each row, as the page shows it."""
        return [shown_text(cell) for cell in text_cells(self.table.metadata.iloc[:, 0])]

    @property
    def codes(self) -> list[int]:
        """The categories that are large enough, the largest first; not Other and Unknown."""
        counts, labels = self.coloring.counts, self.coloring.labels
        large = [code for code, count in enumerate(counts) if count >= MIN_GROUP_ROWS]
        return [code for code in large if labels[code] not in GRAYS][:MAX_GROUPS]

    def rows(self, code: int) -> IntVector:
        """Return the rows of a category."""
        return np.flatnonzero(self.coloring.codes == code)

    def nearest(self, rows: IntVector) -> IntMatrix:
        """Return the nearest neighbors (n, 10) of some rows (n,), nearest first."""
        return neighbors_of_rows(self.vectors, rows, NUM_NEIGHBORS).rows

    def own_neighbors(self, code: int) -> float:
        """Return how many neighbors of a point of a category are of it too, on average."""
        rows = self.rows(code)
        sample = rows[np.linspace(0, len(rows) - 1, min(len(rows), SAMPLE_ROWS)).astype(int)]
        return float((self.coloring.codes[self.nearest(sample)] == code).sum(axis=1).mean())

    def most_typical(self, code: int) -> int | None:
        """Return the row nearest to a category's mean, of those whose label no other row has."""
        rows = self.rows(code)
        mean = self.vectors[rows].mean(axis=0, dtype=np.float64)
        ordered = rows[np.argsort(-cosines(self.vectors[rows], mean), kind="stable")]
        return next((int(row) for row in ordered if self.labels.count(self.labels[row]) == 1), None)


def _overview(table: PreparedTable, coloring: Coloring | None) -> Stop:
    text = "Dots next to each other are similar; how far apart two groups are says little."
    if isinstance(coloring, Categories):
        text += f" Colors show the most frequent values of {coloring.column}; the rest is gray."
    elif coloring is not None:
        text += f" Colors show the numbers of {coloring.column}."
    return Stop(f"{table.num_rows:,} dots: one for each of {table.name}", text)


def _group_stops(groups: Groups) -> Iterator[Stop]:
    if not groups.codes:
        return
    largest = groups.codes[0]
    own = {code: groups.own_neighbors(code) for code in groups.codes}
    yield _group_stop(groups, largest, f"the largest {groups.coloring.column}", own[largest])
    others = [code for code in groups.codes if code != largest]
    if others:
        closest = max(others, key=lambda code: own[code])
        yield _group_stop(groups, closest, "the most closely knit of the others", own[closest])
    row = groups.most_typical(largest)
    if row is not None:
        nearest = groups.nearest(np.array([row]))[0, :NUM_NAMED]
        names = [groups.labels[near] for near in nearest]
        label = shown_text(groups.coloring.labels[largest])
        text = f"Typical: it is nearest to the mean of {label}. Nearest to it are {_listed(names)}."
        yield Stop(groups.labels[row], text, {"select": groups.labels[row]})


def _group_stop(groups: Groups, code: int, what: str, own: float) -> Stop:
    label = shown_text(groups.coloring.labels[code])
    count = groups.coloring.counts[code]
    text = (
        f"{count:,} points ({count / groups.table.num_rows:.0%}). Of the {NUM_NEIGHBORS} nearest "
        f"neighbors of such a point, {own:.0f} are {label} too, on average."
    )
    return Stop(f"{label}: {what}", text, {"show": [label]})


def _other_coloring(table: PreparedTable, first: Coloring | None) -> Iterator[Stop]:
    other = next((one for one in table.colorings if one is not first), None)
    if other is None:
        return
    title = f"The same map by {other.column}"
    if isinstance(other, Gradient):
        numbers = [number for number, _ in other.stops]
        least, most = (_number(number) for number in (numbers[0], numbers[-1]))
        text = f"{other.column} is from {least} to {most}."
    else:
        named = [code for code, label in enumerate(other.labels) if label not in GRAYS]
        share = other.counts[named[0]] / table.num_rows
        text = f"The most frequent is {shown_text(other.labels[named[0]])}, with {share:.0%}."
    text += " No dot has moved: where a color gathers, the vectors tell it apart."
    yield Stop(title, text, {"color": other.column})


def _other_map(table: PreparedTable) -> Iterator[Stop]:
    maps = [name for name in table.layouts if name != PCA]
    if len(maps) < 2:
        return
    text = (
        "Another method placed the same points, from the same vectors. Trust the groups that "
        "are in both maps, and not where these lie."
    )
    place = list(table.layouts).index(maps[1]) + 1
    yield Stop(f"The same points by {layout_title(maps[1])}", text, {"map": str(place)})


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _number(number: float) -> str:
    return f"{number:g}" if number != int(number) else f"{int(number)}"
