"""Write files and folders atomically: completely or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from projector_export.errors import InputError, JobFailedError, RunError


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, completely or not at all: see `write_chunks_whole`."""
    write_chunks_whole(path, [content])


def write_chunks_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Write `chunks` to `path`: a reader sees the old file or the new one, never half of one.

    Raises:
        JobFailedError: the file cannot be written; the message includes the system's.
    """
    with _os_errors_as_job_failures(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
            # mkstemp creates files that only their owner can read; a web server is another user.
            os.chmod(partial, 0o666 & ~_umask())  # noqa: PTH101
            os.replace(partial, path)  # noqa: PTH105
        except BaseException:
            os.unlink(partial)  # noqa: PTH108
            raise


def copy_file(source: Path, path: Path) -> None:
    """Copy a file into a folder that is being written, without reading it into memory.

    Raises:
        JobFailedError: the file cannot be written; the message includes the system's.
    """
    with _os_errors_as_job_failures(path):
        shutil.copyfile(source, path)


def write_text_whole(path: Path, content: str) -> None:
    """Write `content` as UTF-8 with its own line ends, completely or not at all."""
    write_bytes_whole(path, content.encode("utf-8"))


@contextmanager
def whole_folder(path: Path, *, when_present: str = "refuse") -> Iterator[Path]:
    """Yield an empty folder to fill; it replaces `path` only if the block succeeds.

    Args:
        path: where the finished folder goes.
        when_present: `refuse` or `replace` a folder that already exists.

    Raises:
        RunError: `path` exists and must not be replaced, or contains the working folder.
        JobFailedError: the folder cannot be written; the message includes the system's.
    """
    if path.exists() and when_present == "refuse":
        raise RunError(f"{path} already exists", tip="choose another name, or add --force")
    if Path.cwd().is_relative_to(path.resolve()):
        raise RunError(f"{path} contains the working folder and cannot be replaced")
    with _os_errors_as_job_failures(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        partial.chmod(0o777 & ~_umask())
    try:
        yield partial
        with _os_errors_as_job_failures(path):
            put_in_place(partial, path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def put_in_place(finished: Path, path: Path) -> None:
    """Move the folder `finished` to `path`; an older folder is deleted only after the move."""
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
    """Return `path` if it is a file that can be read.

    Raises:
        InputError: it does not exist, is a folder, or cannot be read.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; expected {what}")
    if not path.is_file():
        raise InputError(f"{path} does not exist; expected {what}")
    if not os.access(path, os.R_OK):
        raise InputError(f"you have no permission to read {path}; expected {what}")
    return path


@contextmanager
def _os_errors_as_job_failures(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JobFailedError(f"{path} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
