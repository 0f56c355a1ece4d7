"""Finished maps of all points: PCA, t-SNE and UMAP.

The viewer lays out at most 10,000 points by t-SNE and 5,000 by UMAP, in the browser, again at each
visit. Here all points are laid out once, by openTSNE and umap-learn, over one graph of exact cosine
neighbors that both share, starting from the same principal components. The same vectors, options
and library versions give the same coordinates.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.cli.console import detail, progress, remark
from projector_export.errors import UsageError
from projector_export.prepare.geometry import sphereize, viewer_pca
from projector_export.prepare.layouts.cache import load_layout, store_layout
from projector_export.prepare.layouts.methods import (
    EARLY_STEPS,
    LATE_STEPS,
    MAX_NEIGHBORS,
    NUM_UMAP_NEIGHBORS,
    UMAP_MIN_DIST,
    NeighborGraph,
    common_start,
    neighbor_graph,
    perplexity_for,
    tsne,
    umap,
)
from projector_export.prepare.layouts.rotation import squared

TSNE, UMAP, PCA = "tsne", "umap", "pca"
TITLES: Mapping[str, str] = {TSNE: "t-SNE", UMAP: "UMAP", PCA: "PCA"}

MIN_ROWS = NUM_UMAP_NEIGHBORS + 1


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
        return neighbor_graph(vectors, min(MAX_NEIGHBORS, len(vectors) - 1))

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


def parameters(name: str, options: LayoutOptions, *, num_rows: int) -> dict[str, Any]:
    """Say what one layout of `num_rows` rows is made of, for the record."""
    shared = {"metric": "cosine", "neighbors": "exact", "start": "pca", "seed": options.seed}
    of_layout: dict[str, dict[str, Any]] = {
        TSNE: {
            **shared,
            "perplexity": perplexity_for(num_rows),
            "steps": [EARLY_STEPS, LATE_STEPS],
            "openTSNE": version("openTSNE"),
        },
        UMAP: {
            **shared,
            "n_neighbors": NUM_UMAP_NEIGHBORS,
            "min_dist": UMAP_MIN_DIST,
            "umap-learn": version("umap-learn"),
        },
        PCA: {"values": "as the viewer computes them"},
    }
    return {"dimensions": options.dimensions, **of_layout[name]}


def _compute(
    name: str,
    vectors: Float32Matrix,
    options: LayoutOptions,
    graph: Callable[[], NeighborGraph],
) -> Float32Matrix:
    if name == PCA:
        return viewer_pca(sphereize(vectors), num_components=options.dimensions)
    start = common_start(vectors, dimensions=options.dimensions, seed=options.seed)
    neighbors = graph()
    with progress() as bar:
        lay_out = {TSNE: tsne, UMAP: umap}[name]
        return squared(lay_out(neighbors, start, options.seed, bar))


def _cache_key(vectors: Float32Matrix, name: str, options: LayoutOptions) -> str:
    made_of = parameters(name, options, num_rows=len(vectors))
    made_of |= {"shape": vectors.shape, "layout": name}
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(vectors, dtype="<f4").tobytes())
    return digest.hexdigest()
