"""Visitors save points as CSV and the map as a picture, and Python selects the same by the link."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import projector_export as px
from projector_export.serve.static import serve_folder
from tests.helpers import projector_page as viewer
from tests.helpers.chromium import new_page
from tests.helpers.made_exports import HOSTILE, NUM_POINTS, write_hostile_export

HOSTILE_TITLE = "<img src=x onerror=alert(1)>"


def open_site(page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-opened='by itself']")


def save(page, item: str, folder: Path) -> Path:
    page.get_by_role("button", name="Save", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=item).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def saved_rows(page, folder: Path) -> list[dict[str, str]]:
    content = save(page, "Points as CSV", folder).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")  # without it, Excel takes UTF-8 for another encoding
    assert content.count(b"\r\n") == content.count(b"\n")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def link_of(page) -> str:
    page.wait_for_timeout(300)  # the address follows after a pause
    return str(page.evaluate("location.href"))


def assert_python_selects(rows, exported: Path, link: str) -> None:
    found = px.open_export(exported).select(link)
    assert list(rows[0]) == [str(name) for name in found.columns]
    # Equally similar points may come in another order.
    by_title = {row["title"]: row for row in rows}
    assert [row["title"] for row in rows][:1] == found["title"].tolist()[:1]
    assert set(by_title) == set(found["title"])
    saved = [by_title[title] for title in found["title"]]
    assert [row["genre"] for row in saved] == found["genre"].tolist()
    assert [row["year"] for row in saved] == [str(year) for year in found["year"]]
    for name in {"map_x", "map_y", "similarity"} & set(found.columns):
        written = [float(row[name]) for row in saved]
        np.testing.assert_allclose(written, found[name], atol=2e-3)


def choose_nothing(page) -> None:
    pass


def select_one(page) -> None:
    viewer.evaluate(page, "q.notifySelectionChanged([20])")


def select_with_few_neighbors(page) -> None:
    viewer.evaluate(page, "q.inspectorPanel.numNN = 7")
    viewer.evaluate(page, "q.notifySelectionChanged([20])")


def select_several(page) -> None:
    viewer.evaluate(page, "q.notifySelectionChanged([3, 4, 5, 9, 200])")


def isolate_neighbors(page) -> None:
    viewer.evaluate(page, "q.notifySelectionChanged([5])")
    page.get_by_role("button", name="Isolate 101 points").click()
    viewer.evaluate(page, "q.notifySelectionChanged([])")


def isolate_and_keep_one(page) -> None:
    viewer.evaluate(page, "q.notifySelectionChanged([5])")
    page.get_by_role("button", name="Isolate 101 points").click()


def choose_categories(page) -> None:
    items = page.locator("vz-projector-legend .item")
    items.filter(has_text="Genre 03").click()
    items.filter(has_text="Genre 07").click(modifiers=["Shift"])


def see_another_map(page) -> None:
    viewer.click_bookmark(page, 1)


CHOICES = {
    choose_nothing: NUM_POINTS,
    select_one: 101,
    select_with_few_neighbors: 8,
    select_several: 5,
    isolate_neighbors: 101,
    isolate_and_keep_one: 101,
    choose_categories: None,
    see_another_map: NUM_POINTS,
}


@pytest.mark.parametrize("choose", CHOICES, ids=lambda choose: choose.__name__)
def test_the_csv_the_link_and_python_agree(opened, made_export, chromium, tmp_path, choose) -> None:
    choose(opened)
    rows = saved_rows(opened, tmp_path)
    assert len(rows) == (CHOICES[choose] or len(rows)) > 0
    link = link_of(opened)
    assert_python_selects(rows, made_export[0], link)
    with new_page(chromium) as other:  # who gets the link saves the same
        open_site(other, link)
        other.wait_for_timeout(500)
        again = saved_rows(other, tmp_path)
        assert [row["title"] for row in again] == [row["title"] for row in rows]
        assert other.evaluate("location.href") == link
        assert other.problems == []


@pytest.mark.parametrize(
    "text",
    [
        "show=Genre+01&show=nothing",
        "isolate=5-9.3.x.8-2.290-400&select=Book+00011",
        "rows=1.2.2&neighbors=-3",
        "tour=2&show=",
        "tour=3&color=year",
        "select=%E0%A4&x=y&select=b",
        "?map=2",
    ],
)
def test_python_reads_an_address_as_the_page_does(page, site, made_export, tmp_path, text) -> None:
    open_site(page, f"{site}#{text}")
    page.wait_for_timeout(500)
    settled = page.evaluate("location.hash")
    rows = saved_rows(page, tmp_path)
    assert_python_selects(rows, made_export[0], settled)
    assert page.problems == []


def test_hostile_cells_run_nowhere(page, tmp_path) -> None:
    write_hostile_export(tmp_path)
    page.on("dialog", lambda dialog: page.problems.append(dialog.message))
    with serve_folder(tmp_path / "site") as address:
        open_site(page, address)
        rows = saved_rows(page, tmp_path)
        assert list(rows[0])[:3] == ["label", "'=<b>kind</b>", "number"]
        labels = {row["label"] for row in rows}
        expected = HOSTILE[:-1]  # the last is shortened, as all long cells are
        signs = ("=", "+", "@")
        assert {f"'{text}" if text.startswith(signs) else text for text in expected} <= labels
        assert any(label.startswith(HOSTILE[-1][:190]) for label in labels)
        assert not any(label.startswith(signs) for label in labels)
        assert {row["number"] for row in rows} >= {"-0.25", "-22.25", "0"}
        viewer.evaluate(page, "q.notifySelectionChanged([3])")
        picture = save(page, "Map as a picture", tmp_path)
        assert picture.name == "img-src-x-onerror-alert-1.png"
        found = px.open_export(tmp_path).select(link_of(page))
        label = viewer.evaluate(page, "q.metadataCard.label").replace("\u2060", "")
        assert found["label"].iloc[0] == label
        assert all(url.startswith((address, "blob:", "data:")) for url in page.requested)
    assert page.problems == []


def picture_of(page, folder: Path) -> np.ndarray:
    return np.asarray(Image.open(save(page, "Map as a picture", folder)).convert("RGB"))


@pytest.mark.parametrize(("scheme", "ground"), [("light", 255), ("dark", 21)])
def test_the_picture_has_the_map_its_legend_and_its_title(
    chromium, site, tmp_path, scheme, ground
) -> None:
    with new_page(chromium, color_scheme=scheme) as page:
        open_site(page, site)
        box = page.locator("#scatter").bounding_box()
        before = viewer.evaluate(page, CANVAS)
        picture = picture_of(page, tmp_path)
        # Twice as sharp as the screen, with 240 pixels for the legend and 64 for the title.
        assert picture.shape[:2] == (2 * (box["height"] + 64), 2 * (box["width"] + 240))
        assert picture[0, 0, 0] == ground
        width = int(2 * box["width"])
        plot, legend = picture[: -2 * 64, :width], picture[: -2 * 64, width:]
        title = picture[-2 * 64 :]
        shown = viewer.shown_legend(page)
        for color in list(shown.values())[:8]:
            channels = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
            for part in (plot, legend):
                assert (np.abs(part.astype(int) - channels).max(axis=2) < 4).sum() > 40
        assert (np.abs(title.astype(int) - ground).max(axis=2) > 100).sum() > 200
        assert viewer.evaluate(page, CANVAS) == before  # the map on the screen is as it was
        assert page.evaluate("devicePixelRatio") == 1
        assert page.problems == []


CANVAS = "(c => [c.width, c.height, c.style.width])(q.shadowRoot.querySelector('#scatter canvas'))"


def test_the_picture_shows_numbers_as_a_gradient_and_only_chosen_categories(
    opened, tmp_path
) -> None:
    choose_categories(opened)
    picture = picture_of(opened, tmp_path)
    shown = viewer.shown_legend(opened)
    hidden = [int(shown["Genre 00"][at : at + 2], 16) for at in (1, 3, 5)]
    assert (np.abs(picture.astype(int) - hidden).max(axis=2) < 4).sum() == 0
    viewer.evaluate(opened, "q.dataPanel.selectedColorOptionName = 'year'")
    legend = picture_of(opened, tmp_path)[:200, -440:]
    assert len(np.unique(legend.reshape(-1, 3), axis=0)) > 100


def test_too_many_scattered_points_are_left_out_of_the_link(opened) -> None:
    opened.evaluate("window.many = Array.from({length: 150}, (_, n) => 2 * n)")
    viewer.evaluate(opened, "q.notifySelectionChanged(window.many)")
    assert "&" not in link_of(opened)
    assert opened.evaluate("location.hash").startswith("#rows=0.2.4")
