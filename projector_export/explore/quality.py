"""How faithful maps are to their vectors, by scikit-learn's definitions.

Of more than 5,000 rows a seeded sample is measured, among all rows: a sample of the rows alone
would have other neighbors. The time then grows with the number of rows, not with its square.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.prepare.cells import UNKNOWN
from projector_export.prepare.colors import OTHER
from projector_export.prepare.geometry import unit_norm
from projector_export.prepare.neighbor_ranks import neighbor_figures

MAX_SAMPLED = 5_000  # rows; the figures then vary by some 0.003 from seed to seed
MAX_DISTANCES = 2**28  # of millions of rows fewer are measured
NUM_NEIGHBORS = 10
TRIPLETS_PER_ROW = 5
MIN_ROWS = 3

VECTORS = "vectors"  # the silhouette of the vectors themselves, beside those of the maps

# What each figure means, for the report and docs/python.md; 1 is best.
MEANINGS: Mapping[str, str] = {
    "trustworthiness": "Whether points that are near on the map are near in the vectors: 1 if the "
    "10 nearest points are the 10 nearest vectors, about 0.5 for a random map.",
    "continuity": "Whether near vectors stay near on the map: 1 if the 10 nearest vectors are the "
    "10 nearest points, about 0.5 for a random map.",
    "neighbor_recall": "The share of the 10 nearest vectors that are among the 10 nearest points.",
    "random_triplets": "How often the map shows which of two random points is closer to a third, "
    "so distances across the whole map; 0.5 is chance.",
    "silhouette": "How much closer a category's points are to each other than to the nearest other "
    "category, from -1 to 1; near 0, categories overlap.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Faithfulness:
    """How faithful maps are to their vectors; `MEANINGS` says what each figure means.

    Attributes:
        num_rows: N, among which neighbors were searched.
        num_sampled: how many rows the figures are means of.
        num_neighbors: how many neighbors of each were compared; 10, or fewer in a tiny table.
        maps: layout -> figure -> value.
        silhouette: `vectors` or a layout -> category -> value, without "Other" and "Unknown".
        column: the column of these categories.
    """

    num_rows: int
    num_sampled: int
    num_neighbors: int
    maps: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    silhouette: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    column: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as a run's `metrics.json` has it."""
        return asdict(self)


def measure_faithfulness(
    vectors: Float32Matrix,
    layouts: Mapping[str, Float32Matrix],
    *,
    categories: pd.Series | None = None,
    max_sampled: int = MAX_SAMPLED,
    seed: int = 0,
) -> Faithfulness:
    """Measure maps against their vectors.

    Args:
        vectors: (N, D), as the viewer compares them: by cosine.
        layouts: name -> (N, 2 or 3).
        categories: N cells of a column; named groups of them get a silhouette.
        max_sampled: how many rows of more than `MAX_SAMPLED` are measured.
        seed: the same seed gives the same figures.
    """
    rng = np.random.default_rng(seed)
    num_rows = len(vectors)
    sampled = sample_rows(num_rows, rng, max_sampled=max_sampled)
    k = min(NUM_NEIGHBORS, (num_rows - 1) // 2)  # scikit-learn allows fewer than half of the rows
    units = unit_norm(vectors)
    maps: dict[str, dict[str, float]] = {}
    if num_rows >= MIN_ROWS and layouts:
        neighbors = neighbor_figures(units, layouts, sampled, k=k)
        triplets = random_triplets(units, layouts, sampled, rng=rng)
        maps = {name: neighbors[name] | {"random_triplets": triplets[name]} for name in layouts}
    return Faithfulness(
        num_rows=num_rows,
        num_sampled=len(sampled),
        num_neighbors=k,
        maps=maps,
        silhouette={} if categories is None else silhouettes(units, layouts, categories, rng=rng),
        column=None if categories is None else str(categories.name),
    )


def sample_rows(
    num_rows: int, rng: np.random.Generator, *, max_sampled: int = MAX_SAMPLED
) -> IntVector:
    """Choose the rows to measure, in order: all of up to 5,000, else a random sample."""
    most = num_rows if num_rows <= MAX_SAMPLED else min(max_sampled, MAX_SAMPLED)
    size = min(most, max(1, MAX_DISTANCES // max(1, num_rows)))
    return np.sort(rng.choice(num_rows, size, replace=False))


def random_triplets(
    units: Float32Matrix,
    layouts: Mapping[str, Float32Matrix],
    sampled: IntVector,
    *,
    rng: np.random.Generator,
) -> dict[str, float]:
    """Share of random triplets whose two distances are in the same order on the map."""
    first = np.repeat(sampled, TRIPLETS_PER_ROW)
    others = rng.integers(len(units), size=(2, len(first)))
    is_triplet = (others[0] != others[1]) & (others != first).all(axis=0)
    first, (second, third) = first[is_triplet], others[:, is_triplet]
    in_vectors = _order(units, first, second, third)
    return {
        name: float(np.mean(in_vectors == _order(layout, first, second, third)))
        for name, layout in layouts.items()
    }


def silhouettes(
    units: Float32Matrix,
    layouts: Mapping[str, Float32Matrix],
    categories: pd.Series,
    *,
    rng: np.random.Generator,
) -> dict[str, dict[str, float]]:
    """Mean silhouette of each category in the vectors and on each map, the largest first.

    Rows without a category ("Other", "Unknown") are left out; of more than 5,000 it takes a sample.

    Returns:
        Empty if there are fewer than two categories.
    """
    from sklearn.metrics import silhouette_samples

    cells = categories.astype(str).to_numpy()
    rows = np.flatnonzero(~np.isin(cells, [OTHER, UNKNOWN]))
    rows = np.sort(rng.choice(rows, min(len(rows), MAX_SAMPLED), replace=False))
    named = pd.Series(cells[rows])
    if not 2 <= named.nunique() < len(named):
        return {}
    order = named.value_counts().index
    spaces = {VECTORS: (units, "cosine")} | {
        name: (at, "euclidean") for name, at in layouts.items()
    }
    found = {}
    for name, (points, metric) in spaces.items():
        values = pd.Series(silhouette_samples(points[rows], named, metric=metric))
        means = values.groupby(named).mean()
        found[name] = {str(category): float(means[category]) for category in order}
    return found


def _order(points: Float32Matrix, first: IntVector, *others: IntVector) -> IntVector:
    """Return which of two others is closer to the first: -1, 0 or 1 (T,)."""
    second, third = (((points[first] - points[other]) ** 2).sum(axis=1) for other in others)
    return np.sign(second - third)
