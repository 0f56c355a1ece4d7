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
from tests.helpers.made_exports import GENRES, NUM_POINTS
from tests.helpers.running import exit_code

# As Jupyter shows the output of a cell; `secret` is what a script of the page must not reach.
NOTEBOOK = """<!doctype html><title>Notebook</title><body>
<div class="output">{}</div><script>window.secret = "token"</script>"""
SERVER = {"host": "127.0.0.1", "port": 0}


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
    expected = made_export[1].layouts["tsne"]
    found = frame.evaluate(
        """() => {
          const viewer = document.querySelector("vz-projector");
          const { points } = viewer.dataSet;
          const positions = viewer.projectorScatterPlotAdapter.generatePointPositionArray(viewer.dataSet);
          return {
            num: points.length,
            color: viewer.dataPanel.selectedColorOptionName,
            positions: Array.from(positions),
          };
        }"""
    )
    assert (found["num"], found["color"]) == (NUM_POINTS, "genre")
    positions = np.array(found["positions"]).reshape(-1, 3)
    # The viewer fits both axes into a cube, so positions are compared up to scale.
    for axis in range(2):
        assert abs(np.corrcoef(positions[:, axis], expected[:, axis])[0, 1]) == pytest.approx(1)
    items = page.frame_locator("iframe").locator("vz-projector-legend .item")
    assert items.count() == len(GENRES)
    outside = [url for url in page.requested if not url.startswith((address, "blob:", "about:"))]
    assert outside == []
    assert page.problems == []


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
    card = inside.locator("#metadata-card")
    card.wait_for(state="visible")
    assert "Book 00007" in card.inner_text()
    assert page.problems == []


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
