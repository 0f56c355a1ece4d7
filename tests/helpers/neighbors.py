"""Neighbors as a list that tests can compare, by the library's own ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from projector_export.arrays import Float32Matrix
from projector_export.explore.neighbors import cosines, rank_by_similarity


@dataclass(frozen=True, slots=True)
class Neighbor:
    """One row close to the query row: its rank, label and cosine similarity (-1 to 1)."""

    rank: int
    label: str
    similarity: float


def find_neighbors(
    vectors: Float32Matrix, labels: Sequence[str], row: int, *, k: int, order: str = "nearest"
) -> list[Neighbor]:
    """List the `k` rows of (N, D) that are `nearest` to row `row`, or `least` similar to it.

    The row itself is left out. Rows with equal similarities keep their order.
    """
    similarities = cosines(vectors, vectors[row])
    rows = rank_by_similarity(similarities, left_out=[row], k=k, order=order)
    return [
        Neighbor(rank, str(labels[index]), float(similarities[index]))
        for rank, index in enumerate(rows, start=1)
    ]
