"""Titles of a few points of a map: which points, and where the titles fit without overlaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from projector_export.arrays import Float32Matrix
from projector_export.explore.picture import INK, missing_glyphs_are_boxes, shortened

CELLS_PER_SIDE = 9  # the map is divided into a grid, and each cell has one landmark at most
# Where a title may be, seen from its point: offset in font sizes, and alignment.
_NEAR = ((0.6, 0, "left"), (-0.6, 0, "right"), (0, 1, "center"), (0, -1, "center"))
_FAR = tuple(
    (distance * x, distance * y, "left" if x > 0 else "right")
    for distance in (2.0, 3.0, 4.0, 5.5, 7.0, 9.0, 12.0)
    for y in (1, -1, 0.6, -0.6, 0.3, -0.3, 1.6, -1.6)
    for x in (1, -1)
)
_LINE = {"arrowstyle": "-", "color": INK, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 2}


def landmarks(layout: Float32Matrix) -> list[int]:
    """Choose rows that stand for the regions of a map (N, 2), those of the fullest first.

    In each cell of a grid it is the point nearest to the middle of the cell's points.
    """
    low, extent = layout.min(axis=0), np.ptp(layout, axis=0).max() or 1.0
    places = np.minimum((layout - low) / extent * CELLS_PER_SIDE, CELLS_PER_SIDE - 1).astype(int)
    cells = places[:, 0] * CELLS_PER_SIDE + places[:, 1]
    chosen = []
    for cell in np.argsort(-np.bincount(cells), kind="stable"):
        rows = np.flatnonzero(cells == cell)
        if len(rows):
            middle = np.median(layout[rows], axis=0)
            chosen.append(int(rows[((layout[rows] - middle) ** 2).sum(axis=1).argmin()]))
    return chosen


@missing_glyphs_are_boxes()
def add_titles(
    axes: Axes,
    points: Float32Matrix,
    titles: Sequence[str],
    *,
    font_size: float,
    max_titles: int | None = None,
    may_be_far: bool = False,
) -> list[Annotation]:
    """Write titles at points (N, 2), the first ones first, each only where it overlaps no other.

    Args:
        axes: where the points are drawn; its limits must not change any more.
        points: where each title belongs.
        titles: untrusted text.
        font_size: in points.
        max_titles: when to stop.
        may_be_far: draw a title that has no room next to its point further away, with a line.
    """
    marks = _mark_boxes(axes, points, font_size)
    # With lines every title has a place, so no point may be covered; else only those with a title.
    taken = list(marks) if may_be_far else []
    written: list[Annotation] = []
    for point, mark, title in zip(points, marks, titles, strict=True):
        if len(written) == max_titles:
            break
        if not may_be_far and any(mark.overlaps(other) for other in taken):
            continue
        for annotation in _candidates(axes, point, shortened(title), font_size, may_be_far):
            annotation.get_window_extent()  # moves it to its place
            box = Text.get_window_extent(annotation)  # without its line
            if _is_free(box, axes, [other for other in taken if other is not mark]):
                taken += [box, mark]
                written.append(annotation)
                break
            annotation.remove()
    return written


def _mark_boxes(axes: Axes, points: Float32Matrix, font_size: float) -> list[Bbox]:
    """Return the pixels around each point that no title of another may cover."""
    pixels = axes.figure.dpi / 72
    half = 0.3 * font_size * pixels
    return [
        Bbox.from_extents(x - half, y - half, x + half, y + half)
        for x, y in axes.transData.transform(points)
    ]


def _is_free(box: Bbox, axes: Axes, taken: Sequence[Bbox]) -> bool:
    area = axes.bbox
    inside = area.x0 <= box.x0 and box.x1 <= area.x1 and area.y0 <= box.y0 and box.y1 <= area.y1
    return inside and not any(box.overlaps(other) for other in taken)


def _candidates(
    axes: Axes,
    point: Float32Matrix,
    text: str,
    font_size: float,
    may_be_far: bool,  # noqa: FBT001
) -> Iterator[Annotation]:
    for places, line in ((_NEAR, None), (_FAR if may_be_far else (), _LINE)):
        for right, up, alignment in places:
            yield axes.annotate(
                text,
                tuple(point),
                xytext=(right * font_size, up * font_size),
                textcoords="offset points",
                ha=alignment,
                va="center",
                fontsize=font_size,
                color=INK,
                arrowprops=line,
                path_effects=[withStroke(linewidth=font_size / 3, foreground="white")],
                parse_math=False,
                zorder=10,
                annotation_clip=False,
            )
