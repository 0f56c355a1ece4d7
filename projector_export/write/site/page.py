"""Write a static page with its own projector, which opens on the colored map.

The data is the upload set, the viewer that of the installed TensorBoard (`viewer.py`), unchanged.
What the page adds is in `scripts/`: plain scripts that replace methods of the viewer. These are not
a public interface, so each feature asks first whether its methods are there.
"""

from __future__ import annotations

import base64
import html
import json
import os
import time
from pathlib import Path
from typing import Any

from projector_export.errors import JobFailedError, RunError
from projector_export.export_folder import COLORINGS_NAME, INDEX_NAME, ExportFolder
from projector_export.files import (
    copy_file,
    is_file_inside,
    whole_folder,
    write_bytes_whole,
    write_text_whole,
)
from projector_export.prepare.cells import clean_text
from projector_export.viewer_facts import VIEWER_SCRIPT
from projector_export.write.site.pictures import copy_pictures, picture_folders
from projector_export.write.site.render import CONFIG_NAME, PATH_KEYS, preloads, render
from projector_export.write.site.upload_config import read_upload_config
from projector_export.write.site.viewer import installed_viewer

LICENSE_NAME = "LICENSE.tensorboard.txt"


def write_page(
    export_path: Path,
    output: Path,
    *,
    single_file: bool,
    replace: bool,
    title: str = "",
    source: str = "",
) -> Path:
    """Write an export's page to a folder or as one file; return `output`.

    Args:
        export_path: the export.
        output: the folder, or the file.
        single_file: write one HTML file.
        replace: replace an existing output.
        title: what the page is called; by default as the export is.
        source: where the data is from, for those who read about the map.

    Raises:
        RunError: there is no upload set, or `output` exists and `replace` is not set.
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    upload_folder = ExportFolder(export_path).upload_set()
    if single_file:
        if output.is_dir():
            raise RunError(f"{output} is a folder; expected the name of an HTML file")
        if output.exists() and not replace:
            raise RunError(f"{output} already exists", tip="choose another name, or add --force")
        write_single_file(output, upload_folder, title=title, source=source)
        return output
    with whole_folder(output, when_present="replace" if replace else "refuse") as folder:
        write_site(folder, upload_folder, title=title, source=source)
    return output


def write_site(folder: Path, upload_folder: Path, *, title: str = "", source: str = "") -> None:
    """Write a folder for any static host from an upload set.

    Raises:
        RunError: there is no upload set.
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    viewer, config = installed_viewer(), _page_config(upload_folder, title=title, source=source)
    for path in _data_paths(config):
        copy_file(_file(upload_folder, path), folder / path)
    write_bytes_whole(folder / COLORINGS_NAME, _colorings(upload_folder))
    write_text_whole(folder / CONFIG_NAME, json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    write_bytes_whole(folder / VIEWER_SCRIPT, viewer.script)
    write_text_whole(folder / LICENSE_NAME, viewer.license)
    source = f'<script src="{VIEWER_SCRIPT}"></script>'
    pictures = picture_folders(config, upload_folder)
    copy_pictures(pictures, upload_folder, folder)
    page = render(
        config, viewer, viewer_script=source, preloads=preloads(config), pictures=pictures
    )
    write_text_whole(folder / INDEX_NAME, page)


def write_single_file(
    path: Path, upload_folder: Path, *, title: str = "", source: str = ""
) -> None:
    """Write one HTML file that contains everything, to open with a double click.

    Raises:
        RunError: there is no upload set.
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    viewer, config = installed_viewer(), _page_config(upload_folder, title=title, source=source)
    if b"</script" in viewer.script.lower():
        raise JobFailedError(
            f"the viewer of TensorBoard {viewer.version} contains </script, so it cannot be put "
            "into a page",
            tip="write a folder instead of a single file",
        )
    contents = {name: _file(upload_folder, name).read_bytes() for name in _data_paths(config)}
    contents[COLORINGS_NAME] = _colorings(upload_folder)
    contents[CONFIG_NAME] = json.dumps(config).encode()
    data = "\n".join(
        f'<script type="application/octet-stream" data-path="{html.escape(name)}">'
        f"{base64.b64encode(content).decode()}</script>"
        for name, content in contents.items()
    )
    source = f"<script>{viewer.script.decode()}</script>"
    write_text_whole(path, render(config, viewer, viewer_script=source, data=data))


def _page_config(upload_folder: Path, *, title: str, source: str) -> dict[str, Any]:
    """Return the viewer's config, with what the page tells of itself."""
    config = read_upload_config(upload_folder)
    if title:
        config["modelCheckpointPath"] = clean_text(title)
    # The same input gives the same bytes with this variable, as reproducible builds set it.
    moment = float(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    return config | {
        "source": clean_text(source),
        "date": time.strftime("%Y-%m-%d", time.gmtime(moment)),
    }


def _data_paths(config: dict[str, Any]) -> list[str]:
    """List the names of the files that the config refers to, each once; they are next to it."""
    named = [table[key] for table in config["embeddings"] for key in PATH_KEYS if key in table]
    named += [table["sprite"]["imagePath"] for table in config["embeddings"] if "sprite" in table]
    return list(dict.fromkeys(Path(path).name for path in named))


def _file(upload_folder: Path, name: str) -> Path:
    if not is_file_inside(upload_folder / name, upload_folder):
        raise RunError(f"{upload_folder} is incomplete: it has no file {name!r}")
    return upload_folder / name


def _colorings(upload_folder: Path) -> bytes:
    """Read what the page offers to color by; nothing of its own if an older version exported."""
    path = upload_folder / COLORINGS_NAME
    return path.read_bytes() if is_file_inside(path, upload_folder) else b"{}"
