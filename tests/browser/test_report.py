"""The report in a browser: complete by itself, on a phone and on a wide screen."""

from __future__ import annotations

import shutil

import pytest

from projector_export.explore.report import write_report
from projector_export.explore.report_notes import NotedFigure, ReportNotes

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
