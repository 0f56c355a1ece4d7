"""The program's default job at the article's size: 37,020 books, both maps, both viewers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from generated_books import NUM_BOOKS, generate_books

import projector_export as px
from projector_export.prepare.geometry import unit_norm
from projector_export.serve.static import serve_folder
from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
from projector_export.write.site.page import write_single_file
from tests.helpers import projector_page as viewer
from tests.helpers.page_files import opening_bytes, page_vectors
from tests.helpers.running import PROJECT
from training.data.books import write_books

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def run_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the default job in a separate process, like a user."""
    folder = tmp_path_factory.mktemp("full size")
    with (folder / "books.ndjson").open("w", encoding="utf-8") as file:
        write_books(generate_books().books(), file)
    config = str(PROJECT / "configs" / "wikipedia.yaml")
    settings = [f"--set=dataset.books={folder / 'books.ndjson'}", f"--set=logdir={folder}"]
    command = [sys.executable, "-m", "projector_export", "run", config, *settings]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert "no errors" in finished.stderr
    return folder / "wikipedia"


def assert_colored_map(page, *, num_colors: int) -> None:
    assert viewer.dimensions(page) == [NUM_BOOKS, 50]
    assert viewer.shown_projection(page) == "umap"
    assert viewer.shown_color(page) == "genre"
    positions = viewer.positions(page)
    assert np.isfinite(positions).all()
    np.testing.assert_allclose(np.abs(positions[:, :2]).max(axis=0), 1, atol=0.01)
    legend = viewer.shown_legend(page)
    assert len(legend) == num_colors
    assert "Other" in list(legend)[-2:]
    counts = viewer.color_counts(page, "genre")
    assert sum(counts.values()) == NUM_BOOKS
    assert counts["Other"] < NUM_BOOKS / 2
    assert counts["Unknown"] < NUM_BOOKS / 10


def test_the_run_has_every_book_and_good_neighborhoods(run_path: Path) -> None:
    metrics = json.loads((run_path / "metrics.json").read_text("utf-8"))
    assert metrics["dataset"]["num_books"] == NUM_BOOKS
    purity = metrics["genre_purity@10"]
    assert purity["learned"] > 5 * purity["shuffled"]


def test_the_page_opens_on_the_colored_map(page, run_path: Path) -> None:
    with serve_folder(run_path / "site") as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened='by itself']", timeout=120_000)
        assert_colored_map(page, num_colors=22)
        assert page.problems == []


def test_the_tour_and_what_a_visitor_saves(page, run_path: Path, tmp_path: Path) -> None:
    stops = json.loads((run_path / "upload" / "tour.json").read_text("utf-8"))
    assert len(stops) == 6
    with serve_folder(run_path / "site") as address:
        page.goto(f"{address}#tour=2")
        page.wait_for_selector("body[data-opened='by itself']", timeout=120_000)
        page.get_by_role("heading", name=stops[1]["title"]).wait_for()
        page.get_by_role("button", name="Save", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Points as CSV").click()
        download.value.save_as(tmp_path / "points.csv")
        saved = pd.read_csv(tmp_path / "points.csv", encoding="utf-8-sig")
        assert page.problems == []
    found = px.open_export(run_path).select(f"{address}#tour=2")
    counts = viewer.color_counts(page, "genre")
    assert len(saved) == len(found) == sum(counts[label] for label in stops[1]["view"]["show"])
    assert saved["title"].tolist() == found["title"].tolist()
    np.testing.assert_allclose(saved["map_x"], found["map_x"], atol=1e-3)


def test_the_page_opens_with_5_megabytes_and_as_a_file_of_12(page, run_path, tmp_path) -> None:
    assert opening_bytes(run_path / "site") <= 5_000_000
    write_single_file(tmp_path / "map.html", run_path / "upload")
    assert (tmp_path / "map.html").stat().st_size <= 12_000_000
    page.goto((tmp_path / "map.html").as_uri())
    page.wait_for_selector("body[data-opened='by itself']", timeout=120_000)
    assert_colored_map(page, num_colors=22)
    path = run_path / "upload" / "books_tsne.vectors.bytes"
    layout = np.fromfile(path, "<f4").reshape(NUM_BOOKS, 3)[:, :2]
    low, high = layout.min(axis=0), layout.max(axis=0)
    drawn = viewer.positions(page)[:, :2]
    np.testing.assert_allclose(drawn, 2 * (layout - low) / (high - low) - 1, atol=2e-4)


def test_of_the_ten_nearest_neighbors_999_in_1000_are_those_of_the_export(run_path) -> None:
    path = run_path / "upload" / "books.vectors.bytes"
    original = unit_norm(np.fromfile(path, "<f4").reshape(NUM_BOOKS, 50))
    shown = unit_norm(page_vectors(run_path / "site").astype(np.float32))
    rows = np.arange(0, NUM_BOOKS, 10)
    kept = sum(
        len(np.intersect1d(nearest_ten(original, row), nearest_ten(shown, row))) for row in rows
    )
    assert kept / (10 * len(rows)) >= 0.999


def nearest_ten(units: np.ndarray, row: int) -> np.ndarray:
    cosines = units @ units[row]
    cosines[row] = -1
    return np.argpartition(cosines, -10)[-10:]


def test_tensorboard_shows_the_colored_map_after_a_click(page, run_path: Path) -> None:
    with tensorboard(run_path / "projector") as address:
        page.goto(address + PROJECTOR_PAGE)
        viewer.wait_until_loaded(page)
        viewer.wait_until_bookmarks(page)
        viewer.click_bookmark(page, 0)
        assert_colored_map(page, num_colors=10)
