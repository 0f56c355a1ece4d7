"""Which columns to color by: judged by coverage, by how evenly values spread, and by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import log2

from projector_export.checker.model.columns import Column
from projector_export.viewer_facts import NUM_COLORS

NUM_KEPT = NUM_COLORS - 1  # the tenth color is for all other values
MAX_TWINS = 3
# Words for a missing value, which are not categories.
BLANK_WORDS = frozenset({"unknown", "nan", "none", "null", "n/a", "<na>", "-", "?"})
# A column with such a name groups the points.
GROUP_WORDS = frozenset(
    "category class cluster community department domain family field genre group kind section "
    "sector segment species style tag team theme topic type".split()
)
# Below this, a column of 10 colors looks like one color: 0.3 bits are 5 % of another value.
MIN_BITS = 0.3
MIN_KEPT_SHARE = 0.1  # of the informative cells
MAX_DISTINCT_SHARE = 0.5


def num_filled(column: Column) -> int:
    """Count the informative cells."""
    return column.num_cells - column.values.matching(BLANK_WORDS)


def blank_share(column: Column) -> float:
    """Return the share of cells without information."""
    num_cells = column.num_cells + column.blank.count
    return 1 - num_filled(column) / num_cells if num_cells else 1.0


def kept_values(column: Column, count: int = NUM_KEPT) -> list[tuple[str, int]]:
    """Return the most frequent informative values, with their counts."""
    most_common = column.values.most_common(count + len(BLANK_WORDS))
    return [item for item in most_common if item[0].casefold() not in BLANK_WORDS][:count]


def bits(column: Column) -> float:
    """Return how well colors separate points: the entropy that the kept values contribute."""
    num_rows = column.num_cells + column.blank.count
    kept = kept_values(column, NUM_KEPT if column.too_many_values else NUM_COLORS * 5)
    return sum(-count / num_rows * log2(count / num_rows) for _, count in kept)


def is_groupable(column: Column) -> bool:
    """Whether the most frequent values, and Other, would separate a column's points by color."""
    if column.is_numeric or is_nearly_unique(column) or bits(column) < MIN_BITS:
        return False
    return sum(count for _, count in kept_values(column)) >= MIN_KEPT_SHARE * num_filled(column)


def is_nearly_unique(column: Column) -> bool:
    """Whether it is a column of labels, such as titles, whose values hardly ever repeat."""
    num_values = column.values.num_values
    return num_values is not None and num_values > MAX_DISTINCT_SHARE * num_filled(column)


def is_useful(column: Column) -> bool:
    """Whether "Color by" offers the column and it separates points."""
    if column.is_gradient:
        return column.minimum < column.maximum
    return column.is_colorable and len(column.legend) > 1 and bits(column) >= MIN_BITS


def is_named_as_group(name: str) -> bool:
    """Whether it is the name of a column of groups, such as `genre` or `topic_id`."""
    words = re.findall(r"[a-z]+", name.casefold())
    return any(word in GROUP_WORDS or word.removesuffix("s") in GROUP_WORDS for word in words)


def has_twin(column: Column, columns: Iterable[Column]) -> bool:
    """Whether another column has the same in at most 10 values, such as `genre_top_10`."""
    return any(
        other is not column
        and is_useful(other)
        and not other.is_numeric
        and len(other.legend) <= NUM_COLORS
        and _share_a_stem(column.name, other.name)
        for other in columns
    )


def _share_a_stem(one: str, other: str) -> bool:
    shorter, longer = sorted([one, other], key=len)
    return bool(shorter) and longer.startswith(shorter + "_")


def hidden_columns(columns: Sequence[Column], color_by: str = "") -> list[Column]:
    """List columns to color by that are not offered, as they have too many values; best first.

    Args:
        columns: all columns of a table.
        color_by: the only column to consider; if "", columns are judged, and those that are worse
            than an offered one are left out.
    """
    hidden = [
        column
        for column in columns
        if not column.is_colorable and not has_twin(column, columns) and is_groupable(column)
    ]
    if color_by:
        return [column for column in hidden if column.name == color_by]
    useful = [column for column in columns if is_useful(column)]
    if any(is_named_as_group(column.name) for column in useful):
        return []
    if useful:
        hidden = [column for column in hidden if is_named_as_group(column.name)]
    hidden.sort(key=lambda column: (not is_named_as_group(column.name), -bits(column)))
    return hidden[:MAX_TWINS]


def crowded_columns(columns: Sequence[Column]) -> list[Column]:
    """List columns that are offered with more values than colors, although they could be grouped.

    Numbers are listed only if nothing better is offered: next to a column to color by, nobody
    colors by a count.
    """
    return [
        column
        for column in columns
        if len(column.legend) > NUM_COLORS
        and not is_nearly_unique(column)
        and not has_twin(column, columns)
        and not (column.is_numeric and _is_better_offered(column, columns))
    ]


def _is_better_offered(column: Column, columns: Iterable[Column]) -> bool:
    return not is_named_as_group(column.name) and any(
        other is not column
        and is_useful(other)
        and (other.is_gradient or len(other.legend) <= NUM_COLORS)
        for other in columns
    )


def is_uninformative(column: Column) -> bool:
    """Whether a column is offered, but is nearly empty or has one value in nearly all cells.

    One value in half of the cells is informative: those points have a color.
    """
    if not column.is_colorable or column.is_gradient:
        return False
    num_rows, filled = column.num_cells + column.blank.count, num_filled(column)
    is_constant = len(kept_values(column)) <= 1 and num_rows - filled <= max(1, num_rows // 100)
    return is_constant or filled <= max(1, num_rows // 1000)
