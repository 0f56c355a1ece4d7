"""Fixed copies open in a real TensorBoard and in Chromium, and show a colored genre."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from projector_export.checker.check import check
from projector_export.fixer.fix import write_fixed
from projector_export.serve.static import serve_folder
from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
from tests.browser.test_check_browser import viewer_code
from tests.helpers.article_pair import DIM, write_article_pair
from tests.helpers.projector_page import (
    color_counts,
    column,
    dimensions,
    evaluate,
    point_colors,
    shown_legend,
    wait_until,
    wait_until_loaded,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

NUM_BOOKS = 1_000
ADDRESS = "https://example.org/books/"
# Without its own config the page uses the one in `?config=`.
PAGE = """<!doctype html><meta charset="utf-8"><body><script src="projector_binary.js"></script>
<vz-projector-app serving-mode="demo" projector-config-json-path="nowhere.json"></vz-projector-app>
"""


@pytest.fixture(scope="module")
def fixed_pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pair")
    write_article_pair(folder / "in", NUM_BOOKS)
    return write_fixed(folder / "in", None, folder / "out").path


def assert_genre_is_colored(page: Page, folder: Path) -> None:
    """Choose genre_top_10 and compare counts, legend and the colors of the points."""
    wait_until_loaded(page)
    assert dimensions(page) == [NUM_BOOKS, DIM]
    lines = (folder / "book_info.tsv").read_text("utf-8").splitlines()
    place = lines[0].split("\t").index("genre_top_10")
    genres = [line.split("\t")[place] for line in lines[1:]]
    assert column(page, "genre_top_10") == genres
    counts = color_counts(page, "genre_top_10")
    assert counts == {genre: genres.count(genre) for genre in set(genres)}
    assert len(counts) == 10
    evaluate(page, "q.dataPanel.selectedColorOptionName = 'genre_top_10'")
    wait_until(page, "q.dataPanel.colorLegendRenderInfo")
    assert len(set(shown_legend(page).values())) == 10
    colors = point_colors(page)
    by_genre = {genre: colors[np.array(genres) == genre] for genre in counts}
    assert all(np.ptp(same, axis=0).max() == 0 for same in by_genre.values())
    assert len({tuple(same[0]) for same in by_genre.values()}) == 10


def test_tensorboard_shows_the_fixed_pair_with_its_genres(page: Page, fixed_pair: Path):
    with tensorboard(fixed_pair) as address:
        page.goto(address + PROJECTOR_PAGE)
        assert_genre_is_colored(page, fixed_pair)


def test_a_page_shows_the_fixed_pair_by_its_config(page: Page, fixed_pair: Path, tmp_path: Path):
    shutil.copytree(fixed_pair, tmp_path / "site")
    shutil.copy(viewer_code(), tmp_path / "site")
    (tmp_path / "site" / "index.html").write_text(PAGE)
    with serve_folder(tmp_path / "site", host="127.0.0.1", port=0) as address:
        page.goto(f"{address}index.html?config=projector_config.json")
        assert_genre_is_colored(page, fixed_pair)


def test_a_config_of_addresses_shows_the_fixed_files_once_they_are_uploaded(
    page: Page, tmp_path: Path
):
    folder = tmp_path / "in"
    write_article_pair(folder, NUM_BOOKS)
    entry = {
        "tensorName": "books",
        "tensorShape": [NUM_BOOKS, DIM],
        "tensorPath": f"{ADDRESS}book_vecs.tsv",
        "metadataPath": f"{ADDRESS}book_info.tsv",
    }
    (folder / "config.json").write_text(json.dumps({"embeddings": [entry]}))
    codes = {finding.code for finding in check(folder / "config.json").findings}
    assert {"W20", "E03"} <= codes
    fixed = write_fixed(folder / "config.json", None, tmp_path / "out").path.parent

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        route.fulfill(path=fixed / name, headers={"Access-Control-Allow-Origin": "*"})

    page.route(f"{ADDRESS}**", answer)
    site = tmp_path / "site"
    site.mkdir()
    shutil.copy(viewer_code(), site)
    shutil.copy(fixed / "config.json", site)
    (site / "index.html").write_text(PAGE)
    with serve_folder(site, host="127.0.0.1", port=0) as address:
        page.goto(f"{address}index.html?config=config.json")
        assert_genre_is_colored(page, fixed)
