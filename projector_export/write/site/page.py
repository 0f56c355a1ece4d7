"""Write a static page with its own projector, which opens on the colored map.

The data is the upload set (`data.py`), the viewer that of the installed TensorBoard (`viewer.py`),
unchanged. What the page adds is in `scripts/`: plain scripts that replace methods of the viewer.
These are not a public interface, so each feature asks first whether its methods are there.
"""

from __future__ import annotations

import base64
import html
import logging
from collections.abc import Iterable
from pathlib import Path

from projector_export.errors import RunError
from projector_export.export_folder import INDEX_NAME, PACKED_SUFFIX, PREVIEW_NAME, ExportFolder
from projector_export.files import (
    copy_file,
    is_file_inside,
    whole_folder,
    write_chunks_whole,
    write_text_whole,
)
from projector_export.page_parts import read_maps, read_tour
from projector_export.viewer_facts import VIEWER_SCRIPT
from projector_export.write.site.about import NOT_SAID, About, read_about, with_about
from projector_export.write.site.data import (
    Config,
    file_of,
    packed,
    page_files,
    read_config,
)
from projector_export.write.site.pictures import copy_pictures, picture_folders
from projector_export.write.site.render import preloads, render
from projector_export.write.site.viewer import installed_viewer

logger = logging.getLogger(__name__)

LICENSE_NAME = "LICENSE.tensorboard.txt"
MAX_ROWS = 500_000  # of a table; docs/page.md has what more and fewer take


def write_page(
    export_path: Path,
    output: Path,
    *,
    single_file: bool,
    replace: bool,
    about: About = NOT_SAID,
) -> Path:
    """Write an export's page to a folder or as one file; return `output`.

    Args:
        export_path: the export.
        output: the folder, or the file.
        single_file: write one HTML file.
        replace: replace an existing output.
        about: what the page says of itself; by default what the export's own page says.

    Raises:
        RunError: there is no upload set, or `output` exists and `replace` is not set.
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    export = ExportFolder(export_path)
    upload_folder = export.upload_set()
    about = about.or_else(read_about(export.find_site()))
    if single_file:
        if output.is_dir():
            raise RunError(f"{output} is a folder; expected the name of an HTML file")
        if output.exists() and not replace:
            raise RunError(f"{output} already exists", tip="choose another name, or add --force")
        write_single_file(output, upload_folder, about)
        return output
    with whole_folder(output, when_present="replace" if replace else "refuse") as folder:
        write_site(folder, upload_folder, about)
    return output


def write_site(
    folder: Path, upload_folder: Path, about: About = NOT_SAID, *, max_rows: int = MAX_ROWS
) -> None:
    """Write a folder for any static host from an upload set.

    Args:
        folder: where the page goes.
        upload_folder: the upload set.
        about: what the page says of itself.
        max_rows: how many rows of a table the page has at most: the first ones.

    Raises:
        RunError: there is no upload set.
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    viewer = installed_viewer()
    config = _page_config(upload_folder, about, max_rows=max_rows)
    for name, content in page_files(upload_folder, config):
        write_chunks_whole(folder / f"{name}{PACKED_SUFFIX}", packed(content))
    preview = PREVIEW_NAME if is_file_inside(upload_folder / PREVIEW_NAME, upload_folder) else ""
    for name in filter(None, [*_sprite_names(config), preview]):
        copy_file(file_of(upload_folder, name), folder / name)
    write_chunks_whole(folder / f"{VIEWER_SCRIPT}{PACKED_SUFFIX}", packed([viewer.script]))
    write_text_whole(folder / LICENSE_NAME, viewer.license)
    pictures = picture_folders(config, upload_folder)
    copy_pictures(pictures, upload_folder, folder)
    config["preview"] = preview  # a single file has none
    page = render(config, viewer, preloads=preloads(config), pictures=pictures)
    write_text_whole(folder / INDEX_NAME, page)


def write_single_file(
    path: Path, upload_folder: Path, about: About = NOT_SAID, *, max_rows: int = MAX_ROWS
) -> None:
    """Write one HTML file that contains everything, to open with a double click; see `write_site`.

    Raises:
        RunError: there is no upload set.
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    viewer = installed_viewer()
    config = _page_config(upload_folder, about, max_rows=max_rows)
    parts = [_embedded(VIEWER_SCRIPT, [viewer.script])]
    parts += [_embedded(name, content) for name, content in page_files(upload_folder, config)]
    parts += [
        _embedded(name, [file_of(upload_folder, name).read_bytes()])
        for name in _sprite_names(config)
    ]
    write_text_whole(path, render(config, viewer, data="\n".join(parts)))


def _embedded(name: str, content: Iterable[bytes]) -> str:
    return (
        f'<script type="application/octet-stream" data-path="{html.escape(name)}">'
        f"{base64.b64encode(b''.join(packed(content))).decode()}</script>"
    )


def _page_config(upload_folder: Path, about: About, *, max_rows: int) -> Config:
    """Return the viewer's config, with what the page tells of itself and of its maps."""
    config = read_config(upload_folder, max_rows=max_rows)
    for table in config["embeddings"]:
        if "rowsInAll" in table:
            name, shown, total = table["tensorName"], table["tensorShape"][0], table["rowsInAll"]
            logger.info("%s: the page has %s of %s rows", name, f"{shown:,}", f"{total:,}")
    return with_about(config, about) | {
        "maps": read_maps(upload_folder),
        "tour": read_tour(upload_folder),
    }


def _sprite_names(config: Config) -> list[str]:
    """List the pictures of points, each once."""
    names = [table["sprite"]["imagePath"] for table in config["embeddings"] if "sprite" in table]
    return list(dict.fromkeys(names))
