"""t-SNE and UMAP over one graph of exact cosine neighbors, from one start.

Both libraries are imported only when they are asked for. UMAP runs in one thread, because its
threads race; t-SNE gives the same in any number of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from projector_export.arrays import Float32Matrix, IntMatrix
from projector_export.cli.console import progress, quiet_native_libraries
from projector_export.prepare.geometry import unit_norm, viewer_pca

if TYPE_CHECKING:
    from rich.progress import Progress

MIN_PERPLEXITY, MAX_PERPLEXITY = 2, 30
ROWS_PER_PERPLEXITY = 10  # with 3, all rows of a small table attract each other into one point
NEIGHBORS_PER_PERPLEXITY = 3  # openTSNE's own rule
MAX_NEIGHBORS = NEIGHBORS_PER_PERPLEXITY * MAX_PERPLEXITY
EARLY_STEPS, LATE_STEPS = 250, 500  # openTSNE's own defaults
NUM_UMAP_NEIGHBORS = 15
UMAP_MIN_DIST = 0.1
FFT_FROM_ROWS = 10_000  # where openTSNE's interpolation gets faster than Barnes-Hut


def perplexity_for(num_rows: int) -> int:
    """Choose t-SNE's perplexity: 30, and less for fewer than 300 rows."""
    return int(np.clip(num_rows // ROWS_PER_PERPLEXITY, MIN_PERPLEXITY, MAX_PERPLEXITY))


class NeighborGraph(NamedTuple):
    """The nearest other rows of each row: `rows` (N, k), nearest first, and cosine `distances`."""

    rows: IntMatrix
    distances: Float32Matrix


def neighbor_graph(vectors: Float32Matrix, num_neighbors: int) -> NeighborGraph:
    """Find each row's exact nearest others by cosine; the time grows with the square of N."""
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(
        n_neighbors=num_neighbors, algorithm="brute", metric="sqeuclidean"
    ).fit(unit_norm(vectors))
    with progress() as bar:
        bar.add_task("neighbors", total=None, note="")
        squared, rows = search.kneighbors()  # without the row itself
    return NeighborGraph(rows, np.maximum(squared, 0) / 2)  # of unit rows, 1 - cosine


def common_start(vectors: Float32Matrix, *, dimensions: int, seed: int) -> Float32Matrix:
    """Take the principal components (N, 2 or 3) with a little noise, which parts equal rows."""
    centered = vectors - vectors.mean(axis=0)
    start = viewer_pca(centered, num_components=dimensions).astype(np.float64)
    noise = np.random.default_rng(seed).normal(size=start.shape)
    return start / (start[:, 0].std() or 1.0) + 1e-3 * noise


def tsne(graph: NeighborGraph, start: Float32Matrix, seed: int, bar: Progress) -> Float32Matrix:
    """Run t-SNE by openTSNE, with its default steps, from `start` (N, 2 or 3)."""
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    perplexity = perplexity_for(len(start))
    closest = slice(NEIGHBORS_PER_PERPLEXITY * perplexity)
    neighbors = PrecomputedNeighbors(graph.rows[:, closest], graph.distances[:, closest])
    affinities = PerplexityBasedNN(perplexity=perplexity, knn_index=neighbors)
    flat = start.shape[1] == 2
    method = "fft" if flat and len(start) >= FFT_FROM_ROWS else "bh"
    embedding = TSNEEmbedding(
        1e-4 * start, affinities, negative_gradient_method=method, n_jobs=1, random_state=seed
    )
    task = bar.add_task("t-SNE", total=EARLY_STEPS + LATE_STEPS, note="")

    def optimized(steps: int, **how: float) -> None:
        done = bar.tasks[task].completed

        def advance(step: int, _error: float, _embedding: object) -> None:
            bar.update(task, completed=done + step)

        embedding.optimize(steps, inplace=True, callbacks=advance, callbacks_every_iters=10, **how)

    optimized(EARLY_STEPS, exaggeration=12, momentum=0.5)
    optimized(LATE_STEPS, exaggeration=1, momentum=0.8)
    return np.asarray(embedding)


def umap(graph: NeighborGraph, start: Float32Matrix, seed: int, bar: Progress) -> Float32Matrix:
    """Run UMAP by the functions that umap-learn's class is made of, which take a ready graph."""
    with quiet_native_libraries():  # importing umap imports TensorFlow, if that is there
        from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

    random = np.random.RandomState(seed)  # what umap-learn takes
    own = np.arange(len(start))[:, None]  # for umap-learn a row is its own nearest neighbor
    closest = slice(NUM_UMAP_NEIGHBORS - 1)
    weights, _, _ = fuzzy_simplicial_set(
        start,
        NUM_UMAP_NEIGHBORS,
        random,
        "cosine",
        knn_indices=np.hstack([own, graph.rows[:, closest]]),
        knn_dists=np.hstack([np.zeros(own.shape), graph.distances[:, closest]]).astype(np.float32),
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
        negative_sample_rate=5,
        n_epochs=None,
        init=start.astype(np.float32),
        random_state=random,
        metric="cosine",
        metric_kwds={},
        densmap=False,
        densmap_kwds={},
        output_dens=False,
        tqdm_kwds={"file": _BarOfTqdm(bar), "bar_format": "{n} {total}", "disable": False},
    )
    return np.asarray(layout)


class _BarOfTqdm:
    """Where umap-learn's own bar, tqdm, writes "12 200": it moves our bar instead."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("UMAP", total=None, note="")

    def write(self, text: str) -> None:
        counts = [int(word) for word in text.split() if word.isdigit()]
        if len(counts) == 2:
            self._bar.update(self._task, completed=counts[0], total=counts[1])

    def flush(self) -> None:
        """Have nothing to flush."""
