"""A folder or file of any size is read in bounded time and memory, or refused with the reason."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.check_exports import Export
from tests.helpers.killing import PROGRAM
from tests.helpers.running import exit_code

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1800)]

NUM_FILES = int(os.environ.get("FILES", "150000"))  # `make soak` has a million
MEMORY = 3 << 20  # KB of addresses
SPARSE_BYTES = 10 << 30


def program(folder: Path, *arguments: str) -> tuple[int, list[str], float]:
    """Run the program with limited memory; return its exit code, errors and processor time."""
    before = os.times()
    ended = subprocess.run(
        ["bash", "-c", f'ulimit -v {MEMORY}; exec "$@"', "bash", *PROGRAM, *arguments, "-q"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in __import__("sys").path if path),
        },
    )
    after = os.times()
    seconds = sum(after[2:4]) - sum(before[2:4])
    return ended.returncode, ended.stderr.splitlines(), seconds


def test_a_folder_of_a_million_files_is_refused_in_seconds(tmp_path, figure) -> None:
    place = "/dev/shm" if Path("/dev/shm").is_dir() else tmp_path  # noqa: S108
    folder = Path(place, f"many-files-{os.getpid()}")
    folder.mkdir()
    try:
        for number in range(NUM_FILES):
            os.close(os.open(folder / f"{number}.tsv", os.O_CREAT | os.O_WRONLY))
        for arguments in (("check", str(folder)), ("check", str(folder), "--fix", "-o", "fixed")):
            code, lines, seconds = program(tmp_path, *arguments)
            figure(f"{' '.join(arguments[::2])}: {NUM_FILES:,} files refused in {seconds:.1f} s")
            assert code == 2
            assert "has more than 100,000 files and folders" in lines[0]
            assert seconds < 30
    finally:
        shutil.rmtree(folder)


def test_a_folder_of_text_files_that_nobody_can_pair_is_refused(tmp_path) -> None:
    for number in range(1_001):
        (tmp_path / f"{number}.tsv").write_text("a\tb\n")
    code, lines, _ = program(tmp_path, "check", ".")
    assert code == 2
    assert lines[0].endswith("expected at most 1,000, to find out which belong together")
    # A file in it can be checked.
    assert program(tmp_path, "check", "1.tsv")[0] in (0, 1)


def test_a_walk_through_links_to_the_whole_disk_ends(tmp_path) -> None:
    Export(tmp_path / "in").write()
    for target in ("/", "/usr", "/proc"):
        (tmp_path / "in" / f"link{target.replace('/', '-')}").symlink_to(target)
    code, lines, seconds = program(tmp_path, "check", "in")
    assert code in (0, 1, 2)
    assert not any("Traceback" in line for line in lines), lines[-3:]
    assert seconds < 60


@pytest.mark.parametrize(
    "name", ["metadata.tsv", "books.bytes", "bookmarks.json", "sprite.png", "checkpoint", "v.index"]
)
def test_10_gb_of_nothing_fill_neither_memory_nor_disk(tmp_path, name) -> None:
    entry = {
        "bookmarksPath": "bookmarks.json",
        "sprite": {"imagePath": "sprite.png", "singleImageDim": [1, 1]},
    }
    folder = Export(tmp_path / "in", entry=entry).write()
    (folder / name).touch()
    os.truncate(folder / name, SPARSE_BYTES)  # takes no room
    code, lines, seconds = program(tmp_path, "check", "in")
    assert code in (1, 2), lines
    assert not any("Traceback" in line for line in lines), lines[-3:]
    assert seconds < 60
    assert {path.name for path in tmp_path.iterdir()} == {"in"}


def test_a_copy_that_does_not_fit_is_refused_before_it_is_started(tmp_path, capsys) -> None:
    folder = Export(tmp_path / "in").write()
    (folder / "huge").touch()
    os.truncate(folder / "huge", 2 * shutil.disk_usage(tmp_path).free)
    assert exit_code(["check", str(folder), "-q", "--fix", "-o", str(tmp_path / "out")]) == 1
    assert "and the disk has room for" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"in"}


def test_one_huge_neighbor_does_not_keep_a_pair_from_being_checked(tmp_path) -> None:
    np.savetxt(tmp_path / "a.tsv", np.eye(5), delimiter="\t")
    (tmp_path / "b.txt").write_text("word\n")
    os.truncate(tmp_path / "b.txt", SPARSE_BYTES)
    start = time.process_time()
    assert exit_code(["check", str(tmp_path / "a.tsv"), "-q"]) in (0, 1)
    assert time.process_time() - start < 30
