"""`check` reports what TensorBoard's PCA tab draws after a bookmark."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from projector_export.checker.check import check
from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
from tests.helpers import projector_page as viewer
from tests.helpers.check_exports import bookmark, good_rows, good_vectors, pbtxt, tsv
from tests.helpers.chromium import new_page

# Dimensions, and the number of components in the bookmark.
BROUGHT = [(4, 0), (4, 3), (4, 4), (8, 5), (8, 8), (12, 3), (12, 8), (12, 10), (50, 5), (50, 10)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Tables such as `d8k5`, of 8 dimensions with a bookmark of 5 components."""
    folder = tmp_path_factory.mktemp("pca")
    (folder / "metadata.tsv").write_bytes(tsv(good_rows()))
    entries = []
    for dim, num_components in BROUGHT:
        name = f"d{dim}k{num_components}"
        entries.append(write_table(folder, name, dim, num_components))
    entries.append(write_table(folder, "d12new", 12, 0, filteredPoints=[]))
    (folder / "projector_config.pbtxt").write_text("".join(map(pbtxt, entries)))
    return folder


def write_table(folder: Path, name: str, dim: int, num_components: int, **changes) -> dict:
    vectors = good_vectors(dim=dim)
    state = bookmark(*vectors.shape, **changes)
    for point in state["projections"]:
        for component in range(num_components, 10):
            del point[f"pca-{component}"]
    (folder / f"{name}.bytes").write_bytes(vectors.tobytes())
    (folder / f"{name}.json").write_text(json.dumps([state]))
    return {
        "tensorName": name,
        "tensorShape": vectors.shape,
        "tensorPath": f"{name}.bytes",
        "metadataPath": "metadata.tsv",
        "bookmarksPath": f"{name}.json",
    }


@pytest.fixture(scope="module")
def missing(folder) -> dict[str, str]:
    """What `check` finds wrong with the bookmark of each table."""
    errors = [finding for finding in check(folder).findings if finding.code == "E15"]
    return {finding.place.path.stem: finding.message for finding in errors}


@pytest.fixture(scope="module")
def tensorboard_page(chromium, folder) -> Iterator[object]:
    with tensorboard(folder) as address, new_page(chromium) as page:
        page.goto(address + PROJECTOR_PAGE)
        viewer.wait_until_loaded(page)
        yield page


def drawn_components(page, name: str) -> dict[int, bool]:
    """Open a table's bookmark, then the PCA tab; return whether each component draws all points."""
    viewer.choose_table(page, name)
    viewer.wait_until_bookmarks(page)
    viewer.click_bookmark(page, 0)
    assert np.isfinite(viewer.positions(page)).all()
    viewer.open_tab(page, "pca")
    drawn = {}
    for component in viewer.offered_components(page):
        viewer.choose_component(page, component)
        drawn[component] = bool(np.isfinite(viewer.positions(page)[:, 0]).all())
    viewer.choose_component(page, 0)
    return drawn


@pytest.mark.parametrize(("dim", "num_components"), BROUGHT)
def test_the_tab_offers_ten_or_all_dimensions_and_draws_those_in_the_bookmark(
    tensorboard_page, missing, dim, num_components
) -> None:
    name = f"d{dim}k{num_components}"
    drawn = drawn_components(tensorboard_page, name)
    assert drawn == {number: number < num_components for number in range(min(10, dim))}
    blank = [f"pca-{number}" for number, is_drawn in drawn.items() if not is_drawn]
    assert bool(blank) == (name in missing)
    if blank:
        assert f"lack {', '.join(blank)} of the {len(drawn)} components" in missing[name]


def test_a_list_of_points_makes_pca_be_computed_again_but_breaks_the_next_table(
    tensorboard_page, missing
) -> None:
    assert drawn_components(tensorboard_page, "d12new") == dict.fromkeys(range(10), True)
    assert "d12new" not in missing
    # Why the export includes components instead: the viewer returns to the points before the list.
    viewer.choose_table(tensorboard_page, "d4k4")
    assert viewer.dimensions(tensorboard_page) == [60, 4]
    viewer.wait_until_bookmarks(tensorboard_page)
    viewer.click_bookmark(tensorboard_page, 0)
    assert viewer.dimensions(tensorboard_page) == [60, 12]
