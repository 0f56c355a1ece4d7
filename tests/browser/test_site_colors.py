"""The page's own colors: more than the viewer's ten, gray below the rest, gradients, and fallbacks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from projector_export.prepare.colorings import GRADIENT, PALETTE
from projector_export.prepare.table import PreparedTable
from projector_export.serve.static import serve_folder
from tests.helpers import projector_page as viewer
from tests.helpers.made_exports import NUM_POINTS, grouped_embedding, write_made_export
from tests.helpers.page_files import write_page_file

SERVER = {"host": "127.0.0.1", "port": 0}
GRAYS = {"Other": "#d3d6da", "Unknown": "#e4e6e9"}


@pytest.fixture(scope="module")
def colored(tmp_path_factory) -> tuple[Path, PreparedTable, dict[str, str]]:
    """Export points with a country, of which there are thirty; give each title's country too."""
    folder = tmp_path_factory.mktemp("colored")
    embedding = grouped_embedding()
    rng = np.random.default_rng(5)
    numbers = np.minimum(rng.geometric(0.08, NUM_POINTS), 30)
    countries = [f"Country {number:02d}" if number > 1 else "" for number in numbers]
    metadata = embedding.metadata.assign(country=countries)
    metadata.insert(1, "mood", np.linspace(-3, 3, NUM_POINTS).round(1))
    shown = write_made_export(folder, replace(embedding, metadata=metadata), layouts=("tsne",))
    return folder, shown, dict(zip(metadata["title"], countries, strict=True))


@pytest.fixture
def opened(page, colored) -> Iterator[object]:
    with serve_folder(colored[0] / "site", **SERVER) as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened='by itself']")
        yield page
    assert page.problems == []


def choose_color(page, column: str) -> None:
    viewer.evaluate(page, f"q.dataPanel.selectedColorOptionName = {column!r}")


def drawn_colors(page) -> list[str]:
    colors = np.rint(255 * viewer.point_colors(page)).astype(int)
    return ["#{:02x}{:02x}{:02x}".format(*color) for color in colors]


def drawing_order(page) -> list[int]:
    geometry = "q.projectorScatterPlotAdapter.spriteVisualizer.points.geometry"
    return list(viewer.evaluate(page, f"Array.from({geometry}.index.array)"))


def test_all_twelve_groups_have_a_color_of_their_own(opened, colored) -> None:
    legend = viewer.shown_legend(opened)
    assert sorted(legend) == [f"Genre {number:02d}" for number in range(12)]
    assert list(legend.values()) == list(PALETTE[:12])
    stock = viewer.column(opened, "genre")
    assert len(set(stock)) == 10
    for color, genre in zip(drawn_colors(opened), stock, strict=True):
        assert genre == "Other" or color == legend[genre]


def test_a_column_with_more_values_is_grouped_with_gray_below_the_rest(opened, colored) -> None:
    choose_color(opened, "country")
    legend = viewer.shown_legend(opened)
    assert list(legend)[-2:] == ["Other", "Unknown"]
    assert list(legend.values()) == [*PALETTE, *GRAYS.values()]
    countries = [colored[2][title] for title in viewer.column(opened, "title")]
    expected = [legend.get(country or "Unknown", GRAYS["Other"]) for country in countries]
    assert drawn_colors(opened) == expected
    assert viewer.color_counts(opened, "country")["Unknown"] == countries.count("")
    order = drawing_order(opened)
    assert sorted(order) == list(range(NUM_POINTS))
    is_gray = [expected[row] in GRAYS.values() for row in order]
    assert is_gray == sorted(is_gray, reverse=True)
    assert 0 < sum(is_gray) < NUM_POINTS


def test_selected_points_are_drawn_last(opened) -> None:
    viewer.evaluate(opened, "q.notifySelectionChanged([7])")
    neighbors = viewer.evaluate(opened, "q.neighborsOfFirstPoint.map(n => n.index)")
    order = drawing_order(opened)
    assert order[-1] == 7
    assert sorted(order[-101:-1]) == sorted(neighbors)


def test_the_card_says_what_a_point_is_colored_by_and_has_no_grouped_copies(
    opened, colored
) -> None:
    row = viewer.column(opened, "genre").index("Other")
    genre = colored[1].metadata["genre_raw"][row]
    assert "country_top_10" in viewer.evaluate(opened, "q.dataSet.points[0].metadata")
    viewer.evaluate(opened, f"q.notifySelectionChanged([{row}])")
    card = viewer.evaluate(opened, "q.metadataCard.metadata")
    shown = {line["key"]: line["value"] for line in card}
    assert list(shown) == ["title", "mood", "genre", "year", "country", "genre_raw"]
    assert shown["genre"] == genre


def test_numbers_have_a_gradient_in_which_every_point_has_a_color(opened, colored) -> None:
    choose_color(opened, "year")
    years = np.array(viewer.column(opened, "year"))
    colors = np.array(drawn_colors(opened))
    assert set(colors[years == years.min()]) == {GRADIENT[0]}
    assert set(colors[years == years.max()]) == {GRADIENT[-1]}
    middle = np.quantile(years, 0.5)
    assert set(colors[years == middle]) <= {GRADIENT[2]}
    assert len(set(colors)) > 50


def test_the_menu_offers_what_says_something(opened) -> None:
    offered = viewer.evaluate(opened, "q.dataPanel.colorOptions.map(o => o.name)")
    assert offered == ["No color map", "Metadata", "genre", "country", "mood", "year"]
    choose_color(opened, "mood")
    assert viewer.evaluate(opened, "q.dataPanel.colorLegendRenderInfo.thresholds.length") == 5


def test_a_column_that_a_visitor_edits_is_colored_as_edited(opened) -> None:
    viewer.evaluate(opened, "(q.notifySelectionChanged([0, 1]), q.metadataEdit('genre', 'Mine'))")
    viewer.evaluate(opened, "q.notifySelectionChanged([])")
    assert viewer.color_counts(opened, "genre")["Mine"] == 2
    assert "country" in viewer.evaluate(opened, "q.dataPanel.colorOptions.map(o => o.name)")


@pytest.mark.parametrize("content", [None, "not JSON", "{}"])
def test_without_colorings_the_page_has_the_viewers_colors(
    page, colored, tmp_path, content
) -> None:
    site = shutil.copytree(colored[0] / "site", tmp_path / "site")
    (site / "colorings.json.gz").unlink()
    if content is not None:
        write_page_file(site, "colorings.json", content)
    with serve_folder(site, **SERVER) as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened='by itself']")
        legend = viewer.shown_legend(page)
        assert len(legend) == 10
        assert legend["Other"] == "#7f7f7f"
        assert len(np.unique(viewer.point_colors(page), axis=0)) == 10
        errors = [problem for problem in page.problems if "404" not in problem]
        assert errors == []
