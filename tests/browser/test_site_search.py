"""Visitors find a point by its name, fly to it, and send others a link to what they see."""

from __future__ import annotations

from urllib.parse import quote_plus

import pytest

from tests.helpers import projector_page as viewer
from tests.helpers.chromium import new_page

HOSTILE = "<img src=x onerror=alert(1)> & «Ø»"
CAMERA = "q.projectorScatterPlotAdapter.scatterPlot.getCameraDef()"


def open_site(page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-opened='by itself']")


def row_of(page, title: str) -> int:
    return viewer.column(page, "title").index(title)


def wait_until_over(page, row: int) -> None:
    """Wait until the camera is above a point, and close to it."""
    x, y, _ = viewer.positions(page)[row]
    viewer.wait_until(
        page,
        f"(c => Math.hypot(c.target[0] - {x}, c.target[1] - {y}) < 1e-4 && c.zoom >= 4)({CAMERA})",
    )


def hash_of(page) -> str:
    return str(page.evaluate("location.hash"))


def wait_for_hash(page, text: str) -> None:
    page.wait_for_function(f"location.hash === {text!r}")


def test_the_search_suggests_names_and_enter_flies_to_the_first(page, site) -> None:
    open_site(page, site)
    page.get_by_role("combobox").fill("book 0001")
    items = page.get_by_role("option")
    assert items.all_inner_texts() == [f"Book {number:05d}" for number in range(10, 18)]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    row = row_of(page, "Book 00011")
    wait_until_over(page, row)
    assert viewer.evaluate(page, "q.selectedPointIndices") == [row]
    assert viewer.evaluate(page, "q.metadataCard.label") == "Book 00011"
    assert page.locator(".nn-list .neighbor").count() == 100
    assert items.count() == 0
    assert page.problems == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ВОИН", "Войнá и мир · 戦争と平和"),
        ("戦争", "Войнá и мир · 戦争と平和"),
        ("onerror", HOSTILE),
    ],
)
def test_accents_and_capitals_do_not_matter_and_markup_is_text(page, site, typed, found) -> None:
    open_site(page, site)
    page.on("dialog", lambda dialog: page.problems.append(dialog.message))
    page.get_by_role("combobox").fill(typed)
    assert page.get_by_role("option").all_inner_texts() == [found]
    page.get_by_role("option").click()
    wait_until_over(page, row_of(page, found))
    wait_for_hash(page, f"#select={quote_plus(found)}".replace("%2A", "*"))
    assert page.problems == []


def test_a_point_that_is_not_among_the_isolated_ones_is_found(page, site) -> None:
    open_site(page, site)
    viewer.evaluate(page, "q.notifySelectionChanged([7, 8, 9])")
    page.get_by_role("button", name="Isolate 3 points").click()
    title = str(viewer.evaluate(page, "q.originalDataSet.points[20].metadata.title"))
    page.get_by_role("combobox").fill(title)
    page.keyboard.press("Enter")
    wait_until_over(page, 20)


def test_a_neighbors_name_flies_on(page, site) -> None:
    open_site(page, f"{site}#select=Book+00011")
    first = page.locator(".nn-list .neighbor-link").first
    title = first.get_attribute("title")
    first.click()
    wait_until_over(page, row_of(page, title))
    wait_for_hash(page, f"#select={quote_plus(title)}")


def test_a_link_restores_the_map_the_color_and_the_point(page, site) -> None:
    open_site(page, f"{site}#map=2&color=year&select=Book+00123")
    row = row_of(page, "Book 00123")
    wait_until_over(page, row)
    assert viewer.evaluate(page, "q.bookmarkPanel.savedStates.map(s => s.isSelected)") == [
        *(False, True, False)
    ]
    assert viewer.shown_color(page) == "year"
    assert viewer.evaluate(page, "q.selectedPointIndices") == [row]
    assert page.problems == []


def test_back_undoes_and_forward_does_again(page, site) -> None:
    open_site(page, site)
    viewer.evaluate(page, "q.dataPanel.selectedColorOptionName = 'year'")
    wait_for_hash(page, "#color=year")
    viewer.evaluate(page, f"q.notifySelectionChanged([{row_of(page, 'Book 00007')}])")
    wait_for_hash(page, "#color=year&select=Book+00007")
    page.go_back()
    viewer.wait_until(page, "q.selectedPointIndices.length === 0")
    assert viewer.shown_color(page) == "year"
    page.go_back()
    viewer.wait_until(page, "q.dataPanel.selectedColorOptionName === 'genre'")
    assert hash_of(page) == ""
    page.go_forward()
    viewer.wait_until(page, "q.dataPanel.selectedColorOptionName === 'year'")
    assert page.problems == []


def test_a_link_to_another_table_opens_it_and_back_returns(page, site) -> None:
    open_site(page, site)
    page.evaluate("location.hash = 'table=books_umap'")
    viewer.wait_until(page, "q.dataSet?.dim[1] === 3 && q.dataSet.projections['pca-0']")
    page.go_back()
    viewer.wait_until(page, "q.dataSet?.dim[1] === 60 && q.projection?.projectionType === 'umap'")
    assert page.problems == []


@pytest.mark.parametrize(
    "text", ["select=nobody", "color=%3Cb%3E&map=99", "map=x&table=y", "%E0%A4"]
)
def test_a_wrong_link_opens_the_map(page, site, text) -> None:
    open_site(page, f"{site}#{text}")
    assert viewer.shown_color(page) == "genre"
    assert viewer.evaluate(page, "q.selectedPointIndices") == []
    assert page.problems == []


def test_a_button_copies_the_link(chromium, site) -> None:
    with new_page(chromium, permissions=["clipboard-read", "clipboard-write"]) as page:
        open_site(page, site)
        viewer.evaluate(page, f"q.notifySelectionChanged([{row_of(page, 'Book 00007')}])")
        page.get_by_role("button", name="Copy link").click()
        page.get_by_role("button", name="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == f"{site}#select=Book+00007"


def test_those_who_ask_for_less_motion_are_there_at_once(chromium, site) -> None:
    with new_page(chromium, reduced_motion="reduce") as page:
        open_site(page, site)
        page.get_by_role("combobox").fill("Book 00011")
        page.keyboard.press("Enter")
        x, y, _ = viewer.positions(page)[row_of(page, "Book 00011")]
        assert viewer.evaluate(page, CAMERA)["target"][:2] == pytest.approx([x, y])
