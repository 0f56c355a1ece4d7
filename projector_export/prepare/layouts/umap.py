"""UMAP by umap-learn, in one thread, as its threads race, and in its own process."""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import version
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.prepare.layouts.base import LayoutInput, LayoutMethod, Report
from projector_export.viewer_facts import UMAP_MIN_DIST, UMAP_NEIGHBORS

NEGATIVE_SAMPLE_RATE = 5
# umap-learn's defaults: more epochs for small tables.
NUM_EPOCHS, NUM_EPOCHS_SMALL, MAX_SMALL_ROWS = 200, 500, 10_000


def num_epochs(num_rows: int) -> int:
    """Choose the number of epochs over the graph."""
    return NUM_EPOCHS_SMALL if num_rows <= MAX_SMALL_ROWS else NUM_EPOCHS


def compute_umap(given: LayoutInput, report: Report) -> Float32Matrix:
    """Run UMAP by the functions that umap-learn's class calls, which accept a finished graph."""
    from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding

    _keep_compiled()
    start = given.start
    rng = np.random.RandomState(given.seed)  # umap-learn takes no Generator
    own = np.arange(len(start))[:, None]  # for umap-learn a row is its own nearest neighbor
    closest = given.graph.closest(UMAP_NEIGHBORS - 1)
    weights, _, _ = fuzzy_simplicial_set(
        start,
        UMAP_NEIGHBORS,
        rng,
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
        negative_sample_rate=NEGATIVE_SAMPLE_RATE,
        n_epochs=num_epochs(len(start)),
        init=start.astype(np.float32),
        random_state=rng,
        metric="cosine",
        metric_kwds={},
        densmap=False,
        densmap_kwds={},
        output_dens=False,
        tqdm_kwds={"file": _Reporter(report), "bar_format": "{n} {total}", "disable": False},
    )
    return np.asarray(layout)


def _keep_compiled() -> None:
    """Make numba cache compiled code on disk: compiling takes most of the time of a small map."""
    from umap import layouts, umap_

    compiled: dict[str, Any] = {
        "smooth_knn_dist": umap_,
        "compute_membership_strengths": umap_,
        "_nb_optimize_layout_euclidean_single_epoch": layouts,  # since umap-learn 0.5.8
    }
    for name, module in compiled.items():
        with suppress(AttributeError, RuntimeError):  # it does not exist; no writable folder
            getattr(module, name).enable_caching()


class _Reporter:
    """The file to which umap-learn's progress bar, tqdm, writes "12 200"."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def write(self, text: str) -> None:
        counts = [int(word) for word in text.split() if word.isdigit()]
        if len(counts) == 2:
            self._report(counts[0], counts[1])

    def flush(self) -> None:
        """Do nothing."""


def _parameters(num_rows: int, _dimensions: int) -> dict[str, Any]:
    return {
        "metric": "cosine",
        "neighbors": "exact",
        "start": "pca",
        "n_neighbors": UMAP_NEIGHBORS,
        "min_dist": UMAP_MIN_DIST,
        "n_epochs": num_epochs(num_rows),
        "negative_sample_rate": NEGATIVE_SAMPLE_RATE,
        "umap-learn": version("umap-learn"),
    }


METHOD = LayoutMethod(
    title="UMAP",
    compute=compute_umap,
    parameters=_parameters,
    num_neighbors=lambda num_rows: min(UMAP_NEIGHBORS - 1, num_rows - 1),
    min_rows=UMAP_NEIGHBORS + 1,
    has_own_process=True,
)
