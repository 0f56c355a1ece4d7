"""Write a file or a folder whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from projector_export.errors import InputError, JobFailedError, RunError


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`: a reader sees the old file or the new, never half of either.

    Raises:
        JobFailedError: the system does not let it be written; its own words are in it.
    """
    with _told_what_the_system_refuses(path):
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
        RunError: `path` exists and is not to be replaced, or is the working folder or above it.
        JobFailedError: the system does not let it be written; its own words are in it.
    """
    if path.exists() and when_present == "refuse":
        raise RunError(f"{path} is already there", tip="choose another name, or add --force")
    if Path.cwd().is_relative_to(path.resolve()):
        raise RunError(f"{path} holds the working folder and is not to be replaced")
    with _told_what_the_system_refuses(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        partial.chmod(0o777 & ~_umask())
    try:
        yield partial
        with _told_what_the_system_refuses(path):
            put_in_place(partial, path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def put_in_place(finished: Path, path: Path) -> None:
    """Move the folder `finished` to `path`; what stood there is deleted only after the move."""
    if not path.exists():
        finished.rename(path)
        return
    old = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.old."))
    try:
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
        InputError: nothing is there, it is a folder, or it may not be read.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; expected {what}")
    if not path.is_file():
        raise InputError(f"{path} does not exist; expected {what}")
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} may not be read by you; expected {what}")
    return path


@contextmanager
def _told_what_the_system_refuses(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JobFailedError(f"{path} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
