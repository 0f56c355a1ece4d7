"""Every path of an export, named once.

projector/   what TensorBoard opens
upload/      for projector.tensorflow.org
site/        a web page
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from projector_export.errors import RunError, UsageError, command_line
from projector_export.files import is_file_inside
from projector_export.viewer_facts import CONFIG_NAME

WEB_CONFIG_NAME = "projector_config.json"
PREVIEW_NAME = "preview.png"  # what previews of links show
SITE_CONFIG_NAME = "config.json"  # the page's
PACKED_SUFFIX = ".gz"  # of the page's files
INDEX_NAME = "index.html"


@dataclass(frozen=True, slots=True)
class ExportFolder:
    """The folder of an export, or of one of its parts."""

    path: Path

    @property
    def tensorboard_path(self) -> Path:
        """The folder for TensorBoard's `--logdir`."""
        return self.path / "projector"

    @property
    def upload_path(self) -> Path:
        """The folder of files to load into the web app."""
        return self.path / "upload"

    @property
    def site_path(self) -> Path:
        """The folder of the web page."""
        return self.path / "site"

    @property
    def parts(self) -> tuple[Path, ...]:
        """All folders that an export writes."""
        return self.tensorboard_path, self.upload_path, self.site_path

    def is_export(self) -> bool:
        """Whether this folder contains an export."""
        return (self.tensorboard_path / CONFIG_NAME).is_file()

    def find_tensorboard_folder(self) -> Path | None:
        """Return the folder that TensorBoard can open: `projector/`, or this folder itself."""
        return self._first_with(CONFIG_NAME, self.tensorboard_path)

    def find_upload_set(self) -> Path | None:
        """Return the upload set: `upload/`, or this folder itself."""
        return self._first_with(WEB_CONFIG_NAME, self.upload_path)

    def find_site(self) -> Path | None:
        """Return the page's folder: `site/`, or this folder itself."""
        return self._first_with(INDEX_NAME, self.site_path)

    def tensorboard_folder(self) -> Path:
        """Return the folder that TensorBoard can open.

        Raises:
            RunError: there is none.
        """
        return self._required(self.find_tensorboard_folder(), "nothing to show")

    def upload_set(self) -> Path:
        """Return the upload set.

        Raises:
            RunError: there is none.
        """
        return self._required(self.find_upload_set(), "no upload set")

    def site(self) -> Path:
        """Return the page's folder.

        Raises:
            RunError: there is none.
        """
        return self._required(self.find_site(), "no page")

    def _required(self, found: Path | None, problem: str) -> Path:
        if found is not None:
            return found
        is_run = (self.path / "config.yaml").is_file()
        words = ("export", self.path) if is_run else ("export", "VECTORS", "-o", "DIR")
        raise RunError(f"{self.path} has {problem}", tip=f"write it with: {command_line(*words)}")

    def _first_with(self, name: str, part: Path) -> Path | None:
        candidates = (part, self.path)
        return next((path for path in candidates if self._has_inside(path / name)), None)

    def _has_inside(self, path: Path) -> bool:
        return is_file_inside(path, self.path)


def refuse_to_replace_other_things(path: Path) -> None:
    """Protect a folder that is not an export from being deleted.

    Raises:
        UsageError: it contains files that no export wrote.
    """
    if path.is_dir() and any(path.iterdir()) and not ExportFolder(path).is_export():
        raise UsageError(f"{path} is not an export, and replacing it would delete its files")
