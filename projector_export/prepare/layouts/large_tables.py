"""Lay out tables that are too large for an exact neighbor graph, by landmarks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.large_arrays import take_rows
from projector_export.prepare.layouts.base import LayoutInput, LayoutMethod, Report
from projector_export.prepare.layouts.landmarks import NUM_NEAREST, choose_landmarks
from projector_export.prepare.layouts.neighbors import nearest_landmarks

logger = logging.getLogger(__name__)

LayOut = Callable[[Float32Matrix], tuple[LayoutInput, Mapping[str, Float32Matrix]]]
Reporter = Callable[[str], Report]


def lay_out_by_landmarks(
    methods: Mapping[str, LayoutMethod],
    vectors: Float32Matrix,
    lay_out: LayOut,
    *,
    seed: int,
    reporter: Reporter,
) -> dict[str, Float32Matrix]:
    """Lay out a sample of (N, D) rows, and place the others among them.

    Args:
        methods: name -> a method that can place rows.
        vectors: more rows than landmarks.
        lay_out: lays out the landmarks by all methods; returns their input and the layouts.
        seed: chooses the landmarks.
        reporter: name of a task -> what its progress is reported to.
    """
    landmarks = choose_landmarks(len(vectors), seed=seed)
    others = np.setdiff1d(np.arange(len(vectors)), landmarks)
    logger.info(
        "%s of %s rows are laid out, and the others placed among them",
        f"{len(landmarks):,}",
        f"{len(vectors):,}",
    )
    laid_out = take_rows(vectors, landmarks)
    given, layouts = lay_out(laid_out)
    nearest = nearest_landmarks(
        take_rows(vectors, others), laid_out, NUM_NEAREST, reporter("nearest landmarks")
    )
    placed = {}
    for name, layout in layouts.items():
        placed[name] = np.empty((len(vectors), layout.shape[1]), np.float32)
        placed[name][landmarks] = layout
        report = reporter(f"{methods[name].title} of the others")
        placed[name][others] = methods[name].place(layout, given, nearest, report)
    return placed
