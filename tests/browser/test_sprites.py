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


@pytest.fixture(scope="module")
def with_files(tmp_path_factory) -> Path:
    """Rows with files of 40 x 80 pixels, each of its own gray; the last has none."""
    folder = tmp_path_factory.mktemp("files")
    for row in range(19):
        Image.new("L", (40, 80), 10 * row).save(folder / f"{row}.png")
    exported = px.export(
        np.random.default_rng(0).normal(size=(20, 8)),
        {"name": [f"point {n}" for n in range(20)], "topic": ["rare"] * 5 + ["often"] * 15},
        folder / "map",
        name="points",
        color_by="topic",
        layouts=("pca",),
        sprites=[str(folder / f"{row}.png") for row in range(20)],
    )
    assert exported.findings == []
    return exported.path


def select(page, label: str) -> None:
    row = viewer.column(page, "name").index(label)
    viewer.evaluate(page, f"void q.notifySelectionChanged([{row}])")


def test_a_selected_point_shows_its_picture_in_full_below_its_card(page, with_files) -> None:
    with serve_folder(with_files / "site", host="127.0.0.1", port=0) as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened='by itself']")
        for label, gray in (("point 7", 70), ("point 0", 0)):
            select(page, label)
            page.wait_for_function(
                "(row) => document.querySelector('vz-projector') && projector().metadataCard"
                ".shadowRoot.querySelector('#picture').src.endsWith(row)",
                arg=f"/points.pictures/{viewer.column(page, 'name').index(label)}.jpg",
            )
            picture = page.locator("vz-projector-metadata-card #picture")
            picture.wait_for(state="visible")
            assert picture.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [
                40,
                80,
            ]
            shown = np.asarray(Image.open(BytesIO(picture.screenshot())).convert("L"))
            assert abs(int(shown[shown.shape[0] // 2, shown.shape[1] // 2]) - gray) < 5
        assert page.problems == []
        select(page, "point 19")  # its file is missing
        page.wait_for_timeout(500)
        assert not picture.is_visible()
        viewer.evaluate(page, "void q.notifySelectionChanged([])")
        assert not picture.is_visible()
