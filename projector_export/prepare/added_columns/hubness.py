"""The column `hubness`: how many rows have this one among their nearest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from projector_export.prepare.added_columns.base import AddedColumn, ColumnInput
from projector_export.prepare.layouts.neighbors import neighbor_graph

NUM_NEIGHBORS = 10
MAX_ROWS = 200_000


def hubness(given: ColumnInput) -> pd.Series | None:
    """Count how many rows have each one among their 10 nearest, by cosine.

    The mean is 10. Hubs, which many rows list, say little about each of them; what has 0 is in
    nobody's list.
    """
    num_rows = len(given.vectors)
    if num_rows < 2:
        return None
    graph = neighbor_graph(given.vectors, min(NUM_NEIGHBORS, num_rows - 1))
    return pd.Series(np.bincount(graph.rows.ravel(), minlength=num_rows))


COLUMN = AddedColumn(compute=hubness, needs_layout=False, max_rows=MAX_ROWS)
