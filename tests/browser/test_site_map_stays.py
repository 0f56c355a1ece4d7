"""The map of the page stays: on other tabs, with points isolated, in other tables and back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from projector_export.embedding import Embedding
from projector_export.exporter import write_exports
from projector_export.prepare.layouts.compute import LayoutOptions
from projector_export.serve.static import serve_folder
from tests.helpers import projector_page as viewer
from tests.helpers.made_exports import NUM_POINTS, grouped_embedding

SERVER = {"host": "127.0.0.1", "port": 0}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[str]:
    """Serve two tables: points with two maps, and words without any."""
    folder = tmp_path_factory.mktemp("two tables")
    points, words = grouped_embedding(), grouped_embedding(100, dim=10, name="words")
    tables = [
        Embedding(points.name, points.vectors, points.metadata, "genre"),
        Embedding(words.name, words.vectors, words.metadata.rename(columns={"genre": "kind"})),
    ]
    layouts = LayoutOptions(names=("tsne", "umap"), seed=1)
    write_exports(folder, tables, title="Two tables", max_colors=10, layouts=layouts)
    with serve_folder(folder / "site", **SERVER) as address:
        yield address


def assert_the_map_is_shown(page, positions, colors) -> None:
    assert viewer.shown_projection(page) == "umap"
    assert page.locator(".ink-tab.active").get_attribute("data-tab") == "umap"
    np.testing.assert_array_equal(viewer.positions(page), positions)
    np.testing.assert_array_equal(viewer.point_colors(page), colors)


def select(page, row: int) -> dict[str, float]:
    """Select a point; read the distances that the list of its neighbors shows, by name."""
    viewer.evaluate(page, f"q.notifySelectionChanged([{row}])")
    page.wait_for_selector("vz-projector-inspector-panel .nn-list .neighbor")
    links = page.locator("vz-projector-inspector-panel .nn-list .neighbor").all()
    lines = [link.inner_text().split("\n") for link in links]
    return {name: float(distance) for name, distance in lines}


@pytest.mark.parametrize("tab", ["pca", "tsne", "custom"])
def test_the_map_is_the_same_after_another_tab(opened, tab) -> None:
    positions, colors = viewer.positions(opened), viewer.point_colors(opened)
    camera = viewer.evaluate(opened, "q.projectorScatterPlotAdapter.scatterPlot.getCameraDef()")
    if tab == "custom":  # it draws nothing before a search
        opened.locator(".ink-tab[data-tab=custom]").click()
    else:
        viewer.open_tab(opened, tab)
        viewer.wait_until(
            opened, "q.projection.projectionType === 'pca' || q.dataSet.tSNEIteration"
        )
        assert not np.array_equal(viewer.positions(opened), positions)
    viewer.open_tab(opened, "umap")
    assert_the_map_is_shown(opened, positions, colors)
    adapter = "q.projectorScatterPlotAdapter.scatterPlot"
    assert viewer.evaluate(opened, f"{adapter}.getCameraDef()") == camera


def test_isolated_points_stay_where_they_are_with_their_colors_and_distances(opened) -> None:
    positions, colors = viewer.positions(opened), viewer.point_colors(opened)
    before = select(opened, 5)
    index = viewer.evaluate(opened, "[5, ...q.neighborsOfFirstPoint.map(n => n.index)]")
    opened.get_by_role("button", name="Isolate 101 points").click()
    assert viewer.dimensions(opened)[0] == len(index) == 101
    assert_the_map_is_shown(opened, positions[index], colors[index])
    after = select(opened, 0)
    assert after.items() <= before.items()
    assert len(after) == 100
    opened.get_by_role("button", name="Show All Data").click()
    viewer.evaluate(opened, "q.notifySelectionChanged([])")
    assert viewer.dimensions(opened)[0] == NUM_POINTS
    assert_the_map_is_shown(opened, positions, colors)
    assert select(opened, 5) == before


def test_isolated_points_are_on_other_tabs_and_can_be_isolated_again(opened) -> None:
    positions = viewer.positions(opened)
    select(opened, 5)
    opened.get_by_role("button", name="Isolate 101 points").click()
    viewer.open_tab(opened, "pca")
    assert np.isfinite(viewer.positions(opened)).all()
    viewer.open_tab(opened, "umap")
    viewer.evaluate(opened, "q.notifySelectionChanged([7, 8, 9])")
    opened.get_by_role("button", name="Isolate 3 points").click()
    index = viewer.evaluate(opened, "q.dataSet.points.map(p => p.index)")
    assert len(index) == 3
    np.testing.assert_array_equal(viewer.positions(opened), positions[index])
    viewer.click_bookmark(opened, 0)
    np.testing.assert_array_equal(viewer.positions(opened), positions)


def test_a_table_reopens_on_its_map_in_the_chosen_color(opened) -> None:
    viewer.click_bookmark(opened, 1)
    viewer.evaluate(opened, "q.dataPanel.selectedColorOptionName = 'year'")
    positions, colors = viewer.positions(opened), viewer.point_colors(opened)
    viewer.choose_table(opened, "words")
    assert opened.inner_text("#size") == "100 points · 10 dimensions"
    assert viewer.dimensions(opened) == [100, 10]
    assert viewer.shown_projection(opened) == "pca"
    viewer.evaluate(opened, "q.dataPanel.selectedTensor = 'books'")
    viewer.wait_until(opened, "q.projection?.projectionType === 'umap'")
    assert viewer.shown_color(opened) == "year"
    assert_the_map_is_shown(opened, positions, colors)


def test_another_table_opens_on_its_own_map_even_while_points_are_isolated(opened) -> None:
    select(opened, 5)
    opened.get_by_role("button", name="Isolate 101 points").click()
    viewer.choose_table(opened, "books_umap")
    viewer.wait_until_bookmarks(opened)
    viewer.wait_until(opened, "q.bookmarkPanel.savedStates[0].isSelected")
    assert viewer.dimensions(opened) == [NUM_POINTS, 3]
    viewer.wait_until(opened, "q.dataSet.projections['pca-0']")
    assert np.isfinite(viewer.positions(opened)).all()


def test_the_map_stays_without_sphereize_and_the_viewer_can_compute_its_own(
    opened,
) -> None:
    positions, colors = viewer.positions(opened), viewer.point_colors(opened)
    opened.locator("#normalize-data-checkbox").click()
    assert_the_map_is_shown(opened, positions, colors)
    opened.get_by_role("button", name="Re-run").or_(opened.locator("#run-umap")).first.click()
    viewer.wait_until(opened, "q.dataSet.projections.umap")
    own = viewer.positions(opened)
    assert not np.array_equal(own, positions)
    viewer.open_tab(opened, "pca")
    viewer.open_tab(opened, "umap")
    np.testing.assert_array_equal(viewer.positions(opened), own)
    viewer.click_bookmark(opened, 0)
    assert_the_map_is_shown(opened, positions, colors)
