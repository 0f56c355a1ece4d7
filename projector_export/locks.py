"""One writer at a time, and what a dead one has left is recognized.

Both are locks of the system (flock), which end with their process, however it ends. So no process
id has to be trusted: what nobody has locked is nobody's. Where there is no flock (Windows, some
network drives), nothing is refused, and nothing that was left is deleted.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from projector_export.errors import RunError, WriteError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

SUFFIX, OLD = ".partial", "old-"
NO_LINK = getattr(os, "O_NOFOLLOW", 0)
MAX_NAME_BYTES = 180  # file systems allow 255, and hidden names are longer than the name


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Refuse to write what another process is writing.

    Raises:
        RunError: another process has locked it; the message has its id.
        WriteError: the folder of `path` cannot be written; the message includes the system's.
    """
    lock_path = path.with_name(f"{_hidden(path)}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _own_lock_file(lock_path, path)
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}") from error
    try:
        yield
    finally:
        with suppress(OSError):
            lock_path.unlink()
        os.close(descriptor)


@contextmanager
def partial_folder(path: Path) -> Iterator[Path]:
    """Yield a hidden folder next to `path`, which is deleted afterwards if it is still there."""
    with _partial(path, lambda **place: Path(tempfile.mkdtemp(**place))) as partial:
        yield partial


@contextmanager
def partial_file(path: Path) -> Iterator[Path]:
    """Yield a hidden file next to `path`, which is deleted afterwards if it is still there."""
    with _partial(path, _new_file) as partial:
        yield partial


def discard(old: Path, path: Path) -> None:
    """Delete a folder that `path` has replaced, under a name that is known as a leftover of it."""
    leftover = _old_name(path)
    old.rename(leftover)
    delete(leftover)


@contextmanager
def moved_away(path: Path) -> Iterator[Path]:
    """Move a folder to a hidden name and delete it afterwards, or put it back after an error."""
    old = _old_name(path)
    path.rename(old)
    try:
        yield old
    except BaseException:
        old.rename(path)
        raise
    delete(old)


def delete_leftovers(path: Path) -> None:
    """Delete what dead processes have left of `path`; a folder that one has moved is put back."""
    own = re.compile(re.escape(_hidden(path)) + rf"\.({OLD})?[a-z0-9_]{{8}}" + re.escape(SUFFIX))
    with suppress(OSError):
        for leftover in list(path.parent.iterdir()):
            if (name := own.fullmatch(leftover.name)) and _is_nobodys(leftover):
                if name[1] and not path.exists():
                    leftover.rename(path)
                delete(leftover)


def delete(path: Path) -> None:
    """Delete a folder, a link or a file, if it is there; never what a link points to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _old_name(path: Path) -> Path:
    old = Path(tempfile.mkdtemp(dir=path.parent, prefix=f"{_hidden(path)}.{OLD}", suffix=SUFFIX))
    old.rmdir()
    return old


def _hidden(path: Path) -> str:
    """Return the start of the hidden names next to `path`."""
    name = os.fsencode(path.name)
    if len(name) <= MAX_NAME_BYTES:
        return f".{path.name}"
    return f".{os.fsdecode(name[: MAX_NAME_BYTES // 2])}-{hashlib.sha256(name).hexdigest()[:16]}"


@contextmanager
def _partial(path: Path, create: Callable[..., Path]) -> Iterator[Path]:
    delete_leftovers(path)
    while True:
        partial = create(dir=path.parent, prefix=f"{_hidden(path)}.", suffix=SUFFIX)
        descriptor = os.open(partial, os.O_RDONLY)
        if _lock(descriptor) and partial.exists():
            break
        os.close(descriptor)  # another process has taken it for a leftover
    try:
        yield partial
    finally:
        delete(partial)
        os.close(descriptor)


def _new_file(**place: Any) -> Path:
    descriptor, name = tempfile.mkstemp(**place)
    os.close(descriptor)
    return Path(name)


def _own_lock_file(lock_path: Path, path: Path) -> int:
    """Lock the file and write this process's id into it; return its descriptor."""
    while True:
        descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | NO_LINK, 0o666)
        if not _lock(descriptor):
            owner = os.read(descriptor, 20).decode("ascii", "replace") or "that has just started"
            os.close(descriptor)
            raise RunError(
                f"{path} is being written by process {owner}",
                tip="wait until it has finished, or stop it",
            )
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), lock_path.stat()):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, str(os.getpid()).encode())
                return descriptor
        os.close(descriptor)  # its owner has deleted it in the meantime


def _lock(descriptor: int) -> bool:
    """Lock an open file or folder until it is closed; return whether nobody else has."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # this drive has no locks
        return True
    return True


def _is_nobodys(path: Path) -> bool:
    """Whether no living process has locked this; False where there are no locks."""
    if fcntl is None:
        return False
    if path.is_symlink():
        return True  # replaced, and not yet deleted
    descriptor = os.open(path, os.O_RDONLY | NO_LINK | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
