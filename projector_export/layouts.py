"""Finished maps of all points: PCA, t-SNE and UMAP.

The viewer lays out at most 10,000 points by t-SNE and 5,000 by UMAP, in the browser, again at each
visit. Here all points are laid out once, by openTSNE and umap-learn, over one graph of exact cosine
neighbors that both share, starting from the same principal components. The same vectors, options
and library versions give the same coordinates: UMAP runs in one thread, because its threads race.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from projector_export.console import detail, progress, quiet_native_libraries, remark
from projector_export.errors import UsageError
from projector_export.geometry import sphereize, unit_norm
from projector_export.layout_cache import load_layout, store_layout
from projector_export.types import Float32Matrix, IntMatrix

if TYPE_CHECKING:
    from rich.progress import Progress

TSNE, UMAP, PCA = "tsne", "umap", "pca"
TITLES: Mapping[str, str] = {TSNE: "t-SNE", UMAP: "UMAP", PCA: "PCA"}

PERPLEXITY = 30
NUM_TSNE_NEIGHBORS = 3 * PERPLEXITY  # openTSNE's own rule
EARLY_STEPS, LATE_STEPS = 250, 500  # openTSNE's own defaults
NUM_UMAP_NEIGHBORS = 15
UMAP_MIN_DIST = 0.1
MIN_ROWS = NUM_UMAP_NEIGHBORS + 1
FFT_FROM_ROWS = 10_000  # where openTSNE's interpolation gets faster than Barnes-Hut
PCA_SAMPLE_ROWS = 50_000  # PCA_SAMPLE_SIZE, data.ts:93


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutOptions:
    """Which layouts to make, and how.

    Attributes:
        names: of `tsne`, `umap` and `pca`, in the order in which they are offered.
        dimensions: 2, or 3.
        seed: the same seed gives the same layouts.
        cache_path: a folder that keeps layouts for the next time.
    """

    names: tuple[str, ...] = ()
    dimensions: int = 2
    seed: int = 0
    cache_path: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what there is no layout for."""
        if unknown := [name for name in self.names if name not in TITLES]:
            raise UsageError(
                f"there is no layout {unknown[0]!r}", tip=f"layouts are {', '.join(TITLES)}"
            )
        if self.dimensions not in (2, 3):
            raise UsageError(f"a layout has 2 or 3 dimensions, not {self.dimensions}")


class NeighborGraph(NamedTuple):
    """The nearest other rows of each row: `rows` (N, k), nearest first, and cosine `distances`."""

    rows: IntMatrix
    distances: Float32Matrix


def compute_layouts(vectors: Float32Matrix, options: LayoutOptions) -> dict[str, Float32Matrix]:
    """Lay out (N, D) rows; return name -> float32 (N, 2 or 3), from the cache where it has them.

    With fewer than 16 rows there is nothing for t-SNE and UMAP to work on; they are left out.
    """
    names = options.names
    if len(vectors) < MIN_ROWS and set(names) - {PCA}:
        remark(f"{len(vectors)} rows are too few for t-SNE and UMAP, which need {MIN_ROWS}")
        names = tuple(name for name in names if name == PCA)

    @cache
    def graph() -> NeighborGraph:
        return neighbor_graph(vectors, min(NUM_TSNE_NEIGHBORS, len(vectors) - 1))

    layouts = {}
    for name in names:
        key = _cache_key(vectors, name, options)
        layout = load_layout(options.cache_path, name, key)
        if layout is None:
            layout = _compute(name, vectors, options, graph)
            store_layout(options.cache_path, name, key, layout)
        else:
            detail(f"the {TITLES[name]} layout is in the cache")
        layouts[name] = layout
    return layouts


def parameters(name: str, options: LayoutOptions) -> dict[str, Any]:
    """Say what one layout is made of, for the record."""
    shared = {"metric": "cosine", "neighbors": "exact", "start": "pca", "seed": options.seed}
    of_layout: dict[str, dict[str, Any]] = {
        TSNE: {
            **shared,
            "perplexity": PERPLEXITY,
            "steps": [EARLY_STEPS, LATE_STEPS],
            "openTSNE": version("openTSNE"),
        },
        UMAP: {
            **shared,
            "n_neighbors": NUM_UMAP_NEIGHBORS,
            "min_dist": UMAP_MIN_DIST,
            "umap-learn": version("umap-learn"),
        },
        PCA: {"centered": "as the viewer does"},
    }
    return {"dimensions": options.dimensions, **of_layout[name]}


def viewer_pca(rows: Float32Matrix, *, num_components: int = 10) -> Float32Matrix:
    """Compute the principal components (N, <= 10) of rows as the viewer has them, as it does.

    It takes the eigenvectors of X'X / n without centring (data.ts:276-330, TensorBoard 2.21.0). Of
    more than 50,000 rows it takes a random sample; here it is the first ones. From more than 200
    dimensions it goes by a random projection, different at each visit; these values are exact. The
    signs are arbitrary there; here the largest weight of each component is positive.
    """
    sample = rows[:PCA_SAMPLE_ROWS].astype(np.float64)
    _, vectors = np.linalg.eigh(sample.T @ sample / len(sample))  # (D, D), smallest first
    axes = vectors[:, ::-1][:, :num_components]  # (D, C)
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    return (rows @ (axes * np.where(largest < 0, -1, 1))).astype(np.float32)


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


def squared(layout: Float32Matrix) -> Float32Matrix:
    """Turn (N, 2 or 3) so that it spans the same on every axis, from -1 to 1.

    The viewer stretches each axis by itself to fill the plot. A layout may be turned at will, and
    each has a turn at which its bounding box is a square, or a cube (Kakutani's theorem): turned
    so, it is shown in its true proportions.
    """
    from scipy.optimize import brentq

    if layout.shape[1] == 3:
        turned = layout @ _turn_to_cube(layout)
    else:
        quarter = np.pi / 2  # from here the two extents have changed places
        turned = layout @ _turn(brentq(lambda angle: _excess(layout @ _turn(angle)), 0, quarter))
    middle = (turned.max(axis=0) + turned.min(axis=0)) / 2
    half = np.ptp(turned, axis=0).max() / 2 or 1.0
    return ((turned - middle) / half).astype(np.float32)


def _turn(angle: float) -> Float32Matrix:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _excess(layout: Float32Matrix) -> float:
    width, height = np.ptp(layout, axis=0)
    return float(width - height)


def _turn_to_cube(layout: Float32Matrix) -> Float32Matrix:
    """Search the rotation (3, 3) whose extents are most alike; only the outermost points matter."""
    from scipy.optimize import minimize
    from scipy.spatial import ConvexHull
    from scipy.spatial.transform import Rotation

    outer = layout[ConvexHull(layout, qhull_options="QJ").vertices].astype(np.float64)

    def unevenness(turn: Float32Matrix) -> float:
        extents = np.ptp(outer @ Rotation.from_rotvec(turn).as_matrix(), axis=0)
        return float(np.ptp(extents) / extents.max())

    starts = np.random.default_rng(0).normal(size=(12, 3))
    found = min(
        (minimize(unevenness, start, method="Nelder-Mead") for start in starts),
        key=lambda result: float(result.fun),
    )
    return np.asarray(Rotation.from_rotvec(found.x).as_matrix())


def _compute(
    name: str,
    vectors: Float32Matrix,
    options: LayoutOptions,
    graph: Callable[[], NeighborGraph],
) -> Float32Matrix:
    if name == PCA:
        return viewer_pca(sphereize(vectors), num_components=options.dimensions)
    compute = {TSNE: _tsne, UMAP: _umap}[name]
    start = _start(vectors, options)
    neighbors = graph()
    with progress() as bar:
        return squared(compute(neighbors, start, options.seed, bar))


def _start(vectors: Float32Matrix, options: LayoutOptions) -> Float32Matrix:
    """Take the principal components (N, 2 or 3) with a little noise, which parts equal rows."""
    centered = vectors - vectors.mean(axis=0)
    start = viewer_pca(centered, num_components=options.dimensions).astype(np.float64)
    noise = np.random.default_rng(options.seed).normal(size=start.shape)
    return start / (start[:, 0].std() or 1.0) + 1e-3 * noise


def _tsne(graph: NeighborGraph, start: Float32Matrix, seed: int, bar: Progress) -> Float32Matrix:
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    perplexity = min(PERPLEXITY, graph.rows.shape[1] / 3)
    affinities = PerplexityBasedNN(
        perplexity=perplexity, knn_index=PrecomputedNeighbors(graph.rows, graph.distances)
    )
    flat = start.shape[1] == 2
    method = "fft" if flat and len(start) >= FFT_FROM_ROWS else "bh"
    embedding = TSNEEmbedding(
        1e-4 * start, affinities, negative_gradient_method=method, n_jobs=1, random_state=seed
    )
    task = bar.add_task(TITLES[TSNE], total=EARLY_STEPS + LATE_STEPS, note="")

    def optimized(steps: int, **how: float) -> None:
        done = bar.tasks[task].completed

        def advance(step: int, _error: float, _embedding: object) -> None:
            bar.update(task, completed=done + step)

        embedding.optimize(steps, inplace=True, callbacks=advance, callbacks_every_iters=10, **how)

    optimized(EARLY_STEPS, exaggeration=12, momentum=0.5)
    optimized(LATE_STEPS, exaggeration=1, momentum=0.8)
    return np.asarray(embedding)


def _umap(graph: NeighborGraph, start: Float32Matrix, seed: int, bar: Progress) -> Float32Matrix:
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
        self._task = bar.add_task(TITLES[UMAP], total=None, note="")

    def write(self, text: str) -> None:
        counts = [int(word) for word in text.split() if word.isdigit()]
        if len(counts) == 2:
            self._bar.update(self._task, completed=counts[0], total=counts[1])

    def flush(self) -> None:
        """Have nothing to flush."""


def _cache_key(vectors: Float32Matrix, name: str, options: LayoutOptions) -> str:
    made_of = {"shape": vectors.shape, "layout": name, **parameters(name, options)}
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(vectors, dtype="<f4").tobytes())
    return digest.hexdigest()
