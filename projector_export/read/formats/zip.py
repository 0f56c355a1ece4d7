"""What is in a zip file: several formats are zips; the names inside distinguish them."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile, ZipFile

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")  # the second is of an empty one


def is_zip(head: bytes) -> bool:
    """Whether a file starts like a zip."""
    return head.startswith(ZIP_MAGIC)


def zip_names(path: Path) -> list[str]:
    """List the names in a zip; a damaged one has none."""
    try:
        with ZipFile(path) as archive:
            return archive.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return []
