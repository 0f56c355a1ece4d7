"""The viewer of the installed TensorBoard: one JavaScript file with the whole web app.

It is under the Apache-2.0 license, which goes into the page.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from projector_export.errors import JobFailedError
from projector_export.viewer_facts import VIEWER_SCRIPT, VIEWER_SCRIPT_FOLDER

logger = logging.getLogger(__name__)

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
