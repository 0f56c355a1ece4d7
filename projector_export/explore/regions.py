"""The regions of a map, listed from the column that names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from projector_export.explore.exported_tables import ExportedTable
from projector_export.prepare.added_columns import MAP_REGION
from projector_export.prepare.cells import UNKNOWN
from projector_export.prepare.colors import RAW_SUFFIX, count_values
from projector_export.prepare.geometry import unit_norm

NUM_TYPICAL = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region: its name, how many rows it has, and the labels of its most typical ones."""

    name: str
    num_rows: int
    typical: Sequence[str]


def list_regions(table: ExportedTable) -> Iterator[Region]:
    """Yield the regions of a table, the largest first; none if it has no column for them.

    Typical rows are those whose vectors are nearest to the mean of their region's.
    """
    # If the map is colored by regions, small ones are grouped there, as in any other column.
    columns = [MAP_REGION + RAW_SUFFIX, MAP_REGION]
    column = next((name for name in columns if name in table.metadata.columns), None)
    if column is None:
        return
    cells = table.metadata[column].astype(str)
    units = unit_norm(table.compared_vectors)
    for name, count in count_values(cells[cells != UNKNOWN]).items():
        rows = np.flatnonzero(cells == name)
        nearest = np.argsort(-(units[rows] @ units[rows].mean(axis=0)), kind="stable")
        typical = [table.labels[row] for row in rows[nearest[:NUM_TYPICAL]]]
        yield Region(name=str(name), num_rows=int(count), typical=typical)
