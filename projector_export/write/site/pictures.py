"""The pictures that the page shows in its cards: files next to the page, one per row."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from projector_export.files import is_file_inside
from projector_export.write.full_pictures import FOLDER_SUFFIX, SPRITE_SUFFIX


def picture_folders(config: dict[str, Any], upload_folder: Path) -> dict[str, str]:
    """Map the name of each table that has full pictures to their folder in the upload set.

    A table and its layouts share a sprite, and so their pictures.
    """
    folders = {
        table["tensorName"]: Path(table["sprite"]["imagePath"]).name.removesuffix(SPRITE_SUFFIX)
        + FOLDER_SUFFIX
        for table in config["embeddings"]
        if "sprite" in table
    }
    return {name: folder for name, folder in folders.items() if (upload_folder / folder).is_dir()}


def copy_pictures(folders: dict[str, str], upload_folder: Path, folder: Path) -> None:
    """Copy the pictures, and nothing else, into the page's folder."""
    for name in set(folders.values()):
        (folder / name).mkdir()
        for picture in (upload_folder / name).glob("*.jpg"):
            if is_file_inside(picture, upload_folder):
                shutil.copyfile(picture, folder / name / picture.name)
