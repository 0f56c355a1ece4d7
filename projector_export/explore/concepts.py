"""Concepts: the values of a column, each at the mean of its rows, and how near they are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from projector_export.arrays import Float32Matrix, Float64Matrix, Float64Vector, IntVector
from projector_export.errors import InputError
from projector_export.explore.map_pictures import add_legend, map_axes
from projector_export.explore.picture import PALETTE, Preset, new_figure, shortened
from projector_export.explore.titles import add_titles
from projector_export.prepare.cells import LIST_SEPARATOR, UNKNOWN
from projector_export.prepare.colors import OTHER
from projector_export.prepare.geometry import unit_norm, viewer_pca

MIN_ROWS = 3  # of a concept: a mean of fewer says more about them than about it
MIN_CONCEPTS = 3
SIZES_IN_LEGEND = 3


@dataclass(frozen=True, slots=True, eq=False)
class Concept:
    """A value of a column: how many rows have it, and the mean direction of their vectors (D,)."""

    name: str
    num_rows: int
    mean: Float32Matrix


def find_concepts(vectors: Float32Matrix, column: pd.Series, *, most: int) -> list[Concept]:
    """Return the most frequent values of a column, the most frequent first.

    Args:
        vectors: (N, D), compared by cosine.
        column: N cells; one of several values, such as "a; b", counts for each.
        most: how many to return.

    Raises:
        InputError: fewer than three values have three rows or more.
    """
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, cell in enumerate(column.astype(str)):
        for name in dict.fromkeys(cell.split(LIST_SEPARATOR)):
            rows_of[name].append(row)
    names = [
        name
        for name, rows in rows_of.items()
        if len(rows) >= MIN_ROWS and name not in {"", OTHER, UNKNOWN}
    ]
    if len(names) < MIN_CONCEPTS:
        raise InputError(
            f"the column {column.name!r} has {len(names)} values that {MIN_ROWS} or more rows "
            f"have; expected at least {MIN_CONCEPTS}",
            tip="choose a column of categories",
        )
    names.sort(key=lambda name: (-len(rows_of[name]), name))
    units = unit_norm(vectors)
    return [
        Concept(name, len(rows_of[name]), units[rows_of[name]].mean(axis=0))
        for name in names[:most]
    ]


def place_concepts(means: Float32Matrix) -> Float64Matrix:
    """Place C concepts on a plane (C, 2) so that distances are as the cosine ones of their means.

    Multidimensional scaling (SMACOF) starts at the principal components, never at random.
    """
    from sklearn.manifold import smacof

    units = unit_norm(means)
    distances = np.sqrt(np.maximum(2 - 2 * units @ units.T, 0)).astype(np.float64)
    distances = (distances + distances.T) / 2
    np.fill_diagonal(distances, 0)
    start = viewer_pca(units - units.mean(axis=0), num_components=2).astype(np.float64)
    placed: Float64Matrix = smacof(distances, n_components=2, init=start, n_init=1)[0]
    return placed


def concepts_figure(
    vectors: Float32Matrix, column: pd.Series, *, title: str, preset: Preset
) -> Figure:
    """Draw the values of a column as points at the mean of their rows, each with its name."""
    concepts = find_concepts(vectors, column, most=preset.num_titles)
    places = place_concepts(np.stack([concept.mean for concept in concepts]))
    figure = new_figure(preset)
    axes = map_axes(figure, places, title=title, preset=preset)
    sizes = np.array([concept.num_rows for concept in concepts])
    diameters = _diameters(sizes, preset)
    x, y = places.T
    axes.scatter(x, y, s=diameters**2, color=PALETTE[0], linewidths=0)
    names = [shortened(concept.name) for concept in concepts]
    add_titles(axes, places, names, font_size=preset.font_size * 0.9, may_be_far=True)
    shown = np.unique(np.linspace(0, len(sizes) - 1, SIZES_IN_LEGEND).astype(int))
    handles = [
        Line2D(
            [], [], linestyle="", marker="o", color=PALETTE[0], markeredgewidth=0, markersize=size
        )
        for size in diameters[shown]
    ]
    lines = [f"{size:,}" for size in sizes[shown]]
    add_legend(axes, handles, lines, preset=preset, title="rows")
    return figure


def _diameters(sizes: IntVector, preset: Preset) -> Float64Vector:
    """Return diameters (C,) in points: areas are as the numbers of rows, but can always be seen."""
    # A larger dot would reach its title.
    diameters = 1.15 * preset.font_size * np.sqrt(sizes / sizes.max())
    return np.maximum(diameters, 0.3 * preset.font_size)
