"""Draw the sprite: one image with a tile per row, which the viewer draws in place of points.

The viewer reads at most 8,192 x 8,192 pixels (data-provider.ts:27), expects as many rows of tiles
as columns (scatterPlotVisualizerSprites.ts:47), leaves out pixels whose alpha is 0, and multiplies
all others by the color of "Color by". So pictures stand on a transparent ground, and the ground of
initials is a light tint of their category's color: it is visible without "Color by", and nearly the
color itself with it.
"""

from __future__ import annotations

import io
import logging
import math
import re
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

from projector_export.prepare.cells import clean_text, is_numeric
from projector_export.prepare.table import PreparedTable
from projector_export.read.pictures import is_picture_file
from projector_export.viewer_facts import COLORS, MAX_SPRITE_SIDE

logger = logging.getLogger(__name__)

Color = tuple[int, int, int]

MAX_TILE_SIDE = 128  # pixels; the viewer draws those of 300 rows at 70, and larger in its list
LARGE_TILE_SIDE = 64  # above it, tiles grow only while the sprite stays below `MEDIUM_SIDE`
MEDIUM_SIDE = 4_096  # pixels: 64 MB in the graphics card, a quarter of the largest sprite
MAX_PIXELS = 50_000_000  # of a picture; more is not decoded
# Those that browsers show. Pillow reads others by running other programs.
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "WEBP")
WHITE_SHARE = 0.6  # of a tint
INK, NO_CATEGORY = (40, 40, 40), (232, 232, 232)
PNG_LEVEL = 3  # of 9: twice as fast as the default, and a tenth larger


@dataclass(frozen=True, slots=True)
class Sprite:
    """The image as a PNG file, and the width and height of a tile in pixels."""

    png: bytes
    tile: tuple[int, int]


def draw_sprite(table: PreparedTable) -> Sprite | None:
    """Draw a table's pictures, row by row; None if it has none."""
    if table.sprites is None:
        return None
    num_columns = math.ceil(math.sqrt(table.num_rows))
    side = _tile_side(table, num_columns)
    canvas = Image.new("RGBA", (side * num_columns, side * num_columns), (255, 255, 255, 0))
    for number, tile in enumerate(_tiles(table, side)):
        row, column = divmod(number, num_columns)
        offset = (side - tile.width) // 2, (side - tile.height) // 2
        canvas.paste(tile, (column * side + offset[0], row * side + offset[1]))
    file = io.BytesIO()
    canvas.save(file, "PNG", compress_level=PNG_LEVEL)
    return Sprite(file.getvalue(), (side, side))


def _tile_side(table: PreparedTable, num_columns: int) -> int:
    images = table.sprites.images if table.sprites else None
    side = MAX_TILE_SIDE if images is None else min(max(images.shape[1:3]), MAX_TILE_SIDE)
    comfortable = max(LARGE_TILE_SIDE, MEDIUM_SIDE // num_columns)
    return min(side, comfortable, MAX_SPRITE_SIDE // num_columns)


def _tiles(table: PreparedTable, side: int) -> Iterator[Image.Image]:
    """Draw the tile of each row, at most `side` wide and high."""
    pictures = table.sprites
    if pictures is not None and pictures.images is not None:
        yield from (_fitted(_on_white(_array_image(image)), side) for image in pictures.images)
    elif pictures is not None and pictures.paths is not None:
        yield from _file_tiles(table, pictures.paths, side)
    else:
        labels = (clean_text(label) for label in table.metadata.iloc[:, 0])
        for label, color in zip(labels, _tints(table), strict=True):
            yield _initials_tile(initials(label), color, side)


def _array_image(image: NDArray[np.uint8]) -> Image.Image:
    """Turn (H, W, C) into a picture."""
    return Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)


def _file_tiles(table: PreparedTable, paths: Sequence[str], side: int) -> Iterator[Image.Image]:
    problems = []
    for path, color in zip(paths, _tints(table), strict=True):
        try:
            yield _fitted(read_picture(path, side), side)
        except Exception as error:  # noqa: BLE001 - whatever a reader of pictures meets
            problems.append(f"{path or 'an empty cell'} ({error or type(error).__name__})")
            yield Image.new("RGBA", (side, side), color)
    if problems:
        logger.info(
            "%s: %s of %s pictures cannot be read and are drawn plain, the first: %s",
            table.name,
            f"{len(problems):,}",
            f"{len(paths):,}",
            problems[0],
        )


def read_picture(path: str, side: int) -> Image.Image:
    """Read a picture, upright and on white, of at least `side` pixels if the file has as many.

    The file may be anything.

    Raises:
        Exception: it is no file, no picture, damaged, or too large to be decoded.
    """
    if not is_picture_file(path):
        raise FileNotFoundError("is no file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # as `MAX_PIXELS` is less
        with Image.open(path, formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ValueError(f"has {picture.width} x {picture.height} pixels")
            picture.draft("RGB", (side, side))  # a JPEG is decoded to a smaller one right away
            return _on_white(ImageOps.exif_transpose(picture))


def _on_white(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture.convert("RGBA"))
    return ground


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    """Scale a picture so that its longer side is `side`."""
    return picture if max(picture.size) == side else ImageOps.contain(picture, (side, side))


def initials(label: str) -> str:
    """Return the first letters of the first and the last word: `War and Peace` is WP."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", label).replace("_", " "))
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "") if words else ""
    return letters.upper()


@lru_cache(maxsize=4096)
def _initials_tile(letters: str, color: Color, side: int) -> Image.Image:
    tile = Image.new("RGBA", (side, side), color)
    font = _font(side)
    drawn = "".join(letter for letter in letters if _has_glyph(font, letter))
    middle = (side / 2, side / 2)
    ImageDraw.Draw(tile).text(middle, drawn, fill=INK, font=font, anchor="mm")
    return tile


@lru_cache
def _font(side: int) -> ImageFont.FreeTypeFont:
    """Load a font with Latin, Greek, Cyrillic, Arabic and other letters; Matplotlib ships it."""
    from matplotlib import get_data_path

    path = Path(get_data_path(), "fonts", "ttf", "DejaVuSans-Bold.ttf")
    return ImageFont.truetype(str(path), max(1, round(0.45 * side)))


def _has_glyph(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """Whether a font has a letter; it draws all others as the same box."""
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


def _tints(table: PreparedTable) -> list[Color]:
    """Return a light tint of each row's color (N,), in the viewer's order of colors."""
    column = table.color_by
    if column is None or is_numeric(table.metadata[column]):
        return [NO_CATEGORY] * table.num_rows
    values = table.metadata[column].astype(str)
    tints = {
        value: _tint(COLORS[rank % len(COLORS)]) for rank, value in enumerate(dict.fromkeys(values))
    }
    return [tints[value] for value in values]


def _tint(color: str) -> Color:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    red, green, blue = (
        round(255 - (1 - WHITE_SHARE) * (255 - part)) for part in (red, green, blue)
    )
    return red, green, blue
