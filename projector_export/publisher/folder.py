"""Publish to a folder of this machine."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from projector_export.errors import UsageError
from projector_export.export_folder import INDEX_NAME
from projector_export.files import whole_folder, writing
from projector_export.publisher.page import is_page, other_names
from projector_export.publisher.target import Place


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that is a page, or is empty, or does not exist.

    Attributes:
        path: the folder.
        page: what will be there.
    """

    path: Path
    page: Path

    def look(self) -> Place:
        """Look whether the folder can be replaced.

        Raises:
            UsageError: it has other files, which replacing would delete.
        """
        if self.path.resolve() == self.page.resolve():
            raise UsageError(f"{self.path} is the page itself; expected another folder")
        is_new = not self.path.exists() or (self.path.is_dir() and not any(self.path.iterdir()))
        if not is_new:
            self._refuse_other_things()
        return Place(
            name=f"the folder {self.path}", readers="only who can read that folder", is_new=is_new
        )

    def send(self, page: Path) -> bool:
        """Replace the folder at once."""
        with whole_folder(self.path, when_present="replace") as new, writing(self.path):
            shutil.copytree(page, new, dirs_exist_ok=True)
        return True

    def _refuse_other_things(self) -> None:
        index = self.path / INDEX_NAME
        if not index.is_file() or not is_page(index.read_text("utf-8", "replace")):
            raise UsageError(
                f"{self.path} is not a page, and replacing it would delete its files",
                tip="name a new folder",
            )
        if names := other_names(self.path, self.page):
            raise UsageError(
                f"{self.path} has what is not the page's, and replacing it would delete that: "
                f"{', '.join(names[:3])}",
                tip="name a new folder",
            )
