"""The metrics of a run: held-out ranks and genre purity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from projector_export.prepare.geometry import viewer_ready
from training import evaluation
from training.data.pairs import PairSet
from training.dataset import Dataset
from training.run_folder import Vectors

MAX_RANKED_PAIRS = 10_000  # MRR is within 0.003 of that of all pairs, and time stays linear
HITS_AT = (1, 10, 20, 50)
PURITY_AT = 10


def compute_metrics(vectors: Vectors, dataset: Dataset) -> dict[str, Any]:
    """Compute the metrics of a run from the vectors that it exports."""
    metrics: dict[str, Any] = {}
    if len(dataset.pairs.held_out):
        metrics["held_out"] = _held_out_metrics(vectors, dataset.pairs)
    genres = dataset.table["genre"].tolist()
    metrics[f"genre_purity@{PURITY_AT}"] = {
        "learned": evaluation.purity(viewer_ready(vectors.books), genres, k=PURITY_AT),
        "shuffled": evaluation.shuffled_purity(genres),
    }
    return metrics


def _held_out_metrics(vectors: Vectors, pairs: PairSet) -> dict[str, Any]:
    """Rank held-out links by the vectors, by popularity, and by chance."""
    held_out = evaluation.take_evenly(pairs.held_out, MAX_RANKED_PAIRS)
    known = pairs.train
    learned = evaluation.held_out_ranks(
        vectors.books, vectors.links, vectors.link_bias, held_out=held_out, known=known
    )
    by_popularity = evaluation.popularity_ranks(
        pairs.num_books, pairs.num_links, held_out=held_out, known=known
    )
    return {
        "num_pairs": len(held_out),
        **_figures_of(learned),
        "popularity": _figures_of(by_popularity),
        "chance": evaluation.chance_figures(
            pairs.num_links, held_out=held_out, known=known, hits=HITS_AT
        ),
    }


def _figures_of(ranks: npt.NDArray[np.float64]) -> dict[str, float]:
    return {
        "mrr": evaluation.mean_reciprocal_rank(ranks),
        **{f"hits@{k}": evaluation.hits_at(ranks, k) for k in HITS_AT},
    }


def metrics_summary(metrics: dict[str, Any]) -> Iterator[str]:
    """Yield the most important metrics beside popularity and chance, as text for one line."""
    if held_out := metrics.get("held_out"):
        for key, name in (("mrr", "held-out MRR"), ("hits@10", "hits@10")):
            yield (
                f"{name} {held_out[key]:.3f} ({held_out['popularity'][key]:.3f} by popularity, "
                f"{held_out['chance'][key]:.3f} by chance)"
            )
    purity = metrics[f"genre_purity@{PURITY_AT}"]
    if purity["learned"] is None:
        yield f"genre purity@{PURITY_AT} can't be computed with fewer than two genres"
    else:
        yield (
            f"genre purity@{PURITY_AT} {purity['learned']:.3f} ({purity['shuffled']:.3f} by chance)"
        )
