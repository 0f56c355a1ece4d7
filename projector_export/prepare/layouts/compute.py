"""Compute the requested layouts, or take them from the cache.

The viewer lays out at most 10,000 points by t-SNE and 5,000 by UMAP, in the browser, again at each
visit. Here all points are laid out once. Methods share one graph of exact cosine neighbors and
start from the same principal components; a method with its own process runs in parallel to the
others. The same vectors, options and library versions give the same coordinates on the same
machine, whatever the number of cores.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.errors import UsageError
from projector_export.large_arrays import row_chunks
from projector_export.native_libraries import return_free_memory
from projector_export.nearest import did_you_mean
from projector_export.prepare.layouts import LAYOUTS
from projector_export.prepare.layouts.base import LayoutInput, Report, common_start
from projector_export.prepare.layouts.cache import load_layout, store_layout
from projector_export.prepare.layouts.landmarks import MAX_LANDMARKS, NUM_NEAREST
from projector_export.prepare.layouts.large_tables import lay_out_by_landmarks
from projector_export.prepare.layouts.neighbors import NeighborGraph, neighbor_graph
from projector_export.prepare.layouts.process import LayoutProcess, layout_process
from projector_export.prepare.layouts.rotation import rotate_to_square
from projector_export.progress import ProgressCallback, no_progress
from projector_export.threads import one_blas_thread

logger = logging.getLogger(__name__)

Keep = Callable[[str, Float32Matrix], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutOptions:
    """Which layouts to compute, and how.

    Attributes:
        names: keys of LAYOUTS, in the order in which the viewer offers them.
        dimensions: 2 or 3.
        seed: the same seed gives the same layouts.
        cache_path: a folder that caches layouts; None caches none.
    """

    names: tuple[str, ...] = ()
    dimensions: int = 2
    seed: int = 0
    cache_path: Path | None = None

    def __post_init__(self) -> None:
        """Refuse unknown layouts and numbers of dimensions.

        Raises:
            UsageError: a layout does not exist, its extra is not installed, the number of
                dimensions is not 2 or 3, or the seed is negative.
        """
        for name in self.names:
            _require_method(name)
        if self.dimensions not in {2, 3}:
            raise UsageError(f"a layout has 2 or 3 dimensions, not {self.dimensions}")
        if self.seed < 0:
            raise UsageError(f"the seed is {self.seed}; expected 0 or more")


@one_blas_thread()
def compute_layouts(
    vectors: Float32Matrix,
    options: LayoutOptions,
    *,
    on_progress: ProgressCallback = no_progress,
) -> dict[str, Float32Matrix]:
    """Lay out (N, D) rows; return name -> float32 (N, 2 or 3), from the cache if possible.

    Methods that need more than N rows are left out, which is logged.

    Raises:
        JobFailedError: a process that computes a layout failed.
    """
    names = _with_enough_rows(options.names, len(vectors))
    keys = {name: _cache_key(vectors, name, options) for name in names}
    layouts = {}
    for name in names:
        layout = load_layout(options.cache_path, name, keys[name])
        if layout is not None:
            logger.debug("the %s layout is in the cache", LAYOUTS[name].title)
            layouts[name] = layout

    def keep(name: str, layout: Float32Matrix) -> None:
        layout = rotate_to_square(layout) if LAYOUTS[name].is_rotatable else layout
        store_layout(options.cache_path, name, keys[name], layout)
        layouts[name] = layout

    missing = [name for name in names if name not in layouts]
    too_large = [name for name in missing if _uses_landmarks(name, len(vectors))]
    if too_large:
        for name, layout in _by_landmarks(too_large, vectors, options, on_progress).items():
            keep(name, layout)
    if direct := [name for name in missing if name not in too_large]:
        _compute_side_by_side(direct, vectors, options, keep, on_progress)
    return {name: layouts[name] for name in names}


def parameters(name: str, options: LayoutOptions, *, num_rows: int) -> dict[str, Any]:
    """Return the parameters of one layout of `num_rows` rows, for the record."""
    landmarks = {}
    if _uses_landmarks(name, num_rows):
        num_rows = MAX_LANDMARKS
        landmarks = {"landmarks": MAX_LANDMARKS, "nearest_landmarks": NUM_NEAREST}
    own = LAYOUTS[name].parameters(num_rows, options.dimensions)
    return {"dimensions": options.dimensions, "seed": options.seed, **own, **landmarks}


def _uses_landmarks(name: str, num_rows: int) -> bool:
    return LAYOUTS[name].needs_landmarks and num_rows > MAX_LANDMARKS


def _by_landmarks(
    names: list[str], vectors: Float32Matrix, options: LayoutOptions, on_progress: ProgressCallback
) -> dict[str, Float32Matrix]:
    def lay_out(rows: Float32Matrix) -> tuple[LayoutInput, dict[str, Float32Matrix]]:
        layouts: dict[str, Float32Matrix] = {}
        given = _compute_side_by_side(names, rows, options, layouts.__setitem__, on_progress)
        return given, layouts

    return lay_out_by_landmarks(
        {name: LAYOUTS[name] for name in names},
        vectors,
        lay_out,
        seed=options.seed,
        reporter=lambda task: lambda done, total: on_progress(task, done, total),
    )


def _require_method(name: str) -> None:
    if name not in LAYOUTS:
        tip = did_you_mean(name, list(LAYOUTS))
        raise UsageError(
            f"there is no layout {name!r}", tip=f"{tip}layouts are {', '.join(LAYOUTS)}"
        )
    extra = LAYOUTS[name].extra
    if extra is not None and find_spec(extra) is None:
        raise UsageError(
            f"the layout {name!r} needs a package that is not installed",
            tip=f"pip install 'projector-export[{extra}]'",
        )


def _with_enough_rows(names: tuple[str, ...], num_rows: int) -> tuple[str, ...]:
    for name in names:
        if num_rows < LAYOUTS[name].min_rows:
            logger.info(
                "%d rows are too few for %s, which needs %d",
                num_rows,
                LAYOUTS[name].title,
                LAYOUTS[name].min_rows,
            )
    return tuple(name for name in names if num_rows >= LAYOUTS[name].min_rows)


def _compute_side_by_side(
    names: list[str],
    vectors: Float32Matrix,
    options: LayoutOptions,
    keep: Keep,
    on_progress: ProgressCallback,
) -> LayoutInput:
    """Compute layouts, and pass each to `keep` as soon as it is finished; return their input.

    Methods with their own process start at once, to import their library in the meantime.
    """
    return_free_memory()  # methods with their own process need it
    with ExitStack() as processes:
        own = {
            name: processes.enter_context(layout_process(name))
            for name in names
            if LAYOUTS[name].has_own_process
        }
        given = _layout_input(names, vectors, options, on_progress)
        for name, process in own.items():
            process.begin(given, _reporter(on_progress, name))
        for name in names:
            if name not in own:
                report = _watching(own, _reporter(on_progress, name))
                keep(name, LAYOUTS[name].compute(given, report))
        for name, process in own.items():
            keep(name, process.result())
        return given


def _layout_input(
    names: list[str], vectors: Float32Matrix, options: LayoutOptions, on_progress: ProgressCallback
) -> LayoutInput:
    num_rows = len(vectors)
    num_neighbors = max(LAYOUTS[name].num_neighbors(num_rows) for name in names)
    graph = NeighborGraph(np.empty((num_rows, 0), np.int32), np.empty((num_rows, 0), np.float32))
    if num_neighbors:
        report: Report = lambda done, total: on_progress("neighbors", done, total)  # noqa: E731
        graph = neighbor_graph(vectors, num_neighbors, report)
    start = common_start(vectors, dimensions=options.dimensions, seed=options.seed)
    return LayoutInput(vectors, start, graph, options.seed)


def _reporter(on_progress: ProgressCallback, name: str) -> Report:
    return lambda done, total: on_progress(LAYOUTS[name].title, done, total)


def _watching(processes: Mapping[str, LayoutProcess], report: Report) -> Report:
    """Fail as soon as a process does, not after the layout that is computed here."""

    def report_and_watch(done: int, total: int) -> None:
        report(done, total)
        for process in processes.values():
            process.refuse_failure()

    return report_and_watch


def _cache_key(vectors: Float32Matrix, name: str, options: LayoutOptions) -> str:
    key = parameters(name, options, num_rows=len(vectors))
    key |= {"shape": vectors.shape, "layout": name}
    digest = hashlib.sha256(json.dumps(key, sort_keys=True).encode())
    for rows in row_chunks(vectors):
        digest.update(np.ascontiguousarray(vectors[rows], dtype="<f4").tobytes())
    return digest.hexdigest()
