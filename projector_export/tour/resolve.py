"""Check a user's tour against the tables, and turn it into what the page reads.

This needs no layouts, so that a typing mistake is found before anything is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from projector_export.embedding import AUTO, Embedding
from projector_export.errors import InputError
from projector_export.explore.neighbors import find_row
from projector_export.nearest import did_you_mean
from projector_export.prepare.cells import clean_text, shown_text, text_cells
from projector_export.prepare.colorings import Categories, Coloring
from projector_export.prepare.shown_columns import ShownColumns, shown_columns
from projector_export.tour.stops import Stop, TourStop, as_tour_stops


@dataclass(frozen=True, eq=False)
class TourTable:
    """What a tour can show of a table.

    Attributes:
        name: its name.
        metadata: N rows, the label first.
        color_by: the column that it is colored by, as in `Embedding`.
        layouts: the names of its layouts, in order.
    """

    name: str
    metadata: pd.DataFrame
    color_by: str | None
    layouts: Sequence[str] = field(default=())

    @classmethod
    def of(cls, embedding: Embedding, layouts: Sequence[str] = ()) -> TourTable:
        """Describe an embedding, for which `layouts` will be computed besides its own."""
        names = dict.fromkeys([*embedding.layouts, *layouts])
        # Added columns are computed after the layouts, so a tour cannot know them yet.
        is_given = embedding.color_by not in embedding.add_columns
        color_by = embedding.color_by if is_given else None
        return cls(embedding.name, embedding.metadata, color_by, list(names))

    @cached_property
    def columns(self) -> ShownColumns:
        """The columns that the page shows."""
        return shown_columns(self.metadata, self.color_by)

    @cached_property
    def labels(self) -> list[str]:
        """The labels, as the page shows them."""
        return [shown_text(cell) for cell in text_cells(self.columns.metadata.iloc[:, 0])]


Tour = str | Sequence[TourStop | Mapping[str, Any]]  # AUTO, or the stops


def written_tour(
    tour: Tour, embeddings: Sequence[Embedding], layouts: Sequence[str]
) -> list[Stop] | None:
    """Return the tour that a user wrote, or None if it is to be made from the data.

    Args:
        tour: AUTO, or the stops.
        embeddings: the tables, in order.
        layouts: the names of the layouts that will be computed for the first.

    Raises:
        UsageError: a key of a stop does not exist, or has a wrong type.
        InputError: see `resolve_tour`.
    """
    if tour == AUTO:
        return None
    first, *others = embeddings
    tables = [TourTable.of(first, layouts), *map(TourTable.of, others)]
    return resolve_tour(as_tour_stops(tour), tables)


def resolve_tour(
    stops: Sequence[TourStop], tables: Sequence[TourTable], *, key: str = "tour"
) -> list[Stop]:
    """Return the stops as the page reads them.

    Args:
        stops: what the user wrote.
        tables: the tables of the export, in order.
        key: what the list of stops is called, for messages.

    Raises:
        InputError: a table, layout, column, value or label does not exist; the tip names the
            nearest.
    """
    return [_resolve(stop, tables, f"{key}.{index}") for index, stop in enumerate(stops)]


def _resolve(stop: TourStop, tables: Sequence[TourTable], key: str) -> Stop:
    names = [table.name for table in tables]
    table = tables[0] if stop.table is None else tables[_place(stop.table, names, f"{key}.table")]
    view: dict[str, str | Sequence[str]] = {}
    if table is not tables[0]:
        view["table"] = table.name
    if stop.map is not None and (place := _place(stop.map, table.layouts, f"{key}.map")):
        view["map"] = str(place + 1)
    if stop.color is not None:
        column = _coloring(table, stop.color, f"{key}.color").column
        if column != clean_text(table.columns.color_by):
            view["color"] = column
    if stop.show:
        view["show"] = _shown_values(table, stop, f"{key}.show")
    if stop.select is not None:
        view["select"] = _label(table, stop.select, f"{key}.select")
    return Stop(clean_text(stop.title), clean_text(stop.text), view)


def _coloring(table: TourTable, column: str, key: str) -> Coloring:
    colorings = table.columns.colorings
    offered = [one.column for one in colorings]
    return colorings[_place(clean_text(column), offered, key, what="offered to color by")]


def _shown_values(table: TourTable, stop: TourStop, key: str) -> list[str]:
    colorings = table.columns.colorings
    column = stop.color or table.columns.color_by
    if column is None or not colorings:
        raise InputError(f"{key} needs a column to color by; set color of this stop too")
    coloring = _coloring(table, column, f"{key} of color")
    if not isinstance(coloring, Categories):
        raise InputError(f"{key} needs a column of categories; {column!r} contains numbers")
    known = [shown_text(label) for label in coloring.labels]
    what = f"a value of {coloring.column} with a color"
    places = {_place(value, known, key, what=what) for value in stop.show}
    return [known[place] for place in sorted(places)]  # in the order in which the page writes them


def _label(table: TourTable, label: str, key: str) -> str:
    try:
        return table.labels[find_row(table.labels, label, table=table.name)]
    except InputError as error:
        raise InputError(f"{key}: {error.message}", tip=error.tip) from error


def _place(name: str, known: Sequence[str], key: str, *, what: str = "one of this export") -> int:
    """Return the place of a name among the known ones."""
    if name in known:
        return list(known).index(name)
    listed = ", ".join(known) or "none"
    raise InputError(
        f"{key} is {name!r}, which is not {what}",
        tip=f"{did_you_mean(name, known)}choose from: {listed}",
    )
