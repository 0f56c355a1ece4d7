"""Write each row's picture as a file, for the page's cards, where a tile would be too small.

Pictures are decoded and encoded again, so no file has EXIF data, such as where a photo was taken.
"""

from __future__ import annotations

import contextlib
import io
import logging
from pathlib import Path

from PIL import Image

from projector_export.files import write_bytes_whole
from projector_export.prepare.table import PreparedTable
from projector_export.write.sprites import read_picture

logger = logging.getLogger(__name__)

FOLDER_SUFFIX, SPRITE_SUFFIX = ".pictures", ".sprite.png"
MAX_SIDE = 640  # pixels; a card is 270 wide, and screens may have two pixels for one
MAX_PICTURES = 5_000  # of some 50 kB
JPEG_QUALITY = 85


def write_full_pictures(folder: Path, table: PreparedTable) -> None:
    """Write `<row>.jpg` for each row that has a picture file; those that cannot be read get none.

    Images that are arrays are not written: they are seldom larger than a tile.
    """
    paths = table.sprites.paths if table.sprites else None
    if paths is None:
        return
    if len(paths) > MAX_PICTURES:
        message = "%s: cards on the page show no pictures, as there are more than %s"
        logger.info(message, table.name, f"{MAX_PICTURES:,}")
        return
    for row, path in enumerate(paths):
        with contextlib.suppress(Exception):  # `draw_sprite` has logged it
            write_bytes_whole(folder / f"{row}.jpg", _jpeg(read_picture(path, MAX_SIDE)))


def _jpeg(picture: Image.Image) -> bytes:
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    file = io.BytesIO()
    picture.convert("RGB").save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()
