"""The column `layout_trust`: how far to trust a point's place on the first map."""

from __future__ import annotations

import pandas as pd

from projector_export.prepare.added_columns.base import AddedColumn, ColumnInput
from projector_export.prepare.geometry import unit_norm
from projector_export.prepare.neighbor_ranks import row_trustworthiness

NUM_NEIGHBORS = 10
DECIMALS = 4
MAX_ROWS = 200_000


def layout_trust(given: ColumnInput) -> pd.Series | None:
    """Return each point's part of scikit-learn's trustworthiness, which is their mean.

    It is 1 if the 10 nearest points are the 10 nearest vectors, and lower the further away in the
    vectors those points are.
    """
    num_rows = len(given.vectors)
    k = min(NUM_NEIGHBORS, (num_rows - 1) // 2)  # scikit-learn allows fewer than half of the rows
    if k < 1:
        return None
    trust = row_trustworthiness(unit_norm(given.vectors), given.map, k=k)
    return pd.Series(trust.round(DECIMALS))


COLUMN = AddedColumn(compute=layout_trust, max_rows=MAX_ROWS)
