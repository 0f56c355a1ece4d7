"""Pictures are drawn in place of points, each at the point of its row."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import projector_export as px
from projector_export.serve.static import serve_folder
from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
from tests.helpers import projector_page as viewer

NUM_ROWS, SIDE = 200, 16
RED, BLUE = (230, 10, 10), (10, 10, 230)


@pytest.fixture(scope="module")
def pictured(tmp_path_factory) -> Path:
    """Rows at the left are red pictures, those at the right blue ones; they lie mixed in the file."""
    rng = np.random.default_rng(0)
    is_right = rng.random(NUM_ROWS) < 0.5
    points = np.c_[
        np.where(is_right, 1, -1) + rng.uniform(-0.3, 0.3, NUM_ROWS), rng.random(NUM_ROWS)
    ]
    images = np.empty((NUM_ROWS, SIDE, SIDE, 3), np.uint8)
    images[:] = np.where(is_right[:, None], BLUE, RED)[:, None, None]
    embedding = px.Embedding(
        "points",
        rng.normal(size=(NUM_ROWS, 8)),
        {
            "name": [f"point {n}" for n in range(NUM_ROWS)],
            "side": np.where(is_right, "right", "left"),
        },
        color_by=None,
        layouts={"sides": points},
        sprites=images,
    )
    exported = px.export(embedding, folder=tmp_path_factory.mktemp("map") / "map", layouts=())
    exported.site(exported.path / "one.html", single_file=True)
    return exported.path


@pytest.fixture(params=["page", "single file", "TensorBoard"])
def opened(page, pictured, request) -> Iterator[object]:
    """The map, open in each viewer."""
    if request.param == "TensorBoard":
        with tensorboard(pictured / "projector") as address:
            page.goto(address + PROJECTOR_PAGE)
            viewer.wait_until_loaded(page)
            viewer.wait_until_bookmarks(page)
            viewer.click_bookmark(page, 0)
            yield page
    elif request.param == "page":
        with serve_folder(pictured / "site", host="127.0.0.1", port=0) as address:
            page.goto(address)
            page.wait_for_selector("body[data-opened='by itself']")
            yield page
    else:
        page.goto((pictured / "one.html").as_uri())
        page.wait_for_selector("body[data-opened='by itself']")
        yield page


def share_of(pixels: np.ndarray, color) -> float:
    return float((np.abs(pixels.astype(int) - color).max(axis=-1) < 30).mean())


def test_the_pictures_are_drawn_where_their_rows_are(opened) -> None:
    viewer.wait_until(opened, "q.dataSet.spriteAndMetadataInfo?.spriteImage?.complete")
    sprite = "q.dataSet.spriteAndMetadataInfo"
    columns = 15  # the least square of tiles for 200 rows
    assert viewer.evaluate(opened, f"{sprite}.spriteMetadata.singleImageDim") == [SIDE, SIDE]
    assert viewer.evaluate(opened, f"{sprite}.spriteImage.naturalWidth") == columns * SIDE
    assert viewer.evaluate(opened, f"{sprite}.spriteImage.naturalHeight") == columns * SIDE
    drawer = "q.projectorScatterPlotAdapter.spriteVisualizer"
    assert viewer.evaluate(opened, f"[{drawer}.spritesPerRow, {drawer}.spritesPerColumn]") == [
        15,
        15,
    ]
    opened.wait_for_timeout(1000)  # the map is drawn at the next frames
    pixels = np.asarray(Image.open(BytesIO(opened.screenshot())).convert("RGB"))[150:650, 330:930]
    left, right = pixels[:, :300], pixels[:, 300:]
    assert share_of(left, RED) > 0.02
    assert share_of(right, BLUE) > 0.02
    assert share_of(left, BLUE) == share_of(right, RED) == 0
    assert opened.problems == []
