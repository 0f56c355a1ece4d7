"""The page that is published: found in an export, and told its address."""

from __future__ import annotations

import html
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from projector_export.errors import RunError, command_line
from projector_export.export_folder import INDEX_NAME, PACKED_SUFFIX, PREVIEW_NAME, ExportFolder
from projector_export.publisher.target import Place
from projector_export.write.site.about import GENERATOR, previews
from projector_export.write.site.data import read_page_config, write_page_config


def find_page(folder: Path) -> Path:
    """Return the page of an export, or the folder itself if it is one.

    Raises:
        RunError: there is no page.
    """
    page = ExportFolder(folder).site()
    if not is_page((page / INDEX_NAME).read_text("utf-8", "replace")):
        raise RunError(
            f"{page} is not a page that this version of projector-export wrote",
            tip=f"write one with: {command_line('site', folder, '-o', 'public')}",
        )
    return page


def is_page(index: str) -> bool:
    """Whether this is the HTML of a page that projector-export wrote."""
    return GENERATOR in index


def page_files(page: Path) -> list[Path]:
    """List the files of a page, in order."""
    return sorted(path for path in page.rglob("*") if path.is_file())


@contextmanager
def page_for(page: Path, place: Place) -> Iterator[Path]:
    """Yield a copy of the page that knows its address, unless it has been told another."""
    with tempfile.TemporaryDirectory(prefix="projector-export-") as temporary:
        copy = Path(shutil.copytree(page, Path(temporary) / "page"))
        _tell_address(copy, place)
        yield copy


def _tell_address(page: Path, place: Place) -> None:
    """Put its address, and that of its picture, where previews of links look for them."""
    config, index_path = read_page_config(page), page / INDEX_NAME
    if not place.address or config.get("url"):
        return
    told = config | {"url": place.address}
    write_page_config(page, told)
    old, new = previews(config), previews(told)
    if (page / PREVIEW_NAME).is_file():
        old = previews(config | {"preview": PREVIEW_NAME})
        new = previews(told | {"preview": place.picture})
    index_path.write_text(index_path.read_text("utf-8").replace(old, new), "utf-8")


def other_names(folder: Path, page: Path) -> list[str]:
    """List what is in a published page's folder and belongs neither to it nor to the new page."""
    new = {path.name for path in page.iterdir()}
    named = html.unescape((folder / INDEX_NAME).read_text("utf-8"))
    with suppress(RunError):
        named += json.dumps(read_page_config(folder), ensure_ascii=False)
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.name not in new and f'"{path.name.removesuffix(PACKED_SUFFIX)}"' not in named
    )
