"""What a user sees in TensorBoard."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from projector_export.prepare.colors import legend
from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
from projector_export.viewer_facts import COLORS
from tests.helpers import projector_page as viewer
from tests.helpers.chromium import new_page
from tests.helpers.made_exports import DIM, NUM_POINTS

TSNE, UMAP, PCA = range(3)
COORDINATE_ERROR = 1e-4  # bookmarks have 10,000 steps from the middle to the end of an axis


@pytest.fixture(scope="module")
def address(made_export) -> Iterator[str]:
    with tensorboard(made_export[0] / "projector") as address:
        yield address + PROJECTOR_PAGE


@pytest.fixture(scope="module")
def first_sight(chromium, address) -> Iterator[object]:
    """The page after it opens, with a copy of its own PCA, which bookmarks replace."""
    with new_page(chromium) as page:
        open_page(page, address)
        page.own_pca = all_pca_values(page)
        yield page


def open_page(page, address: str) -> None:
    page.goto(address)
    viewer.wait_until_loaded(page)
    viewer.wait_until_bookmarks(page)


def all_pca_values(page):
    return np.array([viewer.pca_values(page, component) for component in range(10)])


def test_the_page_opens_on_the_books(first_sight) -> None:
    assert viewer.dimensions(first_sight) == [NUM_POINTS, DIM]
    assert viewer.evaluate(first_sight, "q.dataPanel.selectedTensor") == "books"


def test_layouts_are_listed_as_separate_tables(first_sight) -> None:
    names = viewer.evaluate(first_sight, "q.dataPanel.tensorNames.map(t => t.name)")
    assert names == ["books", "books_tsne", "books_umap"]


def test_every_label_arrives_in_any_script(first_sight, made_export) -> None:
    titles = viewer.column(first_sight, "title")
    assert titles == list(made_export[1].metadata["title"])
    assert "Войнá и мир · 戦争と平和" in titles
    assert "<img src=x onerror=alert(1)> & «Ø»" in titles


def test_genre_is_offered_for_coloring_with_its_counts(first_sight, made_export) -> None:
    offered = viewer.color_counts(first_sight, "genre")
    assert list(offered.items()) == legend(made_export[1].metadata["genre"])
    assert len(offered) == 10
    assert list(offered)[-1] == "Other"


def test_bookmarks_are_listed_by_layout_and_then_in_other_colors(first_sight) -> None:
    labels = viewer.bookmark_labels(first_sight)
    assert labels == ["t-SNE by genre", "UMAP by genre", "PCA by genre", "t-SNE by year"]


def test_the_page_has_no_errors(first_sight) -> None:
    assert first_sight.problems == []


@pytest.mark.parametrize(("index", "name"), [(TSNE, "tsne"), (UMAP, "umap")])
def test_one_click_opens_the_finished_map(first_sight, made_export, index, name) -> None:
    viewer.click_bookmark(first_sight, index)
    layout = made_export[1].layouts[name]
    assert viewer.shown_projection(first_sight) == "umap"  # the slot that is shown as it is
    drawn = viewer.positions(first_sight)
    np.testing.assert_allclose(drawn[:, :2], layout, atol=COORDINATE_ERROR)
    assert np.all(drawn[:, 2] == 0)
    assert viewer.shown_color(first_sight) == "genre"
    assert first_sight.problems == []


def test_the_map_has_the_colors_of_its_legend(first_sight, made_export) -> None:
    viewer.click_bookmark(first_sight, TSNE)
    colors = viewer.shown_legend(first_sight)
    assert tuple(colors.values()) == COLORS
    expected = [
        [int(colors[genre][place : place + 2], 16) / 255 for place in (1, 3, 5)]
        for genre in made_export[1].metadata["genre"]
    ]
    np.testing.assert_allclose(viewer.point_colors(first_sight), expected, atol=0.003)


def test_pca_shows_every_component_after_a_map_as_it_did_before(first_sight) -> None:
    viewer.click_bookmark(first_sight, UMAP)
    viewer.open_tab(first_sight, "pca")
    for component, own in enumerate(first_sight.own_pca):
        viewer.choose_component(first_sight, component)
        drawn = viewer.positions(first_sight)[:, 0]
        expected = 2 * (own - own.min()) / np.ptp(own) - 1
        sign = np.sign(np.corrcoef(drawn, expected)[0, 1])
        np.testing.assert_allclose(drawn * sign, expected, atol=COORDINATE_ERROR)
    viewer.choose_component(first_sight, 0)
    assert first_sight.problems == []


def test_bookmarks_may_be_opened_in_any_order(page, address) -> None:
    open_page(page, address)
    for index, slot in ((PCA, "pca"), (UMAP, "umap"), (TSNE, "umap"), (PCA, "pca")):
        viewer.click_bookmark(page, index)
        assert viewer.shown_projection(page) == slot
        assert np.isfinite(viewer.positions(page)).all()
        assert viewer.shown_color(page) == "genre"
    assert page.problems == []


def test_the_map_is_one_menu_choice_away_without_a_bookmark(page, address, made_export) -> None:
    open_page(page, address)
    viewer.choose_table(page, "books_tsne")
    assert viewer.dimensions(page) == [NUM_POINTS, 3]
    assert viewer.column(page, "title") == list(made_export[1].metadata["title"])
    # PCA rotates the map and stretches its axes: distances along each axis stay in proportion.
    drawn, layout = viewer.positions(page)[:, :2], made_export[1].layouts["tsne"]
    fit, *_ = np.linalg.lstsq(np.c_[layout, np.ones(NUM_POINTS)], drawn, rcond=None)
    np.testing.assert_allclose(np.c_[layout, np.ones(NUM_POINTS)] @ fit, drawn, atol=1e-3)
    assert page.problems == []
