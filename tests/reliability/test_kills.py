"""Killed at any moment, a job leaves the old result or the new one, never a mix; then it works."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from projector_export.prepare.layouts.cache import FOLDER_VARIABLE
from tests.helpers.dump_writer import book_page, dump_xml
from tests.helpers.killing import Killed, kill_after
from tests.helpers.planted_books import write_planted_books

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(3600)]

KILLS = int(os.environ.get("KILLS", "4"))  # of each job; `make soak` has more
SEED = int(os.environ.get("KILLS_SEED", "15"))
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
VOLATILE = ("events.out", "metrics.json", "checkpoint", "layouts.json")  # times, paths
NO_LIMIT = 10_000.0


@dataclass(frozen=True, slots=True)
class Job:
    """A job that replaces `result`.

    Attributes:
        old, new: the commands that write the result, and that replace it.
        result: what they write, relative to the folder.
        again: the options that finish an interrupted `new`, in place of none.
    """

    old: Sequence[str]
    new: Sequence[str]
    result: str
    again: tuple[str, ...] = ()
    inputs: Callable[[Path], None] = field(default=lambda _: None)


def write_vectors(folder: Path) -> None:
    rng = np.random.default_rng(0)
    np.save(folder / "vectors.npy", rng.normal(size=(600, 20)).astype(np.float32))
    (folder / "words.csv").write_text(
        "word,topic\n" + "".join(f"w{n},t{n % 7}\n" for n in range(600))
    )


def write_books(folder: Path) -> None:
    write_planted_books(folder / "books.ndjson")
    (folder / "config.yaml").write_text(
        "run: books\ndataset: {books: books.ndjson}\ntraining: {epochs: 2}\n"
        "export: {layouts: [tsne, umap]}\n"
    )


def write_exports_of_two(folder: Path) -> None:
    write_vectors(folder)
    for column in ("topic", "none"):
        end_of([*export_of_vectors("1", column, "pca"), "--color-by", column], folder)


def write_dump(folder: Path) -> None:
    pages = [book_page(f"Book {n}", links=[f"Link {n % 97}"] * 50) for n in range(20_000)]
    (folder / "dump.xml").write_bytes(dump_xml(pages))


def export_of_vectors(seed: str, output: str, layouts: str) -> list[str]:
    return [
        *f"export vectors.npy words.csv --seed {seed} --layouts {layouts} -q -o".split(),
        output,
    ]


RUN = ["run", "config.yaml", "-q", "--set=seed=1"]
JOBS = {
    "run": Job(
        RUN,
        ["run", "config.yaml", "-q", "--set=seed=2", "--force"],
        "logs/books",
        inputs=write_books,
    ),
    "export of vectors": Job(
        export_of_vectors("1", "map", "tsne,umap"),
        [*export_of_vectors("2", "map", "tsne,umap"), "--force"],
        "map",
        inputs=write_vectors,
    ),
    "export of a run": Job(
        [*RUN, "--set=export.layouts=[]"],
        ["export", "books", "-q", "--set=export.tables=[links,books]"],
        "logs/books",
        inputs=write_books,
    ),
    "site": Job(
        ["site", "topic", "-q", "-o", "page"],
        ["site", "none", "-q", "-o", "page", "--force"],
        "page",
        inputs=write_exports_of_two,
    ),
    "page in one file": Job(
        ["site", "topic", "-q", "--single-file", "-o", "page.html"],
        ["site", "none", "-q", "--single-file", "-o", "page.html", "--force"],
        "page.html",
        inputs=write_exports_of_two,
    ),
    "publish": Job(
        ["publish", "topic", "-q", "--to", "public", "--yes"],
        ["publish", "none", "-q", "--to", "public", "--yes"],
        "public",
        inputs=write_exports_of_two,
    ),
    "fix": Job(
        [],
        ["check", "topic/projector", "-q", "--fix", "-o", "fixed"],
        "fixed",
        inputs=write_exports_of_two,
    ),
    "prepare": Job(
        [],
        "prepare dump.xml -q --workers 2 -o new.ndjson".split(),
        "new.ndjson",
        ("--force",),
        write_dump,
    ),
}


def content(path: Path) -> dict[str, str]:
    """Hash every file below `path`, or the file itself, except those with times in them."""
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    return {
        str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file() and not file.name.startswith(VOLATILE) and "checkpoints" not in file.parts
    }


def end_of(arguments: Sequence[str], folder: Path) -> Killed:
    ended = kill_after(arguments, folder, NO_LIMIT, signal.SIGKILL)
    assert ended.code == 0, ended.lines
    return ended


@pytest.mark.parametrize("name", JOBS)
def test_any_moment(name, tmp_path, killed, monkeypatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, "")  # so that layouts take their time
    job, pristine = JOBS[name], tmp_path / "pristine"
    pristine.mkdir()
    job.inputs(pristine)
    if job.old:
        end_of(job.old, pristine)
    old, before = content(pristine / job.result), {path.name for path in pristine.iterdir()}
    finished = copy_of(pristine, tmp_path / "killed")  # configs have absolute paths
    seconds = end_of(job.new, finished).delay
    new = content(finished / job.result)
    assert new
    assert new != old
    rng = random.Random(f"{SEED} {name}")  # noqa: S311  (reproducible)
    for number in [SIGNALS[kill % len(SIGNALS)] for kill in range(KILLS)]:
        folder = copy_of(pristine, tmp_path / "killed")
        one = kill_after(job.new, folder, rng.uniform(0, 0.9 * seconds), number)
        killed.append(one)
        assert_said_so(one)
        assert content(folder / job.result) in (old, new), "a mix"
    again = [*job.new, *job.again]
    if name == "fix":
        shutil.rmtree(folder / job.result, ignore_errors=True)
    end_of(again, folder)
    assert content(folder / job.result) == new
    assert {path.name for path in folder.iterdir()} == before | {Path(job.result).parts[0]}
    assert list(folder.rglob(".*")) == [], "leftovers"


def copy_of(source: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    return target


def assert_said_so(one: Killed) -> None:
    """Check the exit code, and that there is one line that says how to go on."""
    if one.number == signal.SIGKILL or not (one.was_in_time and one.had_started):
        return
    assert one.code == 128 + one.number, one.lines
    assert len(one.lines) == 1, one.lines
    assert "run the command again" in one.lines[0]
