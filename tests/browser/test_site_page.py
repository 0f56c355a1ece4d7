"""The self-hosted page, in a browser."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from projector_export.serve.static import serve_folder
from projector_export.write.site.page import write_single_file
from tests.helpers import projector_page as viewer
from tests.helpers.made_exports import DIM, GENRES, NUM_POINTS, grouped_embedding, write_made_export
from tests.helpers.page_files import VIEWER, read_page_file, write_page_file

OPENED = "body[data-opened]"
ROUNDED = 1e-4
SOLID_ERROR = 2e-4  # 10,000 steps, and the error of the search for the cube
SERVER = {"host": "127.0.0.1", "port": 0}


def open_site(page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(OPENED)


def assert_open_on_the_colored_map(page, shown) -> None:
    assert page.get_attribute("body", "data-opened") == "by itself"
    assert viewer.dimensions(page) == [NUM_POINTS, DIM]
    assert viewer.shown_projection(page) == "umap"
    assert viewer.shown_color(page) == "genre"
    assert sorted(viewer.shown_legend(page)) == GENRES
    positions = viewer.positions(page)
    np.testing.assert_allclose(positions[:, :2], shown.layouts["tsne"], atol=ROUNDED)
    assert len(np.unique(viewer.point_colors(page), axis=0)) == len(GENRES)
    assert viewer.evaluate(page, "q.bookmarkPanel.savedStates.map(s => s.isSelected)") == [
        *(True, False, False)
    ]


def test_the_site_opens_on_the_colored_map_without_a_click(page, made_export) -> None:
    folder, shown = made_export
    with serve_folder(folder / "site", **SERVER) as address:
        open_site(page, address)
        assert_open_on_the_colored_map(page, shown)
        assert page.title() == "Made books"
        assert page.problems == []


def test_the_site_requests_nothing_outside_its_folder_under_any_path(
    page, made_export, tmp_path
) -> None:
    shutil.copytree(made_export[0] / "site", tmp_path / "people" / "me" / "map")
    with serve_folder(tmp_path, **SERVER) as address:
        open_site(page, f"{address}people/me/map/")
        assert page.get_attribute("body", "data-opened") == "by itself"
        assert all(url.startswith(f"{address}people/me/map/") for url in page.requested)
        assert page.problems == []


def test_a_query_cannot_make_the_site_load_data_from_elsewhere(page, made_export) -> None:
    folder, shown = made_export
    with serve_folder(folder / "site", **SERVER) as address:
        open_site(page, f"{address}?config=https://example.org/other.json")
        assert_open_on_the_colored_map(page, shown)
        assert all(url.startswith(address) for url in page.requested)


def test_the_single_file_opens_from_disk(page, made_export, tmp_path) -> None:
    folder, shown = made_export
    write_single_file(tmp_path / "map.html", folder / "upload")
    open_site(page, (tmp_path / "map.html").as_uri())
    assert_open_on_the_colored_map(page, shown)
    assert [url for url in page.requested if not url.startswith(("file:", "blob:"))] == []
    assert page.problems == []


def test_each_file_is_fetched_once_and_before_the_viewer_requests_it(page, made_export) -> None:
    with serve_folder(made_export[0] / "site", **SERVER) as address:
        open_site(page, address)
        names = [url.rsplit("/", 1)[1] for url in page.requested]
        own = ["colorings.json.gz", "config.json.gz", "projector_binary.js.gz"]
        data = ("bookmarks.json.gz", "metadata.tsv.gz", "vectors.bytes.gz")
        assert sorted(names) == ["", *(f"books.{kind}" for kind in data), *own]
        initiators = page.evaluate(
            "performance.getEntriesByType('resource').map(entry => entry.initiatorType)"
        )
        assert set(initiators) == {"link"}


def test_pca_is_computed_when_its_tab_is_opened_and_after_every_map(page, made_export) -> None:
    with serve_folder(made_export[0] / "site", **SERVER) as address:
        open_site(page, address)
        assert viewer.evaluate(page, "q.dataSet.projections") == {}
        for bookmark in (1, 0):
            viewer.open_tab(page, "pca")
            assert viewer.offered_components(page) == list(range(10))
            for component in (9, 0):
                viewer.choose_component(page, component)
                assert np.ptp(viewer.positions(page), axis=0) == pytest.approx([2, 2, 2], abs=1e-5)
            viewer.click_bookmark(page, bookmark)
            assert viewer.shown_projection(page) == "umap"
        assert page.problems == []


def test_a_site_without_its_bookmarks_opens_on_pca(page, made_export, tmp_path) -> None:
    site = shutil.copytree(made_export[0] / "site", tmp_path / "site")
    write_page_file(site, "books.bookmarks.json", "[]")
    script = site / "index.html"
    text = script.read_text("utf-8").replace("SECONDS_TO_WAIT = 60", "SECONDS_TO_WAIT = 3")
    script.write_text(text, "utf-8")
    with serve_folder(site, **SERVER) as address:
        open_site(page, address)
        assert page.get_attribute("body", "data-opened") == "by hand"
        viewer.wait_until_loaded(page)
        assert viewer.shown_projection(page) == "pca"
        assert np.isfinite(viewer.positions(page)).all()


def test_a_viewer_without_the_hooks_still_shows_data_and_bookmarks(
    page, made_export, tmp_path
) -> None:
    site = shutil.copytree(made_export[0] / "site", tmp_path / "site")
    script = read_page_file(site, VIEWER).decode()
    write_page_file(site, VIEWER, script.replace("loadSavedState", "otherName"))
    with serve_folder(site, **SERVER) as address:
        open_site(page, address)
        assert page.get_attribute("body", "data-opened") == "by hand"
        assert page.locator("#note").inner_text().startswith("Choose the map under BOOKMARKS")
        viewer.click_bookmark(page, 0)
        np.testing.assert_allclose(
            viewer.positions(page)[:, :2], made_export[1].layouts["tsne"], atol=ROUNDED
        )
        assert page.problems == []


def test_a_3d_map_opens_rotated_toward_the_viewer(page, tmp_path) -> None:
    shown = write_made_export(tmp_path, grouped_embedding(100), layouts=("tsne",), dimensions=3)
    with serve_folder(tmp_path / "site", **SERVER) as address:
        open_site(page, address)
        assert viewer.evaluate(page, "q.projection.dimensionality") == 3
        np.testing.assert_allclose(viewer.positions(page), shown.layouts["tsne"], atol=SOLID_ERROR)
        assert page.problems == []


def test_the_license_of_the_viewer_is_one_click_away(page, made_export) -> None:
    with serve_folder(made_export[0] / "site", **SERVER) as address:
        open_site(page, address)
        page.get_by_role("button", name="About").click()
        words = page.locator("#about-dialog").text_content()
    assert "Apache License" in words
    assert "The TensorFlow Authors" in words


def test_every_table_of_the_site_can_be_chosen(page, made_export) -> None:
    with serve_folder(made_export[0] / "site", **SERVER) as address:
        open_site(page, address)
        viewer.choose_table(page, "books_umap")
        assert viewer.dimensions(page) == [NUM_POINTS, 3]
        assert page.problems == []
