"""The report in a browser: complete by itself, on a phone and on a wide screen."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from projector_export.explore.report import write_report
from projector_export.explore.report_notes import NotedFigure, ReportNotes
from tests.helpers.made_exports import grouped_embedding, write_made_export

LONG = "x" * 300


@pytest.fixture(scope="module")
def report_path(made_export, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "made"
    shutil.copytree(made_export[0], folder)
    figure = NotedFigure(name="figure", value="0.5", meaning=f"A sentence. {LONG}")
    ReportNotes(figures=[figure], dropped=[LONG], reproduce=[f"command {LONG}"]).save(folder)
    return write_report(folder)


@pytest.mark.parametrize("width", [400, 1600])
def test_the_report_fits_and_requests_nothing(page, report_path, width) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(report_path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    loaded = page.evaluate("[...document.images].map(i => i.complete && i.naturalWidth > 1000)")
    assert loaded == [True, True, True]
    outside = [url for url in page.requested if not url.startswith(("file:", "data:"))]
    assert outside == []
    assert page.problems == []


def test_a_title_with_markup_is_text(page, report_path) -> None:
    page.goto(report_path.as_uri())
    assert (
        page.evaluate("document.querySelectorAll('script, img:not([src^=\"data:\"])').length") == 0
    )


def test_in_print_nothing_is_wider_than_the_page_and_no_picture_is_cut(page, report_path) -> None:
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 without its margins, at 96 dpi
    page.emulate_media(media="print")
    page.goto(report_path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 688
    heights = page.evaluate("[...document.images].map(image => image.height)")
    assert max(heights) < 1000
    breaks = "[...document.querySelectorAll('figure, .rows > div')].map(e => getComputedStyle(e).breakInside)"
    assert set(page.evaluate(breaks)) == {"avoid"}
    assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF")


def test_regions_are_listed_with_their_sizes_and_typical_rows(page, tmp_path) -> None:
    made = replace(grouped_embedding(), add_columns=["map_region"])
    table = write_made_export(tmp_path / "made", made, layouts=("pca",))
    page.goto(write_report(tmp_path / "made").as_uri())
    regions = table.metadata["map_region"]
    counts = regions[regions != "Unknown"].value_counts()
    shown = page.evaluate(
        "[...document.querySelectorAll('.rows > div:has(.typical)')].map(div => "
        "[div.querySelector('h3 bdi').textContent, Number(div.querySelector('.note').textContent), "
        "div.querySelectorAll('.typical bdi').length])"
    )
    assert {name: count for name, count, _ in shown} == counts.to_dict()
    assert {num_typical for *_, num_typical in shown} == {5}
    assert f"{300 - counts.sum()} of 300 rows" in page.content()
