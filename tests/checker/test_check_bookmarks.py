"""What `check` requires of a bookmark, by viewer and number of dimensions."""

from __future__ import annotations

import pytest

from projector_export.checker.model.bookmarks import num_shown_points, state_problems
from tests.helpers.check_exports import bookmark

NUM_ROWS = 20


def state_with(num_components: int, dim: int, **changes: object) -> dict:
    state = bookmark(NUM_ROWS, dim, **changes)
    for point in state["projections"]:
        for component in range(num_components, 10):
            del point[f"pca-{component}"]
    return state


@pytest.mark.parametrize(
    ("dim", "num_components", "missing"),
    [
        (3, 3, []),
        (8, 8, []),
        (8, 7, ["pca-7"]),
        (12, 10, []),
        (12, 9, ["pca-9"]),
        (50, 5, ["pca-5", "pca-6", "pca-7", "pca-8", "pca-9"]),
        (4, 0, ["pca-0", "pca-1", "pca-2", "pca-3"]),
    ],
)
def test_tensorboard_needs_each_component_that_its_tab_offers(dim, num_components, missing) -> None:
    state = state_with(num_components, dim)
    problems = list(state_problems(state, (NUM_ROWS, dim), wipes_pca=True))
    assert len(problems) == bool(missing)
    if missing:
        lack = f"projections lack {', '.join(missing)} of the {min(10, dim)} components"
        assert problems[0].startswith(lack)


def test_a_viewer_that_keeps_its_own_pca_needs_none() -> None:
    assert list(state_problems(state_with(0, 12), (NUM_ROWS, 12), wipes_pca=False)) == []


def test_a_component_that_is_null_is_missing() -> None:
    state = state_with(4, 4)
    state["projections"][0]["pca-3"] = None
    assert "lack pca-3 of" in "".join(state_problems(state, (NUM_ROWS, 4), wipes_pca=True))


@pytest.mark.parametrize(("points", "expected"), [(None, 20), ([], 20), ([4, 7], 2)])
def test_an_empty_list_of_points_means_all_of_them(points, expected) -> None:
    state = bookmark(expected, 4, filteredPoints=points)
    assert num_shown_points(state, num_points=NUM_ROWS) == expected
    assert list(state_problems(state, (NUM_ROWS, 4), wipes_pca=True)) == []
