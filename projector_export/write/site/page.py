"""Write a static page with its own projector, which opens on the colored map.

The data is the upload set, the viewer that of the installed TensorBoard (`viewer.py`), unchanged.
What the page adds is in `scripts/`: plain scripts that replace methods of the viewer. These are not
a public interface, so each feature asks first whether its methods are there.
"""

from __future__ import annotations

import base64
import html
import json
from pathlib import Path
from typing import Any

from projector_export.errors import JobFailedError, RunError
from projector_export.export_folder import (
    COLORINGS_NAME,
    INDEX_NAME,
    MAPS_NAME,
    PREVIEW_NAME,
    SITE_CONFIG_NAME,
    WEB_CONFIG_NAME,
    ExportFolder,
)
from projector_export.files import copy_file, whole_folder, write_bytes_whole, write_text_whole
from projector_export.viewer_facts import VIEWER_SCRIPT
from projector_export.write.site.about import NOT_SAID, About, read_about, with_about
from projector_export.write.site.pictures import copy_pictures, picture_folders
from projector_export.write.site.render import PATH_KEYS, preloads, render
from projector_export.write.site.viewer import installed_viewer

LICENSE_NAME = "LICENSE.tensorboard.txt"


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


def write_site(folder: Path, upload_folder: Path, about: About = NOT_SAID) -> None:
    """Write a folder for any static host from an upload set.

    Raises:
        RunError: there is no upload set.
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    viewer, config = installed_viewer(), _page_config(upload_folder, about)
    for path in _data_paths(config):
        copy_file(_file(upload_folder, path), folder / path)
    write_bytes_whole(folder / COLORINGS_NAME, _colorings(upload_folder))
    if (upload_folder / PREVIEW_NAME).is_file():
        copy_file(upload_folder / PREVIEW_NAME, folder / PREVIEW_NAME)
        config["preview"] = PREVIEW_NAME
    write_text_whole(
        folder / SITE_CONFIG_NAME, json.dumps(config, indent=2, ensure_ascii=False) + "\n"
    )
    write_bytes_whole(folder / VIEWER_SCRIPT, viewer.script)
    write_text_whole(folder / LICENSE_NAME, viewer.license)
    source = f'<script src="{VIEWER_SCRIPT}"></script>'
    pictures = picture_folders(config, upload_folder)
    copy_pictures(pictures, upload_folder, folder)
    page = render(
        config, viewer, viewer_script=source, preloads=preloads(config), pictures=pictures
    )
    write_text_whole(folder / INDEX_NAME, page)


def write_single_file(path: Path, upload_folder: Path, about: About = NOT_SAID) -> None:
    """Write one HTML file that contains everything, to open with a double click.

    Raises:
        RunError: there is no upload set.
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    viewer, config = installed_viewer(), _page_config(upload_folder, about)
    if b"</script" in viewer.script.lower():
        raise JobFailedError(
            f"the viewer of TensorBoard {viewer.version} contains </script, so it cannot be put "
            "into a page",
            tip="write a folder instead of a single file",
        )
    contents = {name: _file(upload_folder, name).read_bytes() for name in _data_paths(config)}
    contents[COLORINGS_NAME] = _colorings(upload_folder)
    contents[SITE_CONFIG_NAME] = json.dumps(config).encode()
    data = "\n".join(
        f'<script type="application/octet-stream" data-path="{html.escape(name)}">'
        f"{base64.b64encode(content).decode()}</script>"
        for name, content in contents.items()
    )
    source = f"<script>{viewer.script.decode()}</script>"
    write_text_whole(path, render(config, viewer, viewer_script=source, data=data))


def _page_config(upload_folder: Path, about: About) -> dict[str, Any]:
    """Return the viewer's config, with what the page tells of itself and of its maps."""
    maps = upload_folder / MAPS_NAME  # an older version wrote none
    described = json.loads(maps.read_text("utf-8")) if maps.is_file() else {}
    return with_about(_upload_config(upload_folder), about) | {"maps": described}


def _upload_config(upload_folder: Path) -> dict[str, Any]:
    path = upload_folder / WEB_CONFIG_NAME
    if not path.is_file():
        raise RunError(
            f"{upload_folder} has no upload set to write a page from",
            tip=f"write one with: projector-export export {upload_folder.parent}",
        )
    config: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return config


def _data_paths(config: dict[str, Any]) -> list[str]:
    """List the names of the files that the config refers to, each once; they are next to it."""
    named = [table[key] for table in config["embeddings"] for key in PATH_KEYS if key in table]
    named += [table["sprite"]["imagePath"] for table in config["embeddings"] if "sprite" in table]
    return list(dict.fromkeys(Path(path).name for path in named))


def _file(upload_folder: Path, name: str) -> Path:
    if not (upload_folder / name).is_file():
        raise RunError(f"{upload_folder} is incomplete: {name} is missing")
    return upload_folder / name


def _colorings(upload_folder: Path) -> bytes:
    """Read what the page offers to color by; nothing of its own if an older version exported."""
    path = upload_folder / COLORINGS_NAME
    return path.read_bytes() if path.is_file() else b"{}"
