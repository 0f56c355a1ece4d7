"""Take the pictures in docs/images: `PICTURES=docs/images pytest -m browser tests/browser/test_pictures.py`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from projector_export.serve.static import serve_folder
from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
from tests.helpers import projector_page as viewer

RUN = Path(__file__).parent.parent.parent / "logs" / "starter"
FOLDER = os.environ.get("PICTURES", "")

pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="set PICTURES to the folder for the pictures"),
    pytest.mark.skipif(not RUN.is_dir(), reason="needs the starter's run: make demo"),
]


def take_picture(page, name: str) -> None:
    page.mouse.move(640, 30)  # off the map, where it would keep a label open
    page.wait_for_timeout(500)  # the drawer slides and the cover fades
    path = Path(FOLDER) / name
    page.screenshot(path=path)
    assert path.stat().st_size > 50_000


def test_the_site_as_it_opens(page) -> None:
    with serve_folder(RUN / "site", host="127.0.0.1", port=0) as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened='by itself']")
        take_picture(page, "site.png")


def test_tensorboard_after_a_click_on_a_bookmark(page) -> None:
    with tensorboard(RUN / "projector") as address:
        page.goto(address + PROJECTOR_PAGE)
        viewer.wait_until_loaded(page)
        viewer.wait_until_bookmarks(page)
        viewer.click_bookmark(page, 0)
        take_picture(page, "tensorboard.png")


def test_the_closest_books_of_a_book(page) -> None:
    with serve_folder(RUN / "site", host="127.0.0.1", port=0) as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened='by itself']")
        row = viewer.column(page, "title").index("War and Peace")
        viewer.evaluate(page, f"q.notifySelectionChanged([{row}])")
        page.wait_for_selector("vz-projector-inspector-panel .nn-list .neighbor")
        take_picture(page, "neighbors.png")
