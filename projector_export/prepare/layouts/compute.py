"""Finished maps of all points: PCA, t-SNE and UMAP.

The viewer lays out at most 10,000 points by t-SNE and 5,000 by UMAP, in the browser, again at each
visit. Here all points are laid out once, by openTSNE and umap-learn side by side, over one graph of
exact cosine neighbors that both share, starting from the same principal components. The same
vectors, options and library versions give the same coordinates on the same machine, whatever the
number of cores.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.cli.console import detail, progress, remark
from projector_export.errors import UsageError
from projector_export.prepare.geometry import sphereize, viewer_pca
from projector_export.prepare.layouts.cache import load_layout, store_layout
from projector_export.prepare.layouts.methods import (
    MAX_NEIGHBORS,
    NEIGHBORS_PER_PERPLEXITY,
    NUM_UMAP_NEIGHBORS,
    TSNE_PHASES,
    UMAP_MIN_DIST,
    UMAP_NEGATIVES,
    common_start,
    perplexity_for,
    tsne,
    tsne_method,
    umap_epochs,
)
from projector_export.prepare.layouts.neighbors import Report, neighbor_graph
from projector_export.prepare.layouts.process import umap_process
from projector_export.prepare.layouts.rotation import squared
from projector_export.threads import one_blas_thread

if TYPE_CHECKING:
    from rich.progress import Progress

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


@one_blas_thread()
def compute_layouts(vectors: Float32Matrix, options: LayoutOptions) -> dict[str, Float32Matrix]:
    """Lay out (N, D) rows; return name -> float32 (N, 2 or 3), from the cache where it has them.

    With fewer than 16 rows there is nothing for t-SNE and UMAP to work on; they are left out.

    Raises:
        JobFailedError: the process that computes UMAP failed.
    """
    names = _possible(options.names, len(vectors))
    keys = {name: _cache_key(vectors, name, options) for name in names}
    layouts = {}
    for name in names:
        layout = load_layout(options.cache_path, name, keys[name])
        if layout is not None:
            detail(f"the {TITLES[name]} layout is in the cache")
            layouts[name] = layout

    def keep(name: str, layout: Float32Matrix) -> None:
        store_layout(options.cache_path, name, keys[name], layout)
        layouts[name] = layout

    missing = set(names) - layouts.keys()
    if PCA in missing:
        keep(PCA, viewer_pca(sphereize(vectors), num_components=options.dimensions))
    if missing - {PCA}:
        _lay_out_by_neighbors(vectors, options, missing, keep)
    return {name: layouts[name] for name in names}


def parameters(name: str, options: LayoutOptions, *, num_rows: int) -> dict[str, Any]:
    """Say what one layout of `num_rows` rows is made of, for the record."""
    shared = {"metric": "cosine", "neighbors": "exact", "start": "pca", "seed": options.seed}
    of_layout: dict[str, dict[str, Any]] = {
        TSNE: {
            **shared,
            "perplexity": perplexity_for(num_rows),
            "num_neighbors": min(NEIGHBORS_PER_PERPLEXITY * perplexity_for(num_rows), num_rows - 1),
            "phases": [dict(phase) for phase in TSNE_PHASES],
            "learning_rate": "rows / exaggeration",
            "method": tsne_method(num_rows, options.dimensions),
            "openTSNE": version("openTSNE"),
        },
        UMAP: {
            **shared,
            "n_neighbors": NUM_UMAP_NEIGHBORS,
            "min_dist": UMAP_MIN_DIST,
            "n_epochs": umap_epochs(num_rows),
            "negative_sample_rate": UMAP_NEGATIVES,
            "umap-learn": version("umap-learn"),
        },
        PCA: {"values": "as the viewer computes them"},
    }
    return {"dimensions": options.dimensions, **of_layout[name]}


def _possible(names: tuple[str, ...], num_rows: int) -> tuple[str, ...]:
    if num_rows >= MIN_ROWS or set(names) <= {PCA}:
        return names
    remark(f"{num_rows} rows are too few for t-SNE and UMAP, which need {MIN_ROWS}")
    return tuple(name for name in names if name == PCA)


def _lay_out_by_neighbors(
    vectors: Float32Matrix,
    options: LayoutOptions,
    names: set[str],
    keep: Callable[[str, Float32Matrix], None],
) -> None:
    """Hand t-SNE and UMAP, whichever is in `names`, to `keep`, each as soon as it is there.

    UMAP has a process of its own, which starts at once; t-SNE runs here.
    """
    seed = options.seed
    with progress() as bar, umap_process() if UMAP in names else nullcontext() as process:
        start = common_start(vectors, dimensions=options.dimensions, seed=seed)
        num_neighbors = min(MAX_NEIGHBORS, len(vectors) - 1)
        graph = neighbor_graph(vectors, num_neighbors, _reporter(bar, "neighbors"))
        if process:
            process.begin(graph, start, seed, _reporter(bar, TITLES[UMAP]))
        if TSNE in names:
            moves_bar = _reporter(bar, TITLES[TSNE])

            def report(done: int, total: int) -> None:
                moves_bar(done, total)
                if process:
                    process.refuse_failure()  # now, not after t-SNE

            keep(TSNE, squared(tsne(graph, start, seed, report)))
        if process:
            keep(UMAP, squared(process.result()))


def _reporter(bar: Progress, title: str) -> Report:
    task = bar.add_task(title, total=None, note="")
    return lambda done, total: bar.update(task, completed=done, total=total)


def _cache_key(vectors: Float32Matrix, name: str, options: LayoutOptions) -> str:
    made_of = parameters(name, options, num_rows=len(vectors))
    made_of |= {"shape": vectors.shape, "layout": name}
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(vectors, dtype="<f4").tobytes())
    return digest.hexdigest()
