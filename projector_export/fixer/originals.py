"""Which files of an export are copied: regular ones inside it, as its author may be a stranger."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Originals:
    """The files that a fixed copy may contain.

    A link or a path of somebody else's folder can lead to a private file, which would be published
    with the copy; a pipe or a device may never end.

    Attributes:
        root: the resolved folder that contains them; None: any folder.
    """

    root: Path | None

    def may_copy(self, path: Path) -> bool:
        """Whether this is a regular file inside the root; say so if it is outside."""
        return path.is_file() and self._is_inside(path)

    def not_to_copy(self, folder: Path, names: list[str]) -> set[str]:
        """Return the names of what must not be copied, for `shutil.copytree`."""
        return {name for name in names if not self._may_enter(folder / name)}

    def _may_enter(self, path: Path) -> bool:
        if not path.is_dir():
            return self.may_copy(path)
        if path.is_symlink() and path.resolve() in [parent.resolve() for parent in path.parents]:
            raise OSError(f"{path} leads back to a folder that contains it")
        return self._is_inside(path)

    def _is_inside(self, path: Path) -> bool:
        is_inside = self.root is None or path.resolve().is_relative_to(self.root)
        if not is_inside:
            logger.warning(
                "%s is outside the folder and was not copied; --copy-outside copies it", path
            )
        return is_inside
