"""A full disk and missing permissions: one line, nothing half-written, nothing else touched."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from projector_export.errors import WriteError
from tests.helpers.killing import PROGRAM
from tests.helpers.planted_books import write_planted_books

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1800)]
ROWS = np.random.default_rng(0).normal(size=(500, 20)).astype(np.float32)
NO_RIGHTS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")  # root is an ordinary user then


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 KB; `grow` makes it larger."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if mount(disk, "40k", "-t", "tmpfs", "tmpfs"):
        pytest.skip("no disk may be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def mount(disk: Path, size: str, *what: str) -> int:
    if shutil.which("mount") is None:
        return 1
    options = f"size={size}" if what else f"remount,size={size}"
    mounted = subprocess.run(
        ["mount", "-o", options, *what, str(disk)], capture_output=True, check=False
    )
    return mounted.returncode


def program(*arguments: str, cwd: Path, prefix: tuple[str, ...] = ()) -> tuple[int, list[str]]:
    """Run the program; return its exit code and the lines of its errors."""
    ended = subprocess.run(
        [*prefix, *PROGRAM, *arguments, "-q"],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    return ended.returncode, ended.stderr.splitlines()


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_run_on_a_full_disk_is_resumed_when_there_is_room(tmp_path, small_disk) -> None:
    write_planted_books(tmp_path / "books.ndjson")
    (tmp_path / "config.yaml").write_text(
        f"logdir: {small_disk}\ndataset: {{books: books.ndjson}}\n"
        "training: {epochs: 1}\nexport: {layouts: []}\n"
    )
    # First the checkpoint does not fit, then the vectors, then the export.
    for size in ("40k", "200k", "1m"):
        assert mount(small_disk, size) == 0
        resume = ["--resume"] if list(small_disk.iterdir()) else []
        code, (message, tip) = program("run", "config.yaml", *resume, cwd=tmp_path)
        assert code == 1
        assert "cannot be written" in message, message
        assert "No space left on device" in message, message
        assert tip == "tip: make room on the disk, then continue with --resume"
        assert [path.name for path in small_disk.iterdir()] == [".books.unfinished"]
    assert mount(small_disk, "100m") == 0
    assert program("run", "config.yaml", "--resume", cwd=tmp_path) == (0, [])
    assert [path.name for path in small_disk.iterdir()] == ["books"]


def test_an_export_that_does_not_fit_leaves_the_old_one(small_disk) -> None:
    assert mount(small_disk, "30m") == 0
    px.export(ROWS, None, small_disk / "map", layouts=())
    before = contents(small_disk)
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    (small_disk / "ballast").write_bytes(bytes(free - 100_000))
    with pytest.raises(WriteError, match="No space left on device"):
        px.export(ROWS, None, small_disk / "map", layouts=(), replace=True)
    (small_disk / "ballast").unlink()
    assert contents(small_disk) == before
    assert [path.name for path in small_disk.iterdir()] == ["map"]


@pytest.fixture
def ordinary_user() -> tuple[str, ...]:
    """What a command starts with to have no more rights than the permissions of files say."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root has every permission, and there is no setpriv")
    return NO_RIGHTS


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder with vectors and an export that nobody may change."""
    folder = tmp_path / "read_only"
    folder.mkdir()
    np.save(folder / "vectors.npy", ROWS)
    px.export(ROWS, None, folder / "map", layouts=())
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


EXPORT = ("export", "vectors.npy", "--layouts", "none")


@pytest.mark.parametrize("output", [("new",), ("map", "--force")])
def test_a_folder_without_permission_to_write_is_one_line(read_only, ordinary_user, output) -> None:
    before = contents(read_only)
    code, lines = program(*EXPORT, "-o", *output, cwd=read_only, prefix=ordinary_user)
    assert (code, lines) == (1, [f"error: {output[0]} cannot be written: Permission denied"])
    assert contents(read_only) == before


def test_a_file_without_permission_to_read_is_one_line(read_only, ordinary_user, tmp_path) -> None:
    (read_only / "vectors.npy").chmod(0)
    output = str(tmp_path / "new")
    code, lines = program(*EXPORT, "-o", output, cwd=read_only, prefix=ordinary_user)
    assert code == 2
    assert lines[0].startswith("error: you have no permission to read vectors.npy")
    assert not (tmp_path / "new").exists()


def test_a_logdir_without_permission_to_write_is_one_line(
    read_only, ordinary_user, tmp_path
) -> None:
    (tmp_path / "mine.yaml").write_text("run: mine\nlogdir: .\n")
    arguments = ("train", str(tmp_path / "mine.yaml"))
    code, lines = program(*arguments, cwd=read_only, prefix=ordinary_user)
    assert (code, lines) == (1, ["error: mine cannot be written: Permission denied"])
