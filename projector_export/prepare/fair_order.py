"""An order of rows in which every first part is a fair sample of all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from projector_export.arrays import IntVector


def fair_order(categories: pd.Series | None, num_rows: int, *, seed: int) -> IntVector:
    """Order rows (N,) at random, so that the first n of them have each category in proportion.

    The j-th of a category's m rows goes to the share (j + 1/2) / m of the way. So among the first
    n rows a category has its share of n, to within one row for each category.

    Args:
        categories: the category of each row; None if there are none.
        num_rows: N.
        seed: the same seed gives the same order.
    """
    shuffled = np.random.default_rng(seed).permutation(num_rows)
    if categories is None:
        return shuffled
    codes, _ = pd.factorize(categories)
    codes = codes[shuffled]
    by_category = np.argsort(codes, kind="stable")
    counts = np.bincount(codes - codes.min())
    counts = counts[counts > 0]
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    shares = (np.arange(num_rows) - starts + 0.5) / np.repeat(counts, counts)
    return shuffled[by_category[np.argsort(shares, kind="stable")]]
