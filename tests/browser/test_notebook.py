"""In a notebook an export shows its map: in a frame that runs its scripts and reaches nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from projector_export.explore import notebook
from projector_export.explore.notebook import notebook_html
from projector_export.export_folder import ExportFolder
from projector_export.serve.static import serve_folder
from tests.helpers import projector_page as viewer
from tests.helpers.made_exports import DIM, GENRES, NUM_POINTS
from tests.helpers.running import exit_code

# As Jupyter shows the output of a cell; `secret` is what a script of the page must not reach.
NOTEBOOK = """<!doctype html><title>Notebook</title><body>
<div class="output">{}</div><script>window.secret = "token"</script>"""
ROUNDED = 1e-4
# Chromium says so of a button in the viewer's closed dialog.
HARMLESS = "console: Blocked autofocusing"
SERVER = {"host": "127.0.0.1", "port": 0}


def problems(page) -> list[str]:
    return [problem for problem in page.problems if not problem.startswith(HARMLESS)]


@pytest.fixture
def shown(page, made_export, tmp_path):
    """Show the export in a page that is like a notebook; give it and the frame of the map."""
    output = notebook_html(ExportFolder(made_export[0]))
    (tmp_path / "index.html").write_text(NOTEBOOK.format(output), "utf-8")
    with serve_folder(tmp_path, **SERVER) as address:
        page.goto(address)
        frame = page.frame_locator("iframe").locator("body[data-opened='by itself']")
        frame.wait_for(state="attached", timeout=60_000)
        yield page, page.frames[1], address


def test_the_frame_shows_the_colored_map_and_asks_nobody(shown, made_export) -> None:
    page, frame, address = shown
    assert viewer.dimensions(frame) == [NUM_POINTS, DIM]
    assert viewer.shown_color(frame) == "genre"
    positions = viewer.positions(frame)
    np.testing.assert_allclose(positions[:, :2], made_export[1].layouts["tsne"], atol=ROUNDED)
    items = page.frame_locator("iframe").locator("vz-projector-legend .item")
    assert items.count() == len(GENRES)
    outside = [url for url in page.requested if not url.startswith((address, "blob:", "about:"))]
    assert outside == []
    assert problems(page) == []


def test_the_page_cannot_reach_the_notebook(shown) -> None:
    _, frame, _ = shown
    reached = frame.evaluate(
        "() => { try { return parent.secret; } catch (error) { return error.name; } }"
    )
    assert reached == "SecurityError"


def test_a_click_selects_a_point_and_the_search_finds_it(shown) -> None:
    page = shown[0]
    inside = page.frame_locator("iframe")
    if not inside.locator("#find").is_visible():
        inside.get_by_role("button", name="Search").click()
    inside.locator("#find").fill("book 00007")
    inside.locator("#suggestions li").first.click()
    card = inside.locator("div#metadata-card")
    card.wait_for(state="visible")
    assert "Book 00007" in card.inner_text()
    assert problems(page) == []


def test_a_page_that_is_too_large_is_a_picture_and_a_link(
    made_export, tmp_path, monkeypatch
) -> None:
    folder = Path(shutil.copytree(made_export[0], tmp_path / "map"))
    monkeypatch.setattr(notebook, "MAX_BYTES", 1_000)
    output = notebook_html(ExportFolder(folder))
    assert output.startswith('<img alt="Map" src="data:image/png;base64,')
    assert f"<code>projector-export view {folder}</code>" in output
    assert "href" not in output
    url = "https://example.org/maps/"
    assert exit_code(["site", str(folder), "--force", "--url", url]) == 0
    assert f'<a href="{url}" target="_blank"' in notebook_html(ExportFolder(folder))
