"""Killed at any moment, a push has moved the branch or not, and the next one moves it."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from tests.helpers.killing import kill_after

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(3600)]

KILLS = 6
PUBLISH = ["publish", "map", "-q", "--to", "github-pages", "--yes"]


def git(at: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(at), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def test_the_branch_is_the_old_one_or_the_new_one(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Me")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Me")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "me@example.org")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "me@example.org")
    remote, work = tmp_path / "remote.git", tmp_path / "work"
    git(tmp_path, "init", "--bare", "--quiet", str(remote))
    git(tmp_path, "init", "--quiet", str(work))
    git(work, "remote", "add", "origin", str(remote))
    vectors = np.random.default_rng(0).normal(size=(20_000, 50))
    rng = random.Random(15)  # noqa: S311  (reproducible)
    px.export(vectors, None, work / "map", layouts=())
    seconds = kill_after(PUBLISH, work, 10_000, signal.SIGKILL).delay
    moved = []
    for kill in range(KILLS):
        title = f"Map {kill}"
        site = ["site", "map", "-q", "--force", "--title", title]
        assert kill_after(site, work, 10_000, signal.SIGKILL).code == 0
        before = git(remote, "rev-parse", "gh-pages")
        number = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)[kill % 3]
        one = kill_after(PUBLISH, work, rng.uniform(0.2, 1) * seconds, number)
        _wait_for_git(work)
        after = git(remote, "rev-parse", "gh-pages")
        moved.append(after != before)
        assert git(remote, "fsck", "--strict", "--no-dangling") == ""
        if moved[-1]:
            assert git(remote, "rev-parse", "gh-pages~1") == before
            assert title in git(remote, "show", "gh-pages:index.html")
        assert git(work, "status", "--porcelain") == "?? map/"
        if one.number != signal.SIGKILL and one.was_in_time and one.had_started:
            assert len(one.lines) <= 5, one.lines  # what is sent, and that it was interrupted
            assert "run the command again" in one.lines[-1]
    assert kill_after(PUBLISH, work, 10_000, signal.SIGKILL).code == 0
    assert f"Map {KILLS - 1}" in git(remote, "show", "gh-pages:index.html")


def _wait_for_git(work: Path) -> None:
    """Wait until a git that outlived its parent has finished."""
    deadline = time.monotonic() + 60
    while _is_git_running(work):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _is_git_running(work: Path) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            program, *arguments = path.read_bytes().split(b"\0")
            if program.endswith(b"git") and str(work).encode() in arguments:
                return True
    return False
