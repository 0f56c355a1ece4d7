"""Small, large and odd sizes: every point is drawn and colored, in both viewers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from projector_export.embedding import Embedding
from projector_export.serve.static import serve_folder
from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
from tests.helpers import projector_page as viewer
from tests.helpers.chromium import new_page
from tests.helpers.made_exports import grouped_embedding, write_with_flat_maps

pytestmark = pytest.mark.slow


def all_equal(num_points: int, *, dim: int) -> Embedding:
    embedding = grouped_embedding(num_points, dim=dim)
    return replace(embedding, vectors=np.ones_like(embedding.vectors))


# Name of the run -> what is exported, and how many points TensorBoard shows.
CASES = {
    "dim1": (grouped_embedding(60, dim=1), 60),
    "dim9": (grouped_embedding(60, dim=9), 60),
    "dim768": (grouped_embedding(60, dim=768), 60),
    "points16": (grouped_embedding(16, dim=50), 16),
    "points37020": (grouped_embedding(37_020, dim=50), 37_020),
    "points100001": (grouped_embedding(100_001, dim=4), 100_000),
    "equal": (all_equal(60, dim=50), 60),
}


@pytest.fixture(scope="module")
def exports(tmp_path_factory) -> Path:
    """A folder of exports, each also as a run in `logdir`."""
    folder = tmp_path_factory.mktemp("sizes")
    for name, (embedding, _) in CASES.items():
        write_with_flat_maps(folder / name, embedding)
        shutil.copytree(folder / name / "projector", folder / "logdir" / name)
    return folder


@pytest.fixture(scope="module")
def tensorboard_page(chromium, exports) -> Iterator[object]:
    with tensorboard(exports / "logdir") as address, new_page(chromium) as page:
        page.goto(address + PROJECTOR_PAGE)
        viewer.wait_until_loaded(page)
        yield page


def assert_all_drawn_and_colored(page, name: str, *, num_points: int, num_colors: int) -> None:
    positions = viewer.positions(page)
    assert len(positions) == num_points
    assert np.isfinite(positions).all()
    assert np.ptp(positions, axis=0) == pytest.approx([0, 0, 0] if name == "equal" else [2, 2, 0])
    assert len(np.unique(viewer.point_colors(page), axis=0)) == num_colors
    assert page.problems == []


@pytest.mark.parametrize("name", CASES)
def test_the_site_opens_on_all_points(page, exports, name) -> None:
    with serve_folder(exports / name / "site", host="127.0.0.1", port=0) as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened='by itself']", timeout=60_000)
        num_points = CASES[name][0].num_rows
        # Of 16 rows, 12 groups say too little for a coloring of the page; the viewer has 10 colors.
        num_colors = 10 if num_points == 16 else 12
        assert_all_drawn_and_colored(page, name, num_points=num_points, num_colors=num_colors)


@pytest.mark.parametrize("name", CASES)
def test_tensorboard_opens_on_all_points_that_it_takes(tensorboard_page, name) -> None:
    viewer.choose_run(tensorboard_page, name)
    viewer.wait_until_bookmarks(tensorboard_page)
    viewer.click_bookmark(tensorboard_page, 0)
    assert_all_drawn_and_colored(tensorboard_page, name, num_points=CASES[name][1], num_colors=10)
    viewer.open_tab(tensorboard_page, "pca")
    assert np.isfinite(viewer.positions(tensorboard_page)).all()
