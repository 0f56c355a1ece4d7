"""The page is presentable: on any screen, in the dark, with any title."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from projector_export.serve.static import serve_folder
from projector_export.write.site.about import About
from projector_export.write.site.page import write_page
from tests.helpers import projector_page as viewer
from tests.helpers.chromium import new_page

SERVER = {"host": "127.0.0.1", "port": 0}
SCREENS = [(390, 844), (800, 600), (1280, 800), (2560, 1440)]
HOSTILE = "\"><script>window.hit = 1</script><img src=x onerror='hit=1'> مرحبا " + "x" * 500


@pytest.fixture(scope="module")
def site(made_export, tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("titled") / "site"
    texts = {"title": HOSTILE, "source": "<b>Made</b> & up"}
    about = About(**texts)
    write_page(made_export[0], folder, single_file=False, replace=False, about=about)
    with serve_folder(folder, **SERVER) as address:
        yield address


def open_site(page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-opened='by itself']")
    page.wait_for_timeout(400)


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_map_fills_any_screen_and_nothing_is_cut_off(chromium, site, width, height) -> None:
    with new_page(chromium, viewport={"width": width, "height": height}) as page:
        open_site(page, site)
        canvas = page.locator("#scatter canvas").first.bounding_box()
        assert canvas["width"] >= min(width, 390) - 1 if width <= 900 else width / 2
        assert canvas["height"] > height / 2
        assert page.evaluate("document.documentElement.scrollWidth") == width
        if width <= 900:
            assert not page.locator("#left-pane").is_visible()
            page.get_by_role("button", name="Map and colors").click()
        items = page.locator("vz-projector-legend .item")
        assert items.count() == 12
        items.last.scroll_into_view_if_needed()
        last = items.last.bounding_box()
        assert 0 <= last["y"] < height - 10
        if width <= 900:
            page.get_by_role("button", name="Search").click()
            assert not page.locator("#left-pane").is_visible()
            assert page.locator("vz-projector-inspector-panel #search-box").is_visible()
        assert page.problems == []


def test_the_dark_scheme_changes_the_ground_and_the_grays_but_no_other_color(
    chromium, site
) -> None:
    colors, grounds = {}, {}
    for scheme in ("light", "dark"):
        with new_page(chromium, color_scheme=scheme) as page:
            open_site(page, site)
            colors[scheme] = viewer.point_colors(page)
            scatter = "q.projectorScatterPlotAdapter.scatterPlot"
            grounds[scheme] = viewer.evaluate(page, f"{scatter}.backgroundColor")
            legend = page.locator("vz-projector-legend .item").first
            shown = legend.locator(".shape").evaluate("e => getComputedStyle(e).backgroundColor")
            assert shown == "rgb(51, 122, 239)"
            drawn = page.locator("#scatter canvas").first
            assert drawn.evaluate("e => getComputedStyle(e).filter") == "none"
    np.testing.assert_array_equal(colors["light"], colors["dark"])
    assert grounds == {"light": 0xFFFFFF, "dark": 0x15181D}


def test_the_moon_changes_the_scheme_with_the_legend_and_back(page, site) -> None:
    open_site(page, site)
    for scheme in ("dark", "light"):
        page.locator("#nightDayMode").click()
        assert page.evaluate("document.documentElement.dataset.scheme") == scheme
    assert viewer.evaluate(page, "q.projectorScatterPlotAdapter.scatterPlot.backgroundColor") == (
        0xFFFFFF
    )
    assert page.problems == []


def test_labels_have_no_serifs(page, site) -> None:
    open_site(page, site)
    viewer.evaluate(page, "q.notifySelectionChanged([3])")
    labels = "q.projectorScatterPlotAdapter.canvasLabelsVisualizer.gc.font"
    assert "system-ui" in viewer.evaluate(page, labels)


def test_what_visitors_have_no_use_for_is_hidden(page, site) -> None:
    open_site(page, site)
    for name in ("Load", "Publish"):
        assert not page.get_by_text(name, exact=True).is_visible()
    assert page.get_by_text("Download", exact=True).count() == 1


def test_about_tells_what_the_map_is_of_and_how_to_read_it(page, site) -> None:
    open_site(page, site)
    page.get_by_role("button", name="About").click()
    text = page.locator("#about-dialog").inner_text()
    for part in ("300, each with 60 numbers", "<b>Made</b> & up", "books_tsne", "Far apart says"):
        assert part in text
    assert page.locator("#about-dialog pre").text_content().count("Apache License") > 0
    page.keyboard.press("Escape")
    assert not page.locator("#about-dialog").is_visible()


def test_a_hostile_title_is_only_text_also_for_previews(page, site) -> None:
    open_site(page, site)
    assert page.title() == HOSTILE
    assert page.locator("h1").inner_text() == HOSTILE
    preview = page.locator("meta[property='og:title']")
    assert preview.get_attribute("content") == HOSTILE
    assert page.evaluate("window.hit") is None
    assert all(url.startswith(site) for url in page.requested)
    assert page.problems == []


def test_a_solid_map_does_not_turn_for_those_who_ask_for_less_motion(chromium, site) -> None:
    with new_page(chromium, reduced_motion="reduce") as page:
        open_site(page, site)
        viewer.open_tab(page, "pca")
        camera = "q.projectorScatterPlotAdapter.scatterPlot.getCameraPosition()"
        before = viewer.evaluate(page, camera)
        page.locator("#reset-zoom").click()
        page.wait_for_timeout(500)
        assert viewer.evaluate(page, camera) == pytest.approx(before)
        assert viewer.evaluate(page, "!q.projectorScatterPlotAdapter.scatterPlot.orbitAnimationId")
