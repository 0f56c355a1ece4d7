"""Write files and folders atomically: completely or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from projector_export.errors import InputError, RunError, WriteError
from projector_export.locks import (
    delete_leftovers,
    discard,
    locked,
    moved_away,
    partial_file,
    partial_folder,
)
from projector_export.native_libraries import exchange


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, completely or not at all: see `write_chunks_whole`."""
    write_chunks_whole(path, [content])


def write_chunks_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Write `chunks` to `path`: a reader sees the old file or the new one, never half of one.

    Raises:
        WriteError: the file cannot be written; the message includes the system's.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial_file(path) as partial:
            with partial.open("wb") as file:
                for chunk in chunks:
                    file.write(chunk)
            # Partial files can be read by their owner only; a web server is another user.
            partial.chmod(0o666 & ~_umask())
            partial.replace(path)


def copy_file(source: Path, path: Path) -> None:
    """Copy a file into a folder that is being written, without reading it into memory.

    Raises:
        WriteError: the file cannot be written; the message includes the system's.
    """
    with writing(path):
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
        WriteError: the folder cannot be written; the message includes the system's.
    """
    if Path.cwd().is_relative_to(path.resolve()):
        raise RunError(f"{path} contains the working folder and cannot be replaced")
    with locked(path):
        delete_leftovers(path)
        if path.exists() and when_present == "refuse":
            raise RunError(f"{path} already exists", tip="choose another name, or add --force")
        with ExitStack() as until_moved:
            with writing(path):
                partial = until_moved.enter_context(partial_folder(path))
                partial.chmod(0o777 & ~_umask())
            yield partial
            with writing(path):
                put_in_place(partial, path)


@contextmanager
def updated_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder; what it then contains replaces its namesakes in `path`, all at once.

    Everything else in `path` is linked into the new folder, which then takes the place of the old.

    Raises:
        RunError, WriteError: see `whole_folder`.
    """
    path = path.resolve()
    with whole_folder(path, when_present="replace") as new:
        yield new
        with writing(path):
            shutil.copystat(path, new)
            _link_missing(path, new)


def _link_missing(source: Path, target: Path) -> None:
    for entry in source.iterdir():
        if os.path.lexists(target / entry.name):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, target / entry.name, symlinks=True, copy_function=_link_or_copy)
        else:
            _link_or_copy(entry, target / entry.name)


def _link_or_copy(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # this drive has no links
        shutil.copy2(source, target, follow_symlinks=False)


def put_in_place(finished: Path, path: Path) -> None:
    """Move the folder `finished` to `path`; an older folder is deleted only after the move.

    There is always one of the two at `path` where the system can exchange them in one step, as
    Linux can. Elsewhere the next job puts the old one back if this one is killed in between.
    """
    if not os.path.lexists(path):
        finished.rename(path)
    elif exchange(finished, path):
        discard(finished, path)
    else:
        with moved_away(path):
            finished.rename(path)


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


def own_folder(path: Path) -> Path:
    """Return a folder of an export to write to; a link in its place is replaced, not followed."""
    if path.is_symlink():
        path.unlink()
    return path


def is_file_inside(path: Path, folder: Path) -> bool:
    """Whether this is a regular file in a folder, also when links are followed.

    A folder of somebody else's can have links and paths that lead to private files.
    """
    try:
        return path.is_file() and path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # such as a circle of links, or a name with a NUL
        return False


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Report an error of the system while `path` is written.

    Raises:
        WriteError: there was one; the message includes the system's.
    """
    try:
        yield
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
