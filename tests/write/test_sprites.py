"""Pictures become one image with a tile per row, in the order in which the viewer has the rows."""

from __future__ import annotations

import json
import logging
import math
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import projector_export as px
from projector_export.errors import InputError
from projector_export.prepare.table import prepare
from projector_export.read.pictures import Pictures
from projector_export.viewer_facts import COLORS, MAX_SPRITE_SIDE
from projector_export.write import full_pictures
from projector_export.write.sprites import (
    INK,
    MAX_PIXELS,
    MAX_TILE_SIDE,
    _tile_side,
    draw_sprite,
    initials,
    read_picture,
)

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
VECTORS = np.random.default_rng(0).normal(size=(40, 8))


def write_picture(path: Path, color, *, size=(30, 60), **options) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path, **options)
    return str(path)


def drawn(sprites, metadata, **options) -> tuple[np.ndarray, list[str]]:
    """Draw it; return the tiles (rows, height, width, 4), and the label of each."""
    num_rows = len(next(iter(metadata.values())) if isinstance(metadata, dict) else metadata)
    table = prepare(px.Embedding("words", VECTORS[:num_rows], metadata, sprites=sprites, **options))
    sprite = draw_sprite(table)
    assert sprite is not None
    image = np.asarray(Image.open(BytesIO(sprite.png)))
    width, height = sprite.tile
    rows, columns = image.shape[0] // height, image.shape[1] // width
    assert rows == columns  # or the viewer draws the wrong tiles
    tiles = image.reshape(rows, height, columns, width, 4).swapaxes(1, 2)
    tiles = tiles.reshape(-1, height, width, 4)[: table.num_rows]
    return tiles, [str(label) for label in table.metadata.iloc[:, 0]]


def middle(tile: np.ndarray) -> tuple[int, ...]:
    return tuple(tile[tile.shape[0] // 2, tile.shape[1] // 2].tolist())


def test_a_tile_has_the_picture_of_its_row_after_rows_are_put_in_order() -> None:
    grays = np.arange(40, dtype=np.uint8) * 6
    images = np.broadcast_to(grays[:, None, None], (40, 5, 5))
    # Rows are ordered so that the most frequent topic comes first: 39 comes before 0.
    topics = ["rare"] * 10 + ["often"] * 30
    table = {"word": [f"word {n}" for n in range(40)], "topic": topics}
    tiles, labels = drawn(images, table, color_by="topic")
    assert labels[0] == "word 10"
    for tile, label in zip(tiles, labels, strict=True):
        gray = int(grays[int(label.removeprefix("word "))])
        assert set(map(tuple, tile.reshape(-1, 4).tolist())) == {(gray, gray, gray, 255)}


@pytest.mark.parametrize("side", [1, 28, MAX_TILE_SIDE])
def test_images_that_fit_are_not_scaled(side: int) -> None:
    images = np.random.default_rng(1).integers(256, size=(7, side, side, 3), dtype=np.uint8)
    tiles, _ = drawn(images, ["a"] * 7)
    np.testing.assert_array_equal(tiles[..., :3], images)


def test_fractions_are_shares_of_white() -> None:
    images = np.array([0.0, 0.5, 1.0]).reshape(3, 1, 1)
    tiles, _ = drawn(images, ["black", "gray", "white"])
    assert [middle(tile)[0] for tile in tiles] == [0, 128, 255]


def test_a_high_picture_stands_in_the_middle_of_a_transparent_tile(tmp_path) -> None:
    path = write_picture(tmp_path / "red.png", RED, size=(30, 60))
    tiles, _ = drawn([path] * 2, ["a", "b"])
    is_opaque = tiles[0, ..., 3] == 255
    # 30 x 60 becomes 64 x 128: half of the tile's width, a quarter free on each side.
    assert is_opaque[:, 32:96].all()
    assert not is_opaque[:, :32].any()
    assert not is_opaque[:, 96:].any()
    assert middle(tiles[0]) == (*RED, 255)


def test_what_is_transparent_in_a_picture_becomes_white_and_stays_visible() -> None:
    images = np.zeros((2, 4, 4, 4), np.uint8)
    tiles, _ = drawn(images, ["a", "b"])
    assert middle(tiles[0]) == (255, 255, 255, 255)


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "webp", "bmp"])
def test_files_are_read_in_the_formats_of_the_web(tmp_path, suffix) -> None:
    path = write_picture(tmp_path / f"blue.{suffix}", BLUE)
    assert np.abs(np.subtract(read_picture(path, 8).getpixel((2, 4)), (*BLUE, 255))).max() < 3


def test_a_photo_that_was_taken_sideways_stands_upright(tmp_path) -> None:
    path = tmp_path / "sideways.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees
    Image.new("RGB", (60, 30), RED).save(path, exif=exif)
    assert read_picture(str(path), 64).size == (30, 60)


def test_missing_and_broken_pictures_are_drawn_plain_and_counted_in_one_line(
    tmp_path, caplog
) -> None:
    good = write_picture(tmp_path / "good.png", GREEN)
    text, bomb = tmp_path / "text.png", tmp_path / "bomb.png"
    text.write_text("no picture")
    side = int(MAX_PIXELS**0.5) + 1
    Image.new("1", (side, side)).save(bomb)  # 50 million pixels in a few kilobytes
    script = tmp_path / "script.eps"
    script.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    paths = [good, "", "http://localhost/x.png", "/dev/zero", str(text), str(bomb), str(script)]
    with caplog.at_level(logging.INFO, "projector_export"):
        tiles, _ = drawn(paths, ["good", *"abcdef"])
    assert middle(tiles[0]) == (*GREEN, 255)
    assert {middle(tile) for tile in tiles[1:]} == {(232, 232, 232, 255)}
    assert len(caplog.records) == 1
    assert "words: 6 of 7 pictures cannot be read and are drawn plain" in caplog.text
    assert "the first: an empty cell" in caplog.text


def test_a_column_of_paths_is_relative_to_the_working_folder(tmp_path, monkeypatch) -> None:
    write_picture(tmp_path / "covers" / "one.png", BLUE)
    monkeypatch.chdir(tmp_path)
    table = {"word": ["a", "b"], "cover": ["covers/one.png", None]}
    tiles, _ = drawn("cover", table, color_by=None)
    assert middle(tiles[0]) == (*BLUE, 255)


def tint(color: str) -> tuple[int, ...]:
    """40 % of the color and 60 % white."""
    parts = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return (*(round(0.4 * part + 0.6 * 255) for part in parts), 255)


def test_initials_stand_on_a_tint_of_the_color_that_the_viewer_gives_their_category() -> None:
    table = {"word": ["War and Peace", "Dune", "Emma"], "topic": ["war", "sand", "sand"]}
    tiles, labels = drawn("initials", table, color_by="topic")
    assert labels == ["Dune", "War and Peace", "Emma"]  # "sand" is the most frequent
    corners = [tuple(tile[0, 0].tolist()) for tile in tiles]
    assert corners == [tint(COLORS[0]), tint(COLORS[1]), tint(COLORS[0])]
    assert all((tile[..., :3] == INK).all(axis=-1).any() for tile in tiles)
    assert not np.array_equal(tiles[0], tiles[2])  # D and E


def test_labels_in_a_script_that_the_font_lacks_are_drawn_plain() -> None:
    tiles, _ = drawn("initials", ["戦争と平和", "Дюна"])
    assert (tiles[0] == tiles[0][0, 0]).all()
    assert not (tiles[1] == tiles[1][0, 0]).all()


@pytest.mark.parametrize(
    ("label", "letters"),
    [
        ("War and Peace", "WP"),
        ("Dune", "D"),
        ("émile zola", "ÉZ"),
        ("snake_case", "SC"),
        ("...", ""),
        ("'Tis", "T"),
        ("straße", "S"),
    ],
)
def test_initials_are_the_first_letters_of_the_first_and_last_word(label, letters) -> None:
    assert initials(label) == letters


@given(st.text())
def test_every_label_has_initials_of_few_letters(label: str) -> None:
    assert len(initials(label)) <= 6  # such as of ligatures, which become several letters


@pytest.mark.parametrize(
    ("num_rows", "side"),
    [
        (1_024, 128),  # 32 x 32 tiles of 128 pixels are 4,096 pixels
        (2_203, 87),  # 47 x 47 in 4,096
        (10_000, 64),  # 100 x 100
        (17_000, 62),  # 131 x 131 in 8,192
    ],
)
def test_the_more_rows_the_smaller_are_the_tiles(num_rows: int, side: int) -> None:
    vectors = np.zeros((num_rows, 3))
    table = prepare(px.Embedding("many", vectors, sprites="initials", color_by=None))
    assert _tile_side(table, math.ceil(num_rows**0.5)) == side


@pytest.mark.slow
def test_many_rows_share_the_largest_image_that_the_viewer_reads() -> None:
    num_rows = 37_020  # 193 x 193 tiles, of 8192 / 193 = 42.4 pixels
    vectors = np.random.default_rng(0).normal(size=(num_rows, 3))
    table = prepare(px.Embedding("many", vectors, sprites=np.zeros((num_rows, 64, 64), np.uint8)))
    sprite = draw_sprite(table)
    assert sprite is not None
    assert sprite.tile == (42, 42)
    assert Image.open(BytesIO(sprite.png)).size == (193 * 42, 193 * 42)
    assert MAX_SPRITE_SIDE < 193 * 43


def test_every_target_gets_the_sprite_and_check_finds_nothing(tmp_path) -> None:
    words = {"word": [f"word {n}" for n in range(40)], "topic": ["sea", "land"] * 20}
    exported = px.export(
        VECTORS, words, tmp_path / "map", name="words", layouts=("tsne",), sprites="initials"
    )
    assert exported.findings == []
    parts = ("projector", "upload", "site")
    pictures = [(exported.path / part / "words.sprite.png").read_bytes() for part in parts]
    assert len(set(pictures)) == 1
    config = json.loads((exported.path / "upload" / "projector_config.json").read_text())
    expected = {"imagePath": "words.sprite.png", "singleImageDim": [128, 128]}
    assert [table["sprite"] for table in config["embeddings"]] == [expected, expected]
    assert "*.sprite.png" in (exported.path / "upload" / "README.md").read_text()
    single = exported.site(tmp_path / "map.html", single_file=True)
    assert 'data-path="words.sprite.png"' in single.read_text()


def test_without_pictures_nothing_of_them_is_written(tmp_path) -> None:
    exported = px.export(VECTORS, None, tmp_path / "map", layouts=())
    assert not list(exported.path.rglob("*.sprite.png"))
    assert "sprite" not in (exported.path / "projector" / "projector_config.pbtxt").read_text()


@pytest.mark.parametrize(
    ("sprites", "message"),
    [
        ("covr", "there is no metadata column 'covr' with pictures"),
        ("cover", "no picture in column 'cover' is a file; the first is 'missing/1.png'"),
        (["a.png"], "there are 1 sprites for 2 rows"),
        (Pictures(paths=["a.png"]), "there are 1 sprites for 2 rows"),
        (np.array(["a.png", "b.png"]), "no picture in sprites is a file"),
        (pd.Series(["a.png", "b.png"]), "no picture in sprites is a file"),
        (["a.png", "b.png"], "no picture in sprites is a file"),
        (np.zeros((3, 4, 4)), "there are 3 sprites for 2 rows"),
        (np.zeros((2, 4)), r"sprites have shape \(2, 4\); expected"),
        (np.zeros((2, 4, 4, 2)), r"sprites have shape \(2, 4, 4, 2\)"),
        (np.zeros((2, 0, 4)), r"sprites have shape \(2, 0, 4\)"),
        (np.full((2, 4, 4), 200.0), "from 200.0 to 200.0; expected integers from 0 to 255, or"),
        (np.full((2, 4, 4), np.nan), "from nan to nan"),
        (np.full((2, 4, 4), -1), "from -1 to -1"),
        (np.full((2, 4, 4), 300), "from 300 to 300"),
    ],
)
def test_what_is_no_picture_for_each_row_is_refused(sprites, message) -> None:
    table = {"word": ["a", "b"], "cover": ["missing/1.png", "missing/2.png"]}
    with pytest.raises(InputError, match=message):
        px.Embedding("words", VECTORS[:2], table, sprites=sprites)


def test_files_are_written_again_for_the_page_smaller_and_without_where_they_were_taken(
    tmp_path,
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"  # the description
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (1280, 960), RED).save(photo, exif=exif)
    assert b"taken at home" in photo.read_bytes()
    small = write_picture(tmp_path / "small.png", GREEN)
    table = {"word": ["a", "b", "c"], "topic": ["x", "y", "y"]}
    exported = px.export(
        VECTORS[:3],
        table,
        tmp_path / "map",
        name="words",
        color_by="topic",
        layouts=(),
        sprites=[str(photo), small, "missing.png"],
    )
    for part in ("upload", "site"):
        # "y" is the most frequent topic: b comes first, then a.
        pictures = sorted((exported.path / part / "words.pictures").iterdir())
        assert [path.name for path in pictures] == ["0.jpg", "1.jpg"]
        assert Image.open(BytesIO(pictures[0].read_bytes())).size == (30, 60)
        assert Image.open(BytesIO(pictures[1].read_bytes())).size == (640, 480)
        assert b"taken at home" not in pictures[1].read_bytes()
    assert not list((exported.path / "projector").rglob("*.jpg"))
    assert "*.pictures/" in (exported.path / "upload" / "README.md").read_text()


def test_too_many_pictures_are_not_written_in_full_which_is_logged(
    tmp_path, caplog, monkeypatch
) -> None:
    monkeypatch.setattr(full_pictures, "MAX_PICTURES", 1)
    path = write_picture(tmp_path / "green.png", GREEN)
    with caplog.at_level(logging.INFO, "projector_export"):
        exported = px.export(VECTORS[:2], None, tmp_path / "map", layouts=(), sprites=[path] * 2)
    assert not list(exported.path.rglob("*.pictures"))
    assert "cards on the page show no pictures, as there are more than 1" in caplog.text
    assert exported.findings == []
