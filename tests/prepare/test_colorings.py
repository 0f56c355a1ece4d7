"""The page's colorings: which columns have one, in which order and colors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from projector_export.prepare.colorings import (
    DIVERGING,
    GRADIENT,
    PALETTE,
    Categories,
    Gradient,
    make_colorings,
)
from tests.helpers.color_vision import VISION, ciede2000, lab, least_difference


def test_differences_are_those_that_the_formula_was_published_with() -> None:
    one = [
        [50, 2.6772, -79.7751],
        [50, 2.5, 0],
        [60.2574, -34.0099, 36.2677],
        [2.0776, 0.0795, -1.135],
    ]
    other = [
        [50, 0, -82.7485],
        [50, 0, -2.5],
        [60.4626, -34.1751, 39.4387],
        [0.9033, -0.0636, -0.5514],
    ]
    published = [2.0425, 4.3065, 1.2644, 0.9082]
    np.testing.assert_allclose(ciede2000(np.array(one), np.array(other)), published, atol=1e-4)


def test_lab_of_white_black_and_red() -> None:
    np.testing.assert_allclose(lab(["#ffffff", "#000000"]), [[100, 0, 0], [0, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(lab(["#ff0000"]), [[53.24, 80.09, 67.20]], atol=0.01)


@pytest.mark.parametrize("vision", VISION)
def test_the_first_eight_colors_differ_also_without_red_or_green(vision) -> None:
    assert least_difference(PALETTE[:8], vision) >= 10
    assert least_difference(PALETTE, vision) >= 9


def test_the_viewers_ten_colors_fail_the_same_test() -> None:
    stock = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2"]
    assert least_difference(stock, "protanopia") < 5


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("colors", [GRADIENT, DIVERGING])
def test_neighboring_colors_of_a_scale_differ_for_everyone(colors, vision) -> None:
    seen = lab(colors, vision)
    assert ciede2000(seen[:-1], seen[1:]).min() >= 10
    if colors is GRADIENT:
        assert np.all(np.diff(seen[:, 0]) > 5)


def cells(**counts: int) -> list[str]:
    return [value for value, count in counts.items() for _ in range(count)]


def test_the_legend_has_the_most_frequent_first_and_grays_last() -> None:
    metadata = pd.DataFrame({"name": range(9), "kind": [*cells(b=2, a=4), "", "Other", "b"]})
    [coloring] = make_colorings(metadata, "kind")
    assert isinstance(coloring, Categories)
    assert coloring.labels == ("a", "b", "Other", "Unknown")
    assert coloring.counts == [4, 3, 1, 1]
    assert coloring.colors == [PALETTE[0], PALETTE[1], "other", "unknown"]
    assert coloring.codes.tolist() == [1, 1, 0, 0, 0, 0, 3, 2, 1]
    assert coloring.take(np.array([6, 0])).codes.tolist() == [3, 1]


def test_twenty_values_have_a_color_and_the_rest_are_other() -> None:
    values = [f"v{number:02d}" for number in range(25) for _ in range(30 - number)]
    [coloring] = make_colorings(pd.DataFrame({"name": values, "kind": values}), "kind")
    assert coloring.labels == (*(f"v{number:02d}" for number in range(20)), "Other")
    assert coloring.counts[-1] == sum(30 - number for number in range(20, 25))
    assert coloring.colors == [*PALETTE, "other"]


def test_a_gradient_gives_each_color_as_many_rows() -> None:
    numbers = [0, 10, 20, 30, 1000, np.nan]
    [coloring] = make_colorings(pd.DataFrame({"name": range(6), "year": numbers}), "year")
    assert coloring == Gradient("year", tuple(zip([0, 10, 20, 30, 1000], GRADIENT, strict=True)))


def test_numbers_on_both_sides_of_zero_part_there() -> None:
    numbers = [-2.0, -1, 1, 2, 4]
    [coloring] = make_colorings(pd.DataFrame({"name": range(5), "mood": numbers}), "mood")
    assert [value for value, _ in coloring.stops] == [-4, -2, 0, 2, 4]
    assert coloring.stops[2][1] == DIVERGING[2]


def test_every_column_that_says_something_has_a_coloring_numbers_last() -> None:
    count = 200
    metadata = pd.DataFrame(
        {
            "title": [f"t{row}" for row in range(count)],
            "topic": ["x", "y"] * (count // 2),
            "topic_raw": ["x1", "y1", "x2", "y2"] * (count // 4),
            "place": ["a", "b", "c", "d"] * (count // 4),
            "year": [1900 + row // 4 for row in range(count)],
            "author": [f"someone {row // 2}" for row in range(count)],
            "source": "the same",
        }
    )
    assert [one.column for one in make_colorings(metadata, "topic")] == ["topic", "place", "year"]
    assert [one.column for one in make_colorings(metadata, None)] == ["place", "topic", "year"]
