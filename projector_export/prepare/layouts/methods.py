"""t-SNE and UMAP over one graph of exact cosine neighbors, from one start.

Both libraries are imported only when they are asked for. Both run in one thread: UMAP's threads
race, and openTSNE's would take the core that UMAP runs on beside it (process.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.prepare.geometry import viewer_pca
from projector_export.prepare.layouts.neighbors import NeighborGraph, Report

if TYPE_CHECKING:
    from openTSNE.affinity import Affinities

MIN_PERPLEXITY, MAX_PERPLEXITY = 2, 15
ROWS_PER_PERPLEXITY = 10  # with 3, all rows of a small table attract each other into one point
NEIGHBORS_PER_PERPLEXITY = 3  # openTSNE's own rule
MAX_NEIGHBORS = NEIGHBORS_PER_PERPLEXITY * MAX_PERPLEXITY
FFT_FROM_ROWS = 10_000  # where openTSNE's interpolation gets faster than Barnes-Hut

# A third of the time of openTSNE's defaults (perplexity 30; 250 steps at exaggeration 12, 500 at 1)
# for the same map: docs/viewer.md has the figures. Early steps are few because momentum is high;
# exaggeration falls by degrees, so that the map unfolds sooner; the grid on which repulsion is
# interpolated is coarse while points still travel, and fine for the last steps alone.
TSNE_PHASES: tuple[Mapping[str, float], ...] = (
    {"steps": 100, "exaggeration": 12, "momentum": 0.8, "grid": 1},
    {"steps": 75, "exaggeration": 4, "momentum": 0.8, "grid": 1},
    {"steps": 200, "exaggeration": 1, "momentum": 0.9, "grid": 2},
    {"steps": 40, "exaggeration": 1, "momentum": 0.8, "grid": 1},
)

NUM_UMAP_NEIGHBORS = 15
UMAP_MIN_DIST = 0.1
UMAP_NEGATIVES = 5
UMAP_EPOCHS, UMAP_EPOCHS_OF_SMALL, UMAP_SMALL_ROWS = 200, 500, 10_000  # umap-learn's own


def perplexity_for(num_rows: int) -> int:
    """Choose t-SNE's perplexity: 15, and less for fewer than 150 rows."""
    return int(np.clip(num_rows // ROWS_PER_PERPLEXITY, MIN_PERPLEXITY, MAX_PERPLEXITY))


def tsne_method(num_rows: int, dimensions: int) -> str:
    """Choose how openTSNE finds repulsion: by Fourier transforms, or by Barnes-Hut's tree."""
    return "fft" if dimensions == 2 and num_rows >= FFT_FROM_ROWS else "bh"


def umap_epochs(num_rows: int) -> int:
    """Choose how often UMAP goes over its graph."""
    return UMAP_EPOCHS_OF_SMALL if num_rows <= UMAP_SMALL_ROWS else UMAP_EPOCHS


def common_start(vectors: Float32Matrix, *, dimensions: int, seed: int) -> Float32Matrix:
    """Take the principal components (N, 2 or 3) with a little noise, which parts equal rows."""
    centered = vectors - vectors.mean(axis=0)
    start = viewer_pca(centered, num_components=dimensions).astype(np.float64)
    noise = np.random.default_rng(seed).normal(size=start.shape)
    return start / (start[:, 0].std() or 1.0) + 1e-3 * noise


def tsne(graph: NeighborGraph, start: Float32Matrix, seed: int, report: Report) -> Float32Matrix:
    """Run t-SNE by openTSNE from `start` (N, 2 or 3); return as many coordinates.

    What `report` raises ends it.
    """
    from openTSNE import TSNEEmbedding

    embedding = TSNEEmbedding(
        1e-4 * start,
        _affinities(graph, perplexity_for(len(start))),
        negative_gradient_method=tsne_method(*start.shape),
        n_jobs=1,
        random_state=seed,
    )
    steps = [int(phase["steps"]) for phase in TSNE_PHASES]
    for number, phase in enumerate(TSNE_PHASES):
        done = sum(steps[:number])

        def advance(step: int, _error: float, _embedding: object, done: int = done) -> None:
            report(done + step, sum(steps))

        embedding.optimize(
            steps[number],
            inplace=True,
            exaggeration=phase["exaggeration"],
            momentum=phase["momentum"],
            ints_in_interval=phase["grid"],
            callbacks=advance,
            callbacks_every_iters=5,
        )
    return np.asarray(embedding)


def _affinities(graph: NeighborGraph, perplexity: int) -> Affinities:
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    closest = graph.closest(NEIGHBORS_PER_PERPLEXITY * perplexity)
    neighbors = PrecomputedNeighbors(
        closest.rows.astype(np.int64), closest.distances.astype(np.float64)
    )
    return PerplexityBasedNN(perplexity=perplexity, knn_index=neighbors)


def umap(graph: NeighborGraph, start: Float32Matrix, seed: int, report: Report) -> Float32Matrix:
    """Run UMAP by the functions that umap-learn's class is made of, which take a ready graph."""
    from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

    _keep_compiled()
    random = np.random.RandomState(seed)  # what umap-learn takes
    own = np.arange(len(start))[:, None]  # for umap-learn a row is its own nearest neighbor
    closest = graph.closest(NUM_UMAP_NEIGHBORS - 1)
    weights, _, _ = fuzzy_simplicial_set(
        start,
        NUM_UMAP_NEIGHBORS,
        random,
        "cosine",
        knn_indices=np.hstack([own, closest.rows]),
        knn_dists=np.hstack([np.zeros(own.shape), closest.distances]).astype(np.float32),
    )
    curve_a, curve_b = find_ab_params(1.0, UMAP_MIN_DIST)
    layout, _ = simplicial_set_embedding(
        data=start,
        graph=weights,
        n_components=start.shape[1],
        initial_alpha=1.0,
        a=curve_a,
        b=curve_b,
        gamma=1.0,
        negative_sample_rate=UMAP_NEGATIVES,
        n_epochs=umap_epochs(len(start)),
        init=start.astype(np.float32),
        random_state=random,
        metric="cosine",
        metric_kwds={},
        densmap=False,
        densmap_kwds={},
        output_dens=False,
        tqdm_kwds={"file": _Reporter(report), "bar_format": "{n} {total}", "disable": False},
    )
    return np.asarray(layout)


def _keep_compiled() -> None:
    """Have numba keep on disk what it compiles of umap-learn, most of the time of a small map."""
    from umap import layouts, umap_

    compiled: dict[str, Any] = {
        "smooth_knn_dist": umap_,
        "compute_membership_strengths": umap_,
        "_nb_optimize_layout_euclidean_single_epoch": layouts,  # since umap-learn 0.5.8
    }
    for name, module in compiled.items():
        with suppress(AttributeError, RuntimeError):  # not there; no folder that can be written to
            getattr(module, name).enable_caching()


class _Reporter:
    """Where umap-learn's own bar, tqdm, writes "12 200"."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def write(self, text: str) -> None:
        counts = [int(word) for word in text.split() if word.isdigit()]
        if len(counts) == 2:
            self._report(counts[0], counts[1])

    def flush(self) -> None:
        """Have nothing to flush."""
