"""Write a static page with its own projector, which opens on the colored map.

The viewer is the one in the installed TensorBoard: one JavaScript file with the whole web app,
under the Apache-2.0 license, which is included. The data is the upload set. Our small script opens
the first bookmark once the viewer has its points. It uses names inside the viewer that are not a
public interface, so it is guarded: if a name is missing, the map is one click away.
"""

from __future__ import annotations

import base64
import html
import json
import logging
from dataclasses import dataclass
from importlib.metadata import distribution
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from projector_export.errors import JobFailedError, RunError
from projector_export.export_folder import COLORINGS_NAME, INDEX_NAME, WEB_CONFIG_NAME, ExportFolder
from projector_export.files import whole_folder, write_bytes_whole, write_text_whole
from projector_export.viewer_facts import VIEWER_SCRIPT, VIEWER_SCRIPT_FOLDER

logger = logging.getLogger(__name__)

CONFIG_NAME = "config.json"
LICENSE_NAME = "LICENSE.tensorboard.txt"
PATH_KEYS = ("tensorPath", "metadataPath", "bookmarksPath")
# The page's own scripts, in the order in which they run.
SCRIPTS = ("hooks", "data", "map", "colors", "card", "opening", "start")
# The names that the page's script uses; a minifier that renames one leaves it nowhere in the file.
HOOKS = (
    *("bookmarkPanel", "savedStates", "loadSavedState", "setSelectionState"),
    *("dataPanel", "colorOptions", "dataSet", "projectorConfigJsonPath", "updateDataSet"),
    *("loadState", "projections", "projectionsPanel", "showTab"),
    *("disablePolymerChangesTriggerReprojection", "enablePolymerChangesTriggerReprojection"),
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The installed TensorBoard's web app: its script, its license, its version."""

    script: bytes
    license: str
    version: str

    @property
    def opens_bookmarks(self) -> bool:
        """Whether it has all names that the page needs to open a bookmark."""
        return all(hook.encode() in self.script for hook in HOOKS)


def write_page(export_path: Path, output: Path, *, single_file: bool, replace: bool) -> Path:
    """Write an export's page to a folder or as one file; return `output`.

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
        write_single_file(output, upload_folder)
        return output
    with whole_folder(output, when_present="replace" if replace else "refuse") as folder:
        write_site(folder, upload_folder)
    return output


def write_site(folder: Path, upload_folder: Path) -> None:
    """Write a folder for any static host from an upload set.

    Raises:
        RunError: there is no upload set.
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    viewer, config = installed_viewer(), _upload_config(upload_folder)
    for path in _data_paths(config):
        write_bytes_whole(folder / path, _data(upload_folder, path))
    write_bytes_whole(folder / COLORINGS_NAME, _colorings(upload_folder))
    write_text_whole(folder / CONFIG_NAME, json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    write_bytes_whole(folder / VIEWER_SCRIPT, viewer.script)
    write_text_whole(folder / LICENSE_NAME, viewer.license)
    source = f'<script src="{VIEWER_SCRIPT}"></script>'
    page = _page(config, viewer, viewer_script=source, preloads=_preloads(config))
    write_text_whole(folder / INDEX_NAME, page)


def write_single_file(path: Path, upload_folder: Path) -> None:
    """Write one HTML file that contains everything, to open with a double click.

    Raises:
        RunError: there is no upload set.
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    viewer, config = installed_viewer(), _upload_config(upload_folder)
    if b"</script" in viewer.script.lower():
        raise JobFailedError(
            f"the viewer of TensorBoard {viewer.version} contains </script, so it cannot be put "
            "into a page",
            tip="write a folder instead of a single file",
        )
    contents = {name: _data(upload_folder, name) for name in _data_paths(config)}
    contents[COLORINGS_NAME] = _colorings(upload_folder)
    contents[CONFIG_NAME] = json.dumps(config).encode()
    data = "\n".join(
        f'<script type="application/octet-stream" data-path="{html.escape(name)}">'
        f"{base64.b64encode(content).decode()}</script>"
        for name, content in contents.items()
    )
    source = f"<script>{viewer.script.decode()}</script>"
    write_text_whole(path, _page(config, viewer, viewer_script=source, data=data))


def installed_viewer() -> Viewer:
    """Find the web app in the installed TensorBoard, without importing TensorBoard.

    Raises:
        JobFailedError: TensorBoard is not installed, or has no viewer.
    """
    spec = find_spec("tensorboard")
    if spec is None or not spec.submodule_search_locations:
        raise JobFailedError("TensorBoard is not installed", tip="pip install 'tensorboard>=2.21'")
    package = Path(spec.submodule_search_locations[0])
    script = package.joinpath(*VIEWER_SCRIPT_FOLDER, VIEWER_SCRIPT)
    if not script.is_file():
        raise JobFailedError(
            f"the installed TensorBoard has no {VIEWER_SCRIPT}",
            tip="pip install 'tensorboard>=2.21'",
        )
    installed = distribution("tensorboard")
    viewer = Viewer(script.read_bytes(), _license_text(), installed.version)
    if not viewer.opens_bookmarks:
        logger.warning(
            "the page cannot open its map by itself with the viewer of TensorBoard %s; "
            "the map is one click away, under BOOKMARKS",
            viewer.version,
        )
    return viewer


def _license_text() -> str:
    for file in distribution("tensorboard").files or []:
        if file.name.upper().startswith("LICENSE"):
            return file.read_text()
    raise JobFailedError("the installed TensorBoard has no license file to include with its viewer")


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


def _data(upload_folder: Path, name: str) -> bytes:
    if not (upload_folder / name).is_file():
        raise RunError(f"{upload_folder} is incomplete: {name} is missing")
    return (upload_folder / name).read_bytes()


def _colorings(upload_folder: Path) -> bytes:
    """Read what the page offers to color by; nothing of its own if an older version exported."""
    path = upload_folder / COLORINGS_NAME
    return path.read_bytes() if path.is_file() else b"{}"


def _preloads(config: dict[str, Any]) -> str:
    """Preload the first table's files, which the viewer would request late and one by one.

    The viewer itself comes first, as it must start before it can use any data.
    """
    first = config["embeddings"][0]
    names = [
        CONFIG_NAME,
        COLORINGS_NAME,
        *(Path(first[key]).name for key in PATH_KEYS if key in first),
    ]
    script = f'<link rel="preload" href="{VIEWER_SCRIPT}" as="script">'
    return "\n".join([script, *map(_preload, names)])


def _preload(name: str) -> str:
    attributes = 'as="fetch" crossorigin="anonymous" fetchpriority="low"'
    return f'<link rel="preload" href="{html.escape(quote(name))}" {attributes}>'


def _page(
    config: dict[str, Any],
    viewer: Viewer,
    *,
    viewer_script: str,
    preloads: str = "",
    data: str = "",
) -> str:
    first = config["embeddings"][0]
    num_rows, dim = first["tensorShape"]
    package = files("projector_export.write.site")
    return Template(package.joinpath("page.html").read_text("utf-8")).substitute(
        title=html.escape(str(config.get("modelCheckpointPath", first["tensorName"]))),
        first_bookmark="yes" if "bookmarksPath" in first else "",
        size=f"{num_rows:,} points · {dim} dimensions",
        style=package.joinpath("page.css").read_text("utf-8"),
        script=_script(),
        preloads=preloads,
        viewer_script=viewer_script,
        viewer_version=html.escape(viewer.version),
        license=html.escape(viewer.license, quote=False),
        data=data,
    )


def _script() -> str:
    """Join the page's scripts into one, whose names no other script can see."""
    folder = files("projector_export.write.site").joinpath("scripts")
    parts = [folder.joinpath(f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    return "\n".join(["(() => {", '"use strict";', *parts, "})();"])
