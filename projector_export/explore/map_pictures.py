"""Draw one map, one row among its neighbors, or bars of similarities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.explore.picture import (
    ACCENT,
    FAINT,
    GRADIENT,
    INK,
    MARKERS,
    PALETTE,
    Preset,
    colors_and_markers,
    is_drawable,
    missing_glyphs_are_boxes,
    new_figure,
    shortened,
)
from projector_export.explore.titles import add_titles, landmarks
from projector_export.prepare.cells import UNKNOWN
from projector_export.prepare.colors import OTHER, group_rare_values, legend

MAX_VALUES = 10  # of a column; the rest become "Other"
MAX_VECTOR_POINTS = 5_000  # in SVG and PDF; more points are drawn as pixels
SEED = 0  # of the order in which points are drawn
FIGURE_SPACE = "\u2007"  # as wide as a digit
MARGIN = 0.03  # around the points, as a share of the map
MARKER_SIZE = 0.65  # in the legend, in font sizes
TITLE_LINES = 2.2  # height that the title takes, in lines


def map_figure(
    layout: Float32Matrix,
    values: pd.Series | None,
    *,
    labels: Sequence[str],
    title: str,
    preset: Preset,
) -> Figure:
    """Draw (N, 2) points, colored by one value per point, with the titles of some landmarks."""
    figure = new_figure(preset)
    axes = map_axes(figure, layout, title=title, preset=preset)
    if values is None:
        _scatter(axes, layout, np.arange(len(layout)), preset, color=PALETTE[0])
    elif (numbers := _as_numbers(values)) is not None:
        _draw_gradient(axes, layout, numbers, name=str(values.name), preset=preset)
    else:
        _draw_categories(axes, layout, values, preset=preset)
    rows = [row for row in landmarks(layout) if is_drawable(labels[row])]
    titled = add_titles(
        axes,
        layout[rows],
        [labels[row] for row in rows],
        font_size=preset.font_size * 0.8,
        max_titles=preset.num_titles,
    )
    if titled:
        size = (preset.font_size * 0.35) ** 2
        x, y = zip(*(title.xy for title in titled), strict=True)
        axes.scatter(x, y, s=size, facecolors="none", edgecolors=INK, linewidths=0.7, zorder=9)
    return figure


def around_figure(
    layout: Float32Matrix,
    row: int,
    neighbors: Sequence[tuple[int, float]],
    *,
    labels: Sequence[str],
    title: str,
    preset: Preset,
) -> Figure:
    """Draw one row and its neighbors, as (row, similarity), among all points (N, 2)."""
    figure = new_figure(preset)
    near = [other for other, _ in neighbors]
    shown = [row, *near]
    axes = map_axes(figure, _surroundings(layout, shown), title=title, preset=preset)
    _scatter(axes, layout, np.arange(len(layout)), preset, color=FAINT)
    big = (preset.font_size * 0.5) ** 2
    x, y = layout.T
    axes.scatter(x[near], y[near], s=big, color=PALETTE[0], linewidths=0, zorder=4)
    axes.scatter(x[[row]], y[[row]], s=4 * big, color=ACCENT, marker="*", linewidths=0, zorder=5)
    ranks = ["", *(f"{rank} " for rank in range(1, len(shown)))]
    names = [rank + shortened(labels[one]) for rank, one in zip(ranks, shown, strict=True)]
    add_titles(axes, layout[shown], names, font_size=preset.font_size * 0.8, may_be_far=True)
    lines = [
        f"{rank:{FIGURE_SPACE}>2}  {value:.2f}  {shortened(labels[other])}"
        for rank, (other, value) in enumerate(neighbors, start=1)
    ]
    look: Any = {"linestyle": "", "marker": "o", "markersize": preset.font_size * MARKER_SIZE}
    handles = [Line2D([], [], color=PALETTE[0], **look) for _ in lines]
    add_legend(axes, handles, lines, preset=preset, title="rank, cosine similarity")
    return figure


def bars_figure(
    closest: pd.DataFrame, furthest: pd.DataFrame, *, title: str, preset: Preset
) -> Figure:
    """Draw the similarities of the closest and of the furthest rows as bars, in two parts."""
    figure = new_figure(preset)
    figure.set_layout_engine("constrained")
    figure.suptitle(title, fontsize=preset.font_size * 1.3, color=INK, parse_math=False)
    low = min([0.0, *furthest["similarity"]])
    for axes, found, name, color in zip(
        figure.subplots(2, 1, sharex=True),
        (closest, furthest),
        ("Closest", "Furthest"),
        (PALETTE[0], ACCENT),
        strict=True,
    ):
        places = np.arange(len(found))[::-1]
        axes.barh(places, found["similarity"], color=color, height=0.75)
        names = [shortened(label, 40) for label in found["label"]]
        axes.set_yticks(places, names, fontsize=preset.font_size * 0.85)
        for place, value in zip(places, found["similarity"], strict=True):
            side = "left" if value >= 0 else "right"
            text = f" {value:.2f} ".replace("-", "\u2212")  # the minus of the axis
            axes.text(value, place, text, ha=side, va="center", fontsize=preset.font_size * 0.75)
        axes.set_title(name, loc="left", fontsize=preset.font_size, color=INK)
        axes.set_xlim(1.35 * low, 1.08)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(left=False, labelsize=preset.font_size * 0.85)
        for text in axes.get_yticklabels():
            text.set_parse_math(False)
    axes.set_xlabel("cosine similarity", fontsize=preset.font_size * 0.85)
    return figure


def map_axes(figure: Figure, shown: Float32Matrix, *, title: str, preset: Preset) -> Axes:
    """Create a square at the left of the picture whose limits contain the points `shown`."""
    width, height = preset.size
    lines = TITLE_LINES if title else 0
    side = min(height - lines * preset.font_size / 72, width * 0.72)
    axes = figure.add_axes((0.005, 0.005, side / width, side / height))
    axes.set_axis_off()
    axes.set_title(title, loc="left", fontsize=preset.font_size * 1.2, color=INK, parse_math=False)
    low, high = shown.min(axis=0), shown.max(axis=0)
    half = (0.5 + MARGIN) * (float((high - low).max()) or 1.0)
    middle = (low + high) / 2
    axes.set_xlim(middle[0] - half, middle[0] + half)
    axes.set_ylim(middle[1] - half, middle[1] + half)
    return axes


def _surroundings(layout: Float32Matrix, rows: Sequence[int]) -> Float32Matrix:
    """Return corners (2, 2) around some points, at least a twelfth of the map."""
    low, high = layout[rows].min(axis=0), layout[rows].max(axis=0)
    least = float(np.ptp(layout, axis=0).max()) / 12
    half = max(float((high - low).max()) * 1.2, least) / 2
    return np.array([(low + high) / 2 - half, (low + high) / 2 + half])


def _draw_categories(
    axes: Axes, layout: Float32Matrix, values: pd.Series, *, preset: Preset
) -> None:
    """Draw the points of each category, "Other" and "Unknown" below all others."""
    cells = group_rare_values(values.reset_index(drop=True), max_colors=MAX_VALUES)
    counts = sorted(legend(cells), key=lambda item: item[0] in {OTHER, UNKNOWN})
    looks = colors_and_markers([name for name, _ in counts])
    is_faint = cells.isin([OTHER, UNKNOWN]).to_numpy()
    order = np.random.default_rng(SEED).permutation(len(layout))
    _scatter(axes, layout, order[is_faint[order]], preset, color=FAINT)
    for marker in dict.fromkeys(marker for _, marker in looks.values()):
        has_it = cells.map({name: look[1] == marker for name, look in looks.items()}).to_numpy(bool)
        rows = order[(has_it & ~is_faint)[order]]
        colors = [looks[name][0] for name in cells.to_numpy()[rows]]
        _scatter(axes, layout, rows, preset, color=colors, marker=marker)
    size = preset.font_size * MARKER_SIZE
    handles = [
        Line2D([], [], linestyle="", marker=looks[name][1], color=looks[name][0], markersize=size)
        for name, _ in counts
    ]
    names = [f"{shortened(name)}  {count:,}" for name, count in counts]
    add_legend(axes, handles, names, preset=preset)


def _draw_gradient(
    axes: Axes, layout: Float32Matrix, numbers: pd.Series, *, name: str, preset: Preset
) -> None:
    """Draw points by numbers; those without one are faint."""
    order = np.random.default_rng(SEED).permutation(len(layout))
    is_known = numbers.notna().to_numpy()[order]
    _scatter(axes, layout, order[~is_known], preset, color=FAINT)
    rows = order[is_known]
    low, high = numbers.quantile([0.02, 0.98])  # a few extremes must not take all colors
    points = _scatter(
        axes, layout, rows, preset, c=numbers.to_numpy()[rows], cmap=GRADIENT, vmin=low, vmax=high
    )
    place = axes.inset_axes((1.06, 0.3, 0.04, 0.4))
    bar = axes.figure.colorbar(points, cax=place, extend="both")
    bar.set_alpha(1)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=preset.font_size * 0.9)
    bar.ax.set_title(shortened(name), fontsize=preset.font_size, loc="left", parse_math=False)


def _scatter(
    axes: Axes, layout: Float32Matrix, rows: IntVector, preset: Preset, **look: Any
) -> PathCollection:
    """Draw some rows of (N, 2), small and transparent enough for all N."""
    num_rows = len(layout)
    side = min(preset.size) * 72
    size = preset.point_scale * (side / 50) ** 2 / np.log(num_rows + 2) ** 1.5
    alpha = float(np.clip(40 / np.sqrt(num_rows), 0.45, 0.9))
    style: dict[str, Any] = {"marker": MARKERS[0], "alpha": alpha, "linewidths": 0, "s": size}
    style["rasterized"] = num_rows > MAX_VECTOR_POINTS
    return axes.scatter(layout[rows, 0], layout[rows, 1], **style | look)


def _as_numbers(values: pd.Series) -> pd.Series | None:
    """Return a column's numbers, if all cells are numbers or unknown."""
    numbers = pd.to_numeric(values, errors="coerce")
    is_text = numbers.isna() & ~values.isna() & ~values.astype(str).str.strip().isin(["", UNKNOWN])
    return None if is_text.any() or numbers.isna().all() else numbers


@missing_glyphs_are_boxes()
def add_legend(
    axes: Axes, handles: Sequence[Line2D], names: Sequence[str], *, preset: Preset, title: str = ""
) -> None:
    """Add a legend at the right of the map, in smaller letters if it would be cut off."""
    for scale in (0.95, 0.85, 0.75, 0.65, 0.55):
        made = axes.legend(
            handles,
            names,
            title=title,
            loc="center left",
            bbox_to_anchor=(1.0, 0.5),
            frameon=False,
            fontsize=preset.font_size * scale,
            title_fontsize=preset.font_size * scale,
            alignment="left",
        )
        for text in made.get_texts():
            text.set_parse_math(False)  # a `$` in a value does not begin a formula
        if made.get_window_extent().x1 <= axes.figure.bbox.x1:
            break
