"""Gray for Other, and missing numbers, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tests.helpers.projector_page as viewer
from projector_export.embedding import Embedding
from projector_export.exporter import write_exports
from projector_export.prepare.colors import OTHER
from projector_export.prepare.layouts.compute import LayoutOptions
from projector_export.prepare.table import PreparedTable
from projector_export.serve.static import serve_folder
from tests.helpers.made_exports import grouped_embedding
from tests.helpers.page_files import write_page_file

GRAY = "#7f7f7f"
SEARCH_BOX = "vz-projector-inspector-panel vz-projector-input input"


@contextmanager
def opened(
    page, folder: Path, embedding: Embedding, *, color_by: str, max_colors: int = 10
) -> Iterator[PreparedTable]:
    """Export without layouts, open the viewer and choose `color_by`; return what it has.

    Without colorings of its own, the page has the viewer's.
    """
    embedding = replace(embedding, color_by=color_by)
    (shown,) = write_exports(
        folder, [embedding], title="t", max_colors=max_colors, layouts=LayoutOptions()
    )
    write_page_file(folder / "site", "colorings.json", "{}")
    with serve_folder(folder / "site", host="127.0.0.1", port=0) as address:
        page.goto(address)
        viewer.wait_until_loaded(page)
        viewer.evaluate(page, f"q.dataPanel.selectedColorOptionName = {color_by!r}")
        viewer.wait_until(page, "q.dataPanel.colorLegendRenderInfo")
        yield shown


@pytest.mark.parametrize("max_colors", [10, 11])
def test_other_is_gray_in_the_legend_and_in_the_plot(page, tmp_path, max_colors) -> None:
    options = {"color_by": "genre", "max_colors": max_colors}
    with opened(page, tmp_path, grouped_embedding(), **options) as shown:
        legend = viewer.shown_legend(page)
        colors = viewer.point_colors(page)
    assert len(legend) == max_colors
    assert [value for value, color in legend.items() if color == GRAY] == [OTHER]
    is_other = (shown.metadata["genre"] == OTHER).to_numpy()
    assert is_other.any()
    np.testing.assert_allclose(colors[is_other], 0x7F / 255, atol=1e-3)


def test_numbers_with_a_gap_stay_a_gradient_with_black_for_the_gap(page, tmp_path) -> None:
    with opened(page, tmp_path, with_gap(grouped_embedding()), color_by="year") as shown:
        thresholds = viewer.evaluate(page, "q.dataPanel.colorLegendRenderInfo.thresholds")
        colors = viewer.point_colors(page)
    assert [threshold["value"] for threshold in thresholds] == [1501, 1799]
    is_gap = shown.metadata["year"].isna().to_numpy()
    assert is_gap.sum() == 1
    np.testing.assert_array_equal(colors[is_gap], 0)
    assert (colors[~is_gap].max(axis=1) > 0.4).all()


def test_a_gap_breaks_only_the_search_by_its_own_column(page, tmp_path) -> None:
    with opened(page, tmp_path, with_gap(grouped_embedding()), color_by="year"):
        assert num_found(page, "title", "Book 0000") == 9  # the first has another title
        assert page.problems == []
        assert num_found(page, "year", "1502") == 0
        assert {"reading 'toString'" in problem for problem in page.problems} == {True}
        page.problems.clear()
        assert num_found(page, "title", "Book 0001") == 10
        assert page.problems == []


def with_gap(embedding: Embedding) -> Embedding:
    """Remove the year of the first row."""
    years = embedding.metadata["year"].astype("Int64")
    years.iloc[0] = pd.NA
    return replace(embedding, metadata=embedding.metadata.assign(year=years))


def num_found(page, column: str, text: str) -> int:
    """Search like a user, and count the selected points."""
    viewer.evaluate(page, f"q.inspectorPanel.selectedMetadataField = {column!r}")
    box = page.locator(SEARCH_BOX).first
    box.fill("")
    box.press_sequentially(text)
    page.wait_for_timeout(500)
    return int(viewer.evaluate(page, "q.selectedPointIndices.length"))
