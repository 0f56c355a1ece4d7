"""t-SNE by openTSNE, in one thread: a second one would take UMAP's core (process.py)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.prepare.layouts.base import LayoutInput, LayoutMethod, Report
from projector_export.prepare.layouts.landmarks import NUM_NEAREST
from projector_export.prepare.layouts.neighbors import NeighborGraph

if TYPE_CHECKING:
    from openTSNE.affinity import Affinities

PLACING_PERPLEXITY = 5  # openTSNE's default, which takes 15 neighbors
PLACED_AT_ONCE = 100_000  # rows that do not act on each other, so that any number can be
MIN_PERPLEXITY, MAX_PERPLEXITY = 2, 15
ROWS_PER_PERPLEXITY = 10  # with 3, a small table collapses into one point
NEIGHBORS_PER_PERPLEXITY = 3  # openTSNE's own rule
FFT_FROM_ROWS = 4_000  # from here interpolation is faster than Barnes-Hut: twice at 6,000 rows

# A third of the time of openTSNE's defaults (perplexity 30; 250 steps at exaggeration 12, 500 at 1)
# for the same quality: see benchmarks/maps.py. Early steps are few because momentum is high;
# exaggeration falls gradually, so that the map unfolds sooner; the grid on which repulsion is
# interpolated is coarse while points still move far, and fine in the last steps only.
TSNE_PHASES: tuple[Mapping[str, float], ...] = (
    {"steps": 100, "exaggeration": 12, "momentum": 0.8, "grid": 1},
    {"steps": 75, "exaggeration": 4, "momentum": 0.8, "grid": 1},
    {"steps": 200, "exaggeration": 1, "momentum": 0.9, "grid": 2},
    {"steps": 40, "exaggeration": 1, "momentum": 0.8, "grid": 1},
)


def perplexity_for(num_rows: int) -> int:
    """Choose t-SNE's perplexity: 15, or less for fewer than 150 rows."""
    return int(np.clip(num_rows // ROWS_PER_PERPLEXITY, MIN_PERPLEXITY, MAX_PERPLEXITY))


def gradient_method(num_rows: int, dimensions: int) -> str:
    """Choose how openTSNE computes repulsion: by Fourier transforms, or by a Barnes-Hut tree."""
    return "fft" if dimensions == 2 and num_rows >= FFT_FROM_ROWS else "bh"


def compute_tsne(given: LayoutInput, report: Report) -> Float32Matrix:
    """Run t-SNE from the start (N, 2 or 3); return as many coordinates."""
    from openTSNE import TSNEEmbedding

    embedding = TSNEEmbedding(
        1e-4 * given.start,
        _affinities(given.graph, perplexity_for(len(given.start))),
        negative_gradient_method=gradient_method(*given.start.shape),
        n_jobs=1,
        random_state=given.seed,
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


def place_tsne(
    layout: Float32Matrix, given: LayoutInput, nearest: NeighborGraph, report: Report
) -> Float32Matrix:
    """Place rows among laid out landmarks (L, 2 or 3) by openTSNE's `transform`."""
    from openTSNE import TSNEEmbedding

    affinities = _affinities(given.graph, perplexity_for(len(layout)))
    landmarks = TSNEEmbedding(
        layout,
        affinities,
        negative_gradient_method=gradient_method(*layout.shape),
        n_jobs=1,
        random_state=given.seed,
    )
    num_rows = len(nearest.rows)
    placed = np.empty((num_rows, layout.shape[1]))
    for start in range(0, num_rows, PLACED_AT_ONCE):
        rows = slice(start, start + PLACED_AT_ONCE)
        found = nearest.rows[rows].astype(np.int64), nearest.distances[rows].astype(np.float64)
        # `transform` asks the index about data whose neighbors are known already.
        affinities.knn_index.query = lambda _data, k, found=found: [part[:, :k] for part in found]
        data = np.empty((len(found[0]), 1))
        placed[rows] = landmarks.transform(data, perplexity=PLACING_PERPLEXITY, k=NUM_NEAREST)
        report(min(start + PLACED_AT_ONCE, num_rows), num_rows)
    return placed + (layout[0] - np.asarray(landmarks)[0])  # it centers the landmarks


def _affinities(graph: NeighborGraph, perplexity: int) -> Affinities:
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    closest = graph.closest(NEIGHBORS_PER_PERPLEXITY * perplexity)
    neighbors = PrecomputedNeighbors(
        closest.rows.astype(np.int64), closest.distances.astype(np.float64)
    )
    return PerplexityBasedNN(perplexity=perplexity, knn_index=neighbors)


def _num_neighbors(num_rows: int) -> int:
    return min(NEIGHBORS_PER_PERPLEXITY * perplexity_for(num_rows), num_rows - 1)


def _parameters(num_rows: int, dimensions: int) -> dict[str, Any]:
    return {
        "metric": "cosine",
        "neighbors": "exact",
        "start": "pca",
        "perplexity": perplexity_for(num_rows),
        "num_neighbors": _num_neighbors(num_rows),
        "phases": [dict(phase) for phase in TSNE_PHASES],
        "learning_rate": "rows / exaggeration",
        "method": gradient_method(num_rows, dimensions),
        "openTSNE": version("openTSNE"),
    }


METHOD = LayoutMethod(
    title="t-SNE",
    compute=compute_tsne,
    parameters=_parameters,
    num_neighbors=_num_neighbors,
    min_rows=16,
    place=place_tsne,
)
