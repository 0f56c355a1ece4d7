"""What is below a folder, which may be anybody's: with an end, whatever links and files it has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from projector_export.errors import InputError
from projector_export.files import is_file_inside

MAX_ENTRIES = 100_000  # files and folders; the pictures of an export are at most 5,000 a table


def walk(top: Path, *, follows_links: bool) -> Iterator[tuple[Path, list[str]]]:
    """Yield each folder with the names of its files, like `os.walk`, but never in circles.

    Raises:
        InputError: there are more than `MAX_ENTRIES` files and folders.
    """
    num_entries = 0
    for name, folders, files in os.walk(top, followlinks=follows_links):
        num_entries += len(folders) + len(files)
        if num_entries > MAX_ENTRIES:
            raise InputError(
                f"{top} has more than {MAX_ENTRIES:,} files and folders; expected an export or a "
                "logdir",
                tip="name the folder of the export itself",
            )
        here = Path(name).resolve()
        folders[:] = [
            folder for folder in folders if not here.is_relative_to((here / folder).resolve())
        ]
        yield Path(name), files


def files_below(folder: Path) -> list[Path]:
    """List every file of a folder, in order; links lead to none outside it.

    Raises:
        InputError: there are too many.
    """
    found = (path / name for path, names in walk(folder, follows_links=False) for name in names)
    return sorted(path for path in found if is_file_inside(path, folder))
