from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from projector_export.errors import InputError, JobFailedError, RunError
from projector_export.files import (
    existing_file,
    put_in_place,
    whole_folder,
    write_bytes_whole,
    write_text_whole,
)


@contextmanager
def files_of_at_most(num_bytes: int) -> Iterator[None]:
    """Have the system refuse to write more, as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    old = os.umask(mask)
    try:
        yield
    finally:
        os.umask(old)


def content_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text() if path.is_file() else "(folder)"
        for path in folder.rglob("*")
    }


def fill(folder: Path, text: str) -> None:
    (folder / "a.txt").write_text(text)
    (folder / "sub").mkdir()


def fill_half_of(path: Path, stop: type[BaseException]) -> None:
    with whole_folder(path, when_present="replace") as folder:
        fill(folder, "half")
        raise stop


def test_a_file_is_written_with_its_folders(tmp_path: Path):
    write_bytes_whole(tmp_path / "a" / "b.bin", b"\x00\r\n\xff")
    assert (tmp_path / "a" / "b.bin").read_bytes() == b"\x00\r\n\xff"


def test_text_is_written_as_utf8_with_the_line_ends_it_has(tmp_path: Path):
    write_text_whole(tmp_path / "t.txt", "é\r\n漢\n")
    assert (tmp_path / "t.txt").read_bytes() == "é\r\n漢\n".encode()


def test_a_file_is_replaced(tmp_path: Path):
    path = tmp_path / "f"
    write_bytes_whole(path, b"old and long")
    write_bytes_whole(path, b"new")
    assert content_of(tmp_path) == {"f": "new"}


def test_a_full_disk_leaves_the_old_file_and_no_half_of_the_new_one(tmp_path: Path):
    path = tmp_path / "f"
    path.write_text("old")
    with files_of_at_most(100_000), pytest.raises(JobFailedError) as caught:
        write_bytes_whole(path, b"x" * 200_000)
    assert caught.value.message == f"{path} cannot be written: File too large"
    assert content_of(tmp_path) == {"f": "old"}


def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    path = tmp_path / "f"
    path.write_text("old")
    with pytest.raises(TypeError):
        write_bytes_whole(path, "text in place of bytes")
    assert content_of(tmp_path) == {"f": "old"}


def test_a_path_that_cannot_be_written_is_a_failed_job_that_names_it(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JobFailedError, match=r"file/f cannot be written: ") as caught:
        write_bytes_whole(tmp_path / "file" / "f", b"x")
    assert caught.value.exit_code == 1
    with pytest.raises(JobFailedError, match=r"file/f cannot be written: "):  # noqa: SIM117
        with whole_folder(tmp_path / "file" / "f"):
            pytest.fail("a folder was given")


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_files_get_the_permissions_of_the_umask(tmp_path, mask, mode):
    with umask(mask):
        write_bytes_whole(tmp_path / "f", b"")
        with whole_folder(tmp_path / "d"):
            pass
    assert (tmp_path / "f").stat().st_mode & 0o777 == mode
    assert (tmp_path / "d").stat().st_mode & 0o666 == mode


def test_a_folder_appears_only_if_everything_succeeds(tmp_path: Path):
    path = tmp_path / "runs" / "new"
    with whole_folder(path) as folder:
        fill(folder, "new")
        assert not path.exists()
    assert content_of(tmp_path / "runs") == {
        "new": "(folder)",
        "new/a.txt": "new",
        "new/sub": "(folder)",
    }


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_in_the_middle_leaves_no_folder(tmp_path: Path, stop: type[BaseException]):
    with pytest.raises(stop):
        fill_half_of(tmp_path / "new", stop)
    assert content_of(tmp_path) == {}


def test_an_exception_in_the_middle_leaves_the_old_folder(tmp_path: Path):
    old = tmp_path / "run"
    old.mkdir()
    fill(old, "old")
    before = content_of(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        fill_half_of(old, KeyboardInterrupt)
    assert content_of(tmp_path) == before


def test_an_existing_folder_is_refused_and_not_changed(tmp_path: Path):
    fill(tmp_path, "old")
    before = content_of(tmp_path)
    with pytest.raises(RunError) as caught, whole_folder(tmp_path):
        pytest.fail("a folder was given")
    assert caught.value.message == f"{tmp_path} already exists"
    assert "--force" in caught.value.tip
    assert content_of(tmp_path) == before


def test_an_existing_folder_is_replaced_with_all_its_content(tmp_path: Path):
    old = tmp_path / "run"
    old.mkdir()
    fill(old, "old")
    with whole_folder(old, when_present="replace") as folder:
        (folder / "b.txt").write_text("new")
        assert (old / "a.txt").read_text() == "old"
    assert content_of(tmp_path) == {"run": "(folder)", "run/b.txt": "new"}


@pytest.mark.parametrize("path", [".", "..", "/", "../here"])
def test_the_working_folder_is_never_replaced(tmp_path, monkeypatch, path):
    here = tmp_path / "here"
    here.mkdir()
    fill(here, "mine")
    monkeypatch.chdir(here)
    with pytest.raises(RunError, match="contains the working folder"):  # noqa: SIM117
        with whole_folder(Path(path), when_present="replace"):
            pytest.fail("a folder was given")
    assert content_of(here) == {"a.txt": "mine", "sub": "(folder)"}


def test_a_move_that_fails_puts_the_old_folder_back(tmp_path: Path):
    old = tmp_path / "run"
    old.mkdir()
    fill(old, "old")
    before = content_of(tmp_path)
    with pytest.raises(FileNotFoundError):
        put_in_place(tmp_path / "nowhere", old)
    assert content_of(tmp_path) == before


def test_an_existing_file_is_returned(tmp_path: Path):
    path = tmp_path / "f"
    path.write_text("")
    assert existing_file(path, "a table") is path


def test_a_missing_file_and_a_folder_get_different_errors(tmp_path: Path):
    missing = tmp_path / "f"
    with pytest.raises(InputError) as caught:
        existing_file(missing, "a table")
    assert caught.value.message == f"{missing} does not exist; expected a table"
    with pytest.raises(InputError) as caught:
        existing_file(tmp_path, "a table")
    assert caught.value.message == f"{tmp_path} is a folder; expected a table"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission_is_refused(tmp_path: Path):
    path = tmp_path / "f"
    path.touch(mode=0o000)
    with pytest.raises(InputError, match="may not be read by you; expected a table"):
        existing_file(path, "a table")
