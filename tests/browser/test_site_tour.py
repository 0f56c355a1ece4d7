"""The tour: a panel leads from stop to stop, the address says which, and nothing starts by itself."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import projector_export as px
from projector_export.serve.static import serve_folder
from tests.helpers import projector_page as viewer
from tests.helpers.chromium import new_page
from tests.helpers.made_exports import (
    HOSTILE,
    NUM_POINTS,
    grouped_embedding,
    write_hostile_export,
)

CAMERA = "q.projectorScatterPlotAdapter.scatterPlot.getCameraDef()"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def stops(made_export) -> list[dict]:
    return json.loads((made_export[0] / "upload" / "tour.json").read_text("utf-8"))


def panel(page):
    return page.get_by_role("region")


def wait_for_stop(page, number: int, num_stops: int) -> None:
    page.wait_for_function(
        f"document.getElementById('tour-place').textContent === '{number} of {num_stops}'"
    )


def open_site(page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-opened='by itself']")


def num_drawn(page) -> int:
    geometry = "q.projectorScatterPlotAdapter.spriteVisualizer.points.geometry"
    return int(viewer.evaluate(page, f"{geometry}.index.count"))


def test_the_tour_starts_at_a_click_and_each_stop_shows_what_it_says(opened, stops) -> None:
    assert not panel(opened).is_visible()
    opened.get_by_role("button", name="Take the tour").click()
    for number, stop in enumerate(stops, start=1):
        wait_for_stop(opened, number, len(stops))
        assert panel(opened).get_by_role("heading").inner_text() == stop["title"]
        assert opened.evaluate("location.hash") == f"#tour={number}"
        view = stop["view"]
        viewer.wait_until(
            opened, f"q.dataPanel.selectedColorOptionName === '{view.get('color', 'genre')}'"
        )
        if "show" in view:
            counts = viewer.color_counts(opened, "genre")
            assert num_drawn(opened) == sum(counts[label] for label in view["show"])
        if "select" in view:
            assert viewer.evaluate(opened, "q.metadataCard.label") == view["select"]
        else:
            assert viewer.evaluate(opened, "q.selectedPointIndices") == []
        if "map" in view:
            marked = viewer.evaluate(opened, "q.bookmarkPanel.savedStates.map(s => s.isSelected)")
            assert marked.index(True) == int(view["map"]) - 1
        panel(opened).get_by_role("button", name="Next").or_(
            panel(opened).get_by_role("button", name="Done")
        ).click()
    panel(opened).wait_for(state="hidden")
    assert "tour" not in opened.evaluate("location.hash")


def test_a_link_opens_a_stop_and_back_returns(page, site, stops) -> None:
    open_site(page, f"{site}#tour=2")
    wait_for_stop(page, 2, len(stops))
    assert 0 < num_drawn(page) < NUM_POINTS
    panel(page).get_by_role("button", name="Next").click()
    wait_for_stop(page, 3, len(stops))
    page.go_back()
    wait_for_stop(page, 2, len(stops))
    assert page.evaluate("location.hash") == "#tour=2"
    assert page.problems == []


def test_keys_lead_through_the_tour(opened, stops) -> None:
    opened.get_by_role("button", name="Take the tour").click()
    wait_for_stop(opened, 1, len(stops))
    for key, number in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)):
        opened.keyboard.press(key)
        wait_for_stop(opened, number, len(stops))
    opened.keyboard.press("Escape")
    panel(opened).wait_for(state="hidden")
    assert num_drawn(opened) < NUM_POINTS  # what was shown stays


def test_what_a_visitor_changes_at_a_stop_is_in_the_link(opened, site, chromium, stops) -> None:
    opened.goto(f"{site}#tour=4")
    wait_for_stop(opened, 4, len(stops))
    viewer.wait_until(opened, "q.selectedPointIndices.length === 1")
    viewer.evaluate(opened, "q.dataPanel.selectedColorOptionName = 'year'")
    viewer.evaluate(opened, "q.notifySelectionChanged([])")
    opened.wait_for_function("location.hash === '#tour=4&color=year&select='")
    with new_page(chromium) as other:
        open_site(other, opened.url)
        wait_for_stop(other, 4, len(stops))
        assert viewer.shown_color(other) == "year"
        assert viewer.evaluate(other, "q.selectedPointIndices") == []


def test_between_stops_the_page_flies_home_and_at_once_for_less_motion(chromium, site) -> None:
    with new_page(chromium, reduced_motion="reduce") as page:
        open_site(page, f"{site}#tour=4")
        viewer.wait_until(page, f"{CAMERA}.zoom >= 4")
        page.evaluate("location.hash = 'tour=1'")
        page.wait_for_function("document.getElementById('tour-place').textContent === '1 of 6'")
        camera = viewer.evaluate(page, CAMERA)
        assert 0.9 < camera["zoom"] <= 1.1
        spans = "(c => [c.right - c.left, c.top - c.bottom].map(span => span / c.zoom))"
        plot = "q.projectorScatterPlotAdapter.scatterPlot"
        assert (
            min(viewer.evaluate(page, f"{spans}({plot}.camera)")) >= 2
        )  # the whole map is in view
        assert camera["target"] == [0, 0, 0]


def test_the_panel_is_below_the_map_and_hides_nothing(opened, stops) -> None:
    opened.get_by_role("button", name="Take the tour").click()
    wait_for_stop(opened, 1, len(stops))
    box, scatter = panel(opened).bounding_box(), opened.locator("#scatter").bounding_box()
    assert scatter["y"] + scatter["height"] <= box["y"] + 1
    assert scatter["height"] > 550


def test_on_a_phone_it_takes_less_than_half_and_the_card_makes_room(chromium, site) -> None:
    with new_page(chromium, viewport=PHONE) as page:
        open_site(page, f"{site}#tour=4")
        panel(page).wait_for()
        box = panel(page).bounding_box()
        scatter = page.locator("#scatter").bounding_box()
        assert box["width"] == PHONE["width"]
        assert box["y"] + box["height"] == PHONE["height"]
        assert scatter["y"] + scatter["height"] <= box["y"] + 1
        assert scatter["height"] > 0.45 * PHONE["height"]
        viewer.wait_until(
            page,
            f"Math.abs(q.projectorScatterPlotAdapter.scatterPlot.height - {scatter['height']}) < 2",
        )
        assert not page.locator("vz-projector-metadata-card").is_visible()
        assert page.problems == []


@pytest.mark.parametrize("text", ["0", "7", "x", "1.5", "-1", "99999999999999999999", ""])
def test_a_stop_that_does_not_exist_opens_the_map(page, site, text) -> None:
    open_site(page, f"{site}#tour={text}")
    assert not panel(page).is_visible()
    assert page.problems == []


def test_hostile_texts_are_shown_as_text(page, tmp_path) -> None:
    write_hostile_export(tmp_path)
    page.on("dialog", lambda dialog: page.problems.append(dialog.message))
    with serve_folder(tmp_path / "site") as address:
        for number, text in enumerate(HOSTILE, start=1):
            page.goto("about:blank")
            open_site(page, f"{address}#tour={number}")
            panel(page).wait_for()
            shown = page.locator("#tour-title").text_content()
            assert shown == " ".join(text.split())
            box = panel(page).bounding_box()
            assert box["y"] > 0
            assert panel(page).get_by_role("button", name="Previous").is_visible()
            if number < len(HOSTILE):
                viewer.wait_until(page, "q.selectedPointIndices.length === 1")
                assert viewer.evaluate(page, "q.selectedPointIndices") == [
                    viewer.column(page, "label").index(shown)
                ]
        assert page.locator("#tour img, #tour script").count() == 0
        assert all(url.startswith((address, "about:", "blob:", "data:")) for url in page.requested)
    assert page.problems == []


def test_a_stop_may_show_another_table(page, tmp_path) -> None:
    tables = [grouped_embedding(num_points=120, name=name) for name in ("books", "words")]
    tables = [replace(one, layouts={"flat": one.vectors[:, :2]}) for one in tables]
    label = tables[1].labels[7]
    tour = [{"title": "First"}, {"title": "Other", "table": "words", "select": label}]
    px.export(tables, folder=tmp_path / "map", layouts=(), tour=tour)
    with serve_folder(tmp_path / "map" / "site") as address:
        open_site(page, f"{address}#tour=2")
        wait_for_stop(page, 2, 2)
        viewer.wait_until(page, "q.dataPanel.selectedTensor === 'words'")
        viewer.wait_until(page, "q.selectedPointIndices.length === 1")
        assert viewer.evaluate(page, "q.metadataCard.label") == label
        panel(page).get_by_role("button", name="Previous").click()
        viewer.wait_until(page, "q.dataPanel.selectedTensor === 'books' && q.dataSet")
        wait_for_stop(page, 1, 2)
        assert page.evaluate("location.hash") == "#tour=1"
    assert page.problems == []


def test_a_step_that_is_taken_at_once_is_not_lost(opened, stops) -> None:
    opened.get_by_role("button", name="Take the tour").click()
    wait_for_stop(opened, 1, len(stops))
    # The page writes its address 150 ms after it has shown something; the steps come then.
    for number in range(2, 6):
        opened.wait_for_timeout(145)
        opened.evaluate("document.getElementById('tour-next').click()")
        wait_for_stop(opened, number, len(stops))
