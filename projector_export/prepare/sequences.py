"""Rows that the viewer connects by lines, with the metadata column `__seq_next__`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from projector_export.arrays import IntVector
from projector_export.prepare.cells import UNKNOWN


def sequence_numbers(column: pd.Series) -> IntVector:
    """Number the sequences (N,) by the values of a column; -1 if a cell is missing."""
    numbers, _ = pd.factorize(column.mask(column == UNKNOWN))
    return np.asarray(numbers)


def following_rows(sequences: IntVector, positions: IntVector) -> IntVector:
    """Return the row (N,) that follows each in its sequence; -1 after the last.

    Args:
        sequences: (N,) the number of each row's sequence, -1 for none.
        positions: (N,) by which the rows of a sequence are ordered.
    """
    following = np.full(len(sequences), -1)
    order = np.lexsort((positions, sequences))
    ordered = sequences[order]
    goes_on = (ordered[1:] == ordered[:-1]) & (ordered[1:] >= 0)
    following[order[:-1][goes_on]] = order[1:][goes_on]
    return following
