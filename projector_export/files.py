"""Write a file or a folder whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from projector_export.errors import InputError, RunError


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`: a reader sees the old file or the new, never half of either."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        # mkstemp makes files that only their owner may read; a web server is another user.
        os.chmod(partial, 0o666 & ~_umask())  # noqa: PTH101
        os.replace(partial, path)  # noqa: PTH105
    except BaseException:
        os.unlink(partial)  # noqa: PTH108
        raise


def write_text_whole(path: Path, content: str) -> None:
    """Write `content` as UTF-8 with the line ends it has, whole or not at all."""
    write_bytes_whole(path, content.encode("utf-8"))


@contextmanager
def whole_folder(path: Path, *, when_present: str = "refuse") -> Iterator[Path]:
    """Give an empty folder to fill; it takes the place of `path` only when all went well.

    Args:
        path: where the finished folder will stand.
        when_present: `refuse` or `replace` a folder that is already there.

    Raises:
        RunError: `path` exists and is not to be replaced.
    """
    if path.exists() and when_present == "refuse":
        raise RunError(f"{path} is already there", tip="choose another name, or add --force")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    partial.chmod(0o777 & ~_umask())
    try:
        yield partial
        put_in_place(partial, path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def put_in_place(finished: Path, path: Path) -> None:
    """Move the folder `finished` to `path`; what stood there is deleted only after the move."""
    if not path.exists():
        finished.rename(path)
        return
    old = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.old."))
    path.rename(old / path.name)
    try:
        finished.rename(path)
    except BaseException:
        (old / path.name).rename(path)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def existing_file(path: Path, what: str) -> Path:
    """Return `path` if it is a file that can be read, else say in one line why not.

    Raises:
        InputError: nothing is there, or it is a folder.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; expected {what}")
    if not path.is_file():
        raise InputError(f"{path} does not exist; expected {what}")
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
