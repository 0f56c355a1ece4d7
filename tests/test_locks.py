"""One writer at a time; what a killed one has left is deleted by the next, and nothing else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from projector_export.errors import JobFailedError, RunError
from projector_export.files import updated_folder, whole_folder, write_text_whole
from projector_export.locks import locked, moved_away, partial_file

WRITER = """
import sys, time
from pathlib import Path
from projector_export.files import whole_folder, write_chunks_whole
def chunks():
    yield b"half"
    print("writing", flush=True)
    time.sleep(600)
if sys.argv[1] == "file":
    write_chunks_whole(Path(sys.argv[2]), chunks())
with whole_folder(Path(sys.argv[2]), when_present="replace") as folder:
    (folder / "half").write_text("half")
    print("writing", flush=True)
    time.sleep(600)
"""


@contextmanager
def another_process_writes(path: Path, kind: str = "folder") -> Iterator[subprocess.Popen[str]]:
    """Start a process that has written half of `path` and waits; kill it at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, kind, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_second_process_is_refused_and_told_which_is_the_first(tmp_path: Path) -> None:
    path = tmp_path / "map"
    with another_process_writes(path) as first:
        before = names(tmp_path)
        with pytest.raises(RunError) as caught, whole_folder(path):
            pytest.fail("a folder was given")
        assert caught.value.message == f"{path} is being written by process {first.pid}"
        assert caught.value.tip == "wait until it has finished, or stop it"
        assert names(tmp_path) == before


def test_what_a_killed_process_has_left_is_deleted_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "map"
    with another_process_writes(path):
        pass
    assert len(names(tmp_path)) == 2  # half a folder, and a lock that nobody holds
    with whole_folder(path) as folder:
        (folder / "new").touch()
    assert names(tmp_path) == ["map"]
    assert names(path) == ["new"]


def test_half_a_file_of_a_killed_process_is_deleted_and_that_of_a_living_one_is_not(
    tmp_path: Path,
) -> None:
    path = tmp_path / "page.html"
    with another_process_writes(path, "file"):
        write_text_whole(path, "mine")
        assert len(names(tmp_path)) == 2
    write_text_whole(path, "mine")
    assert names(tmp_path) == ["page.html"]


def test_files_with_similar_names_are_nobodys_leftovers(tmp_path: Path) -> None:
    others = [".map.partial", ".map.2.abcdefgh.partial", "map.abcdefgh.partial", ".mapabcdefgh"]
    for name in others:
        (tmp_path / name).mkdir()
    with whole_folder(tmp_path / "map"):
        pass
    assert names(tmp_path) == sorted([*others, "map"])


def test_a_folder_that_a_killed_process_has_moved_away_is_put_back(tmp_path: Path) -> None:
    """As on systems that can't exchange two folders in one step."""
    moved = tmp_path / ".map.old-l649go_j.partial"
    moved.mkdir()
    (moved / "old").touch()
    with pytest.raises(RunError, match="already exists"), whole_folder(tmp_path / "map"):
        pytest.fail("a folder was given")
    assert names(tmp_path) == ["map"]
    assert names(tmp_path / "map") == ["old"]


def test_a_folder_that_was_moved_away_is_put_back_after_an_error(tmp_path: Path) -> None:
    (tmp_path / "map").mkdir()
    with pytest.raises(ValueError, match="mine"), moved_away(tmp_path / "map"):
        raise ValueError("mine")
    assert names(tmp_path) == ["map"]


def test_a_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="mine"), locked(tmp_path / "map"):
            raise ValueError("mine")
    assert names(tmp_path) == []


def test_a_lock_in_place_of_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")
    (tmp_path / ".map.lock").symlink_to("precious")
    with pytest.raises(JobFailedError, match="map cannot be written"), locked(tmp_path / "map"):
        pytest.fail("it was locked")
    assert (tmp_path / "precious").read_text() == "precious"


def test_names_of_255_bytes_can_be_written(tmp_path: Path) -> None:
    name = "é" * 127 + "x"
    assert len(os.fsencode(name)) == 255
    with whole_folder(tmp_path / name) as folder:
        write_text_whole(folder / name, "text")
    assert (tmp_path / name / name).read_text() == "text"
    with partial_file(tmp_path / name) as partial:
        assert len(os.fsencode(partial.name)) < 255


def test_an_update_replaces_namesakes_and_keeps_everything_else(tmp_path: Path) -> None:
    path = tmp_path / "run"
    (path / "projector").mkdir(parents=True)
    (path / "projector" / "old").write_text("old")
    (path / "train").mkdir()
    (path / "train" / "events").write_text("events")
    (path / "link").symlink_to("nowhere")
    inode = (path / "train" / "events").stat().st_ino
    with updated_folder(path) as new:
        (new / "projector").mkdir()
        (new / "projector" / "new").write_text("new")
        assert names(path / "projector") == ["old"]
    assert names(tmp_path) == ["run"]
    assert names(path) == ["link", "projector", "train"]
    assert names(path / "projector") == ["new"]
    assert (path / "train" / "events").stat().st_ino == inode
    assert os.readlink(path / "link") == "nowhere"  # noqa: PTH115


def test_an_update_through_a_link_changes_what_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "latest").symlink_to("run")
    with updated_folder(tmp_path / "latest") as new:
        (new / "new").touch()
    assert (tmp_path / "latest").is_symlink()
    assert names(tmp_path / "run") == ["new"]
