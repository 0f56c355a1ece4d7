"""The page loads little, and shows the same: read from the plot, not from the files."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from projector_export.prepare.cells import WORD_JOINER
from projector_export.serve.static import serve_folder
from projector_export.write.site.page import write_single_file, write_site
from tests.helpers import projector_page as viewer
from tests.helpers.made_exports import NUM_POINTS
from tests.helpers.page_files import VIEWER, opening_bytes, write_page_file
from tests.helpers.running import exit_code

SHOWN = 120
SLOW_SECONDS = 12


def open_site(page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-opened='by itself']")


def stretched(layout: np.ndarray) -> np.ndarray:
    """Return (N, 2) coordinates as the viewer draws them: each axis from -1 to 1."""
    low, high = layout.min(axis=0), layout.max(axis=0)
    return 2 * (layout - low) / (high - low) - 1


def color_counts_in_plot(page) -> Counter:
    """Count the points by the color that they are drawn in."""
    colors = np.rint(viewer.point_colors(page) * 255).astype(int)
    return Counter("#" + "".join(f"{part:02x}" for part in color) for color in colors)


def cut_copy(folder: Path, tmp_path: Path) -> Path:
    site = tmp_path / "cut"
    write_site(site, folder / "upload", max_rows=SHOWN)
    return site


def copied_site(made_export, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_export[0] / "site", tmp_path / "site"))


class UnpackingHost(SimpleHTTPRequestHandler):
    """Declares .gz files to be compressed on the way, as some hosts do."""

    def end_headers(self) -> None:
        if self.path.endswith(".gz"):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class SlowHost(UnpackingHost):
    """Takes seconds for the vectors."""

    def do_GET(self) -> None:
        if "vectors" in self.path:
            time.sleep(SLOW_SECONDS)
        super().do_GET()


@contextmanager
def served_by(host: type[SimpleHTTPRequestHandler], folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(host, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def test_a_sample_has_the_first_points_at_their_places_in_their_colors(
    page, made_export, tmp_path
) -> None:
    folder, shown = made_export
    with serve_folder(cut_copy(folder, tmp_path)) as address:
        open_site(page, address)
        assert page.inner_text("#size") == f"{SHOWN} of {NUM_POINTS} points · 60 dimensions"
        assert viewer.dimensions(page) == [SHOWN, 60]
        layout = stretched(shown.layouts["tsne"][:SHOWN])
        np.testing.assert_allclose(viewer.positions(page)[:, :2], layout, atol=2e-4)
        genres = Counter(shown.metadata["genre"][:SHOWN])
        counts = viewer.color_counts(page, "genre")
        assert sum(counts.values()) == SHOWN
        legend = viewer.shown_legend(page)
        in_plot = color_counts_in_plot(page)
        for genre in set(genres) & set(counts) - {"Other"}:
            assert in_plot[legend[genre]] == counts[genre] == genres[genre]
        viewer.choose_table(page, "books_umap")
        assert page.inner_text("#size") == f"{SHOWN} of {NUM_POINTS} points · 3 dimensions"
        assert page.problems == []


def test_a_single_file_can_be_a_sample(page, made_export, tmp_path) -> None:
    write_single_file(tmp_path / "map.html", made_export[0] / "upload", max_rows=SHOWN)
    open_site(page, (tmp_path / "map.html").as_uri())
    assert viewer.dimensions(page) == [SHOWN, 60]
    assert len(viewer.positions(page)) == SHOWN
    assert page.problems == []


def test_the_page_lists_the_neighbors_that_the_export_has(opened, made_export) -> None:
    exported = px.open_export(made_export[0])
    labels = exported.table().labels
    for row in (0, 77, 299):
        expected = exported.neighbors(labels[row], k=10)
        listed = [labels[index] for index in viewer.neighbors(opened, row)]
        assert set(listed) == set(expected["label"])


def test_a_host_that_unpacks_the_files_by_itself_does_no_harm(page, made_export) -> None:
    with served_by(UnpackingHost, made_export[0] / "site") as address:
        open_site(page, address)
        assert viewer.dimensions(page) == [NUM_POINTS, 60]
        assert page.problems == []


def test_the_map_opens_by_itself_however_slow_the_network_is(page, made_export, tmp_path) -> None:
    site = copied_site(made_export, tmp_path)
    text = (site / "index.html").read_text("utf-8")
    assert "SECONDS_TO_WAIT = 60" in text
    impatient = text.replace("SECONDS_TO_WAIT = 60", f"SECONDS_TO_WAIT = {SLOW_SECONDS / 2}")
    (site / "index.html").write_text(impatient, "utf-8")
    with served_by(SlowHost, site) as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened]", timeout=90_000)
        assert page.get_attribute("body", "data-opened") == "by itself"


def test_a_table_is_loaded_only_when_it_is_chosen(opened) -> None:
    assert not [url for url in opened.requested if "books_umap" in url]
    viewer.choose_table(opened, "books_umap")
    assert len([url for url in opened.requested if "books_umap.vectors" in url]) == 1


def test_a_browser_that_is_too_old_is_told_so(page, made_export) -> None:
    page.add_init_script("delete window.DecompressionStream")
    with serve_folder(made_export[0] / "site") as address:
        page.goto(address)
        page.wait_for_function("document.querySelector('#cover p').textContent.includes('too old')")
        assert page.inner_text("#cover").endswith("which needs one of mid-2023 or later.")


def test_a_page_that_is_opened_from_disk_says_how_to_open_it(page, made_export) -> None:
    page.goto((made_export[0] / "site" / "index.html").as_uri())
    page.wait_for_function("document.querySelector('#cover p').textContent.includes('from disk')")
    assert "projector-export view" in page.inner_text("#cover")


def test_a_viewer_that_does_not_load_is_told(page, made_export, tmp_path) -> None:
    site = copied_site(made_export, tmp_path)
    (site / f"{VIEWER}.gz").unlink()
    with serve_folder(site) as address:
        page.goto(address)
        page.wait_for_function("document.querySelector('#cover p').textContent.includes('viewer')")
        assert page.inner_text("#cover").startswith("The viewer could not be loaded.")


@pytest.mark.parametrize(
    "name",
    ["config.json", "books.vectors.bytes", "books.metadata.tsv", "books.bookmarks.json"],
)
def test_a_file_that_is_missing_is_named_above_the_viewer(
    page, made_export, tmp_path, name
) -> None:
    site = copied_site(made_export, tmp_path)
    packed = site / f"{name}.gz"
    content = packed.read_bytes()
    packed.unlink()
    with serve_folder(site) as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened='by hand']")
        assert page.inner_text("#failed-file") == f"{name} could not be loaded"
        assert page.inner_text("#failed-reason") == f"The host answers 404 for {name}.gz."
        packed.write_bytes(content)
        page.get_by_role("button", name="Reload", exact=True).click()
        page.wait_for_selector("body[data-opened='by itself']")
        assert not page.locator("#failure").is_visible()


def test_a_table_whose_file_is_missing_does_not_spoil_the_others(
    page, made_export, tmp_path
) -> None:
    site = copied_site(made_export, tmp_path)
    (site / "books_umap.vectors.bytes.gz").unlink()
    with serve_folder(site) as address:
        open_site(page, address)
        viewer.evaluate(page, "q.dataPanel.selectedTensor = 'books_umap'")
        page.wait_for_selector("#failure[open]")
        assert page.inner_text("#failed-file").startswith("books_umap.vectors.bytes")
        page.keyboard.press("Escape")
        viewer.choose_table(page, "books_tsne")
        assert viewer.dimensions(page)[0] == NUM_POINTS


def test_bookmarks_of_points_with_different_coordinates_still_open(
    page, made_export, tmp_path
) -> None:
    folder, shown = made_export
    site = copied_site(made_export, tmp_path)
    states = json.loads((folder / "upload" / "books.bookmarks.json").read_text("utf-8"))
    states[0]["projections"][0]["pca-0"] = 1
    write_page_file(site, "books.bookmarks.json", json.dumps(states))
    with serve_folder(site) as address:
        open_site(page, address)
        layout = shown.layouts["tsne"]
        np.testing.assert_allclose(viewer.positions(page)[:, :2], layout, atol=2e-4)


@pytest.fixture(scope="module")
def starter(starter_run, tmp_path_factory) -> Path:
    """The starter library with a map."""
    run = Path(shutil.copytree(starter_run, tmp_path_factory.mktemp("light") / "starter"))
    assert exit_code(["export", str(run), "-q", "--set=export.layouts=[tsne]"]) == 0
    return run


@pytest.mark.slow
def test_the_starter_library_opens_with_less_than_a_megabyte(page, starter, tmp_path) -> None:
    site = starter / "site"
    assert opening_bytes(site) < 1_000_000
    write_single_file(tmp_path / "map.html", starter / "upload")
    assert (tmp_path / "map.html").stat().st_size < 1_900_000
    exported = px.open_export(starter)
    labels, metadata = exported.table().labels, exported.table().metadata
    upload = starter / "upload"
    layout = np.fromfile(upload / "books_tsne.vectors.bytes", "<f4").reshape(-1, 3)[:, :2]
    for address in ((tmp_path / "map.html").as_uri(), None):
        with serve_folder(site) as served:
            open_site(page, address or served)
            assert viewer.dimensions(page) == [len(labels), 50]
            titles = viewer.column(page, metadata.columns[0])
            assert [title.replace(WORD_JOINER, "") for title in titles] == labels
            np.testing.assert_allclose(viewer.positions(page)[:, :2], stretched(layout), atol=2e-4)
            counts, legend = viewer.color_counts(page, "genre"), viewer.shown_legend(page)
            in_plot = color_counts_in_plot(page)
            named = set(counts) - {"Other", "Unknown"}
            assert len(named) == 20
            assert all(in_plot[legend[genre]] == counts[genre] for genre in named)
            for row in range(0, len(labels), 200):
                expected = exported.neighbors(labels[row], k=10)
                assert (
                    len(set(expected["label"]) - {labels[i] for i in viewer.neighbors(page, row)})
                    <= 1
                )
            assert page.problems == []
