"""Genres for books without one, from the books nearest to them.

Each guess has a reliability: how often guesses like it are right. It is calibrated on the books
that have a genre, each guessed from the others as if it had none.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix, Float64Vector, IntVector
from projector_export.prepare.geometry import viewer_ready
from projector_export.prepare.layouts.neighbors import (
    NeighborGraph,
    nearest_landmarks,
    neighbor_graph,
)
from training.config.models import GENRE_RELIABILITY, Config
from training.data.genres import NO_GENRE
from training.dataset import INDENT, Dataset

logger = logging.getLogger(__name__)

NUM_NEIGHBORS = 10
LEAST_SURE = 0.1
MIN_KNOWN = 100  # books with a genre; fewer say too little about how reliable guesses are
NEIGHBORS = "neighbors"  # the source of such a genre


@dataclass(frozen=True, slots=True, eq=False)
class Guesses:
    """Guessed genres of M books.

    Attributes:
        genres: one per book.
        reliabilities: how likely each is right, from 0 to 1 (M,).
    """

    genres: Sequence[str]
    reliabilities: Float64Vector


def with_neighbor_genres(dataset: Dataset, vectors: Float32Matrix, config: Config) -> Dataset:
    """Fill missing genres if the config asks for it, and log how many were filled."""
    min_reliability = config.dataset.genres_from_neighbors
    if min_reliability is None:
        return dataset
    table = fill_genres(dataset.table, vectors, min_reliability=min_reliability)
    logger.info(
        "%s%d of %d books without a genre have that of their neighbors",
        INDENT,
        int((table["genre_source"] == NEIGHBORS).sum()),
        int((dataset.table["genre"] == "").sum()),
    )
    return replace(dataset, table=table)


def fill_genres(
    table: pd.DataFrame, vectors: Float32Matrix, *, min_reliability: float
) -> pd.DataFrame:
    """Give books without a genre the one of their neighbors, if it is reliable enough.

    Args:
        table: N books, with the columns genre and genre_source.
        vectors: their vectors (N, D).
        min_reliability: from 0 to 1; less reliable guesses are not used.

    Returns:
        A copy, with a column `genre_reliability` that has a number for the filled books only.
    """
    genres = table["genre"].tolist()
    known = np.flatnonzero([genre not in NO_GENRE for genre in genres])
    rows = np.flatnonzero([genre == "" for genre in genres])
    filled = table.assign(**{GENRE_RELIABILITY: pd.array([pd.NA] * len(table), dtype="Float64")})
    if len(known) < MIN_KNOWN or not len(rows):
        return filled
    guesses = guess_genres(viewer_ready(vectors), genres, known=known, rows=rows)
    is_used = guesses.reliabilities >= min_reliability
    used = filled.index[rows[is_used]]
    filled.loc[used, "genre"] = np.array(guesses.genres, dtype=object)[is_used]
    filled.loc[used, "genre_source"] = NEIGHBORS
    filled.loc[used, GENRE_RELIABILITY] = guesses.reliabilities[is_used].round(3)
    return filled


def guess_genres(
    vectors: Float32Matrix, genres: Sequence[str], *, known: IntVector, rows: IntVector
) -> Guesses:
    """Guess the genres of some rows from those of the `known` rows.

    Args:
        vectors: (N, D), compared by cosine.
        genres: of all N; only those of the known rows are looked at.
        known: rows with a genre (K,).
        rows: rows to guess (M,), none of them known.
    """
    from sklearn.isotonic import IsotonicRegression

    names, codes = np.unique([genres[row] for row in known], return_inverse=True)
    num_neighbors = min(NUM_NEIGHBORS, len(known) - 1)
    own, own_shares = _votes(neighbor_graph(vectors[known], num_neighbors), codes)
    # The least sure tenth is taken together: a handful of guesses would say nothing of the next.
    least = float(np.quantile(own_shares, LEAST_SURE))
    calibration = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    calibration.fit(np.maximum(own_shares, least), own == codes)
    nearest = nearest_landmarks(vectors[rows], vectors[known], num_neighbors)
    guessed, shares = _votes(nearest, codes)
    return Guesses(list(names[guessed]), calibration.predict(shares))


def _votes(graph: NeighborGraph, codes: IntVector) -> tuple[IntVector, Float64Vector]:
    """Return the genre (M,) with most votes of M rows' neighbors, and its share of them (M,).

    A neighbor's vote counts as much as its cosine similarity, squared: near ones know more.
    """
    votes = np.zeros((len(graph.rows), int(codes.max()) + 1))
    weights = np.maximum(1 - graph.distances, 0) ** 2
    np.add.at(votes, (np.arange(len(votes))[:, None], codes[graph.rows]), weights)
    totals = np.maximum(votes.sum(axis=1), 1e-9)
    return votes.argmax(axis=1), votes.max(axis=1) / totals
