"""PaCMAP, which preserves more of the large distances; the optional extra `pacmap` installs it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.prepare.layouts.base import LayoutInput, LayoutMethod, Report

NUM_NEIGHBORS = 10  # PaCMAP's default
MIN_ROWS = 50  # with fewer it samples more pairs than there are


def compute_pacmap(given: LayoutInput, report: Report) -> Float32Matrix:
    """Run PaCMAP on vectors (N, D) from the start (N, 2 or 3); return as many coordinates."""
    from pacmap import PaCMAP

    method = PaCMAP(
        n_components=given.start.shape[1],
        n_neighbors=NUM_NEIGHBORS,
        distance="angular",
        random_state=given.seed,
        apply_pca=False,
    )
    layout = method.fit_transform(given.vectors, init=given.start.astype(np.float32))
    report(1, 1)
    return np.asarray(layout)


def _parameters(_num_rows: int, _dimensions: int) -> dict[str, Any]:
    return {
        "metric": "angular",
        "start": "pca",
        "n_neighbors": NUM_NEIGHBORS,
        "pacmap": version("pacmap"),
    }


METHOD = LayoutMethod(
    title="PaCMAP",
    compute=compute_pacmap,
    parameters=_parameters,
    min_rows=MIN_ROWS,
    has_own_process=True,
    extra="pacmap",
)
