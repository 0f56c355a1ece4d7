"""Killed at any moment, a job leaves the old result or the new one, never a mix; then it works."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from projector_export.locks import delete
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
        new: the command that replaces the result.
        result: what it writes, relative to the folder.
        old: the command that has written the old result; none if there was none.
        inputs: writes what both read into an empty folder.
    """

    new: Sequence[str]
    result: str
    old: tuple[str, ...] = ()
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
        "run: books\ndataset: {books: books.ndjson}\ntraining: {epochs: 2}\nexport: {layouts: []}\n"
    )


def write_exports_of_two(folder: Path) -> None:
    write_vectors(folder)
    for column in ("topic", "none"):
        end_of([*export_of_vectors("1", column, "pca"), "--color-by", column], folder)


def write_export_and_a_script_that_appends(folder: Path) -> None:
    write_vectors(folder)
    end_of(export_of_vectors("1", "map", "none"), folder)
    (folder / "append.py").write_text(
        "import numpy, projector_export as px\n"
        "px.append('map', px.Embedding('topics', numpy.load('vectors.npy')[:99]))\n"
    )


def write_dump(folder: Path) -> None:
    pages = [book_page(f"Book {n}", links=[f"Link {n % 97}"] * 50) for n in range(8_000)]
    (folder / "dump.xml").write_bytes(dump_xml(pages))


def export_of_vectors(seed: str, output: str, layouts: str) -> list[str]:
    return [
        *f"export vectors.npy words.csv --seed {seed} --layouts {layouts} -q -o".split(),
        output,
    ]


RUN = ("run", "config.yaml", "-q", "--set=seed=1")
JOBS = {
    "run": Job(
        [*RUN, "--set=seed=2", "--set=export.layouts=[tsne,umap]", "--force"],
        "logs/books",
        RUN,
        write_books,
    ),
    "train": Job(
        ["train", "config.yaml", "-q", "--set=seed=2", "--force"], "logs/books", RUN, write_books
    ),
    "layouts and export of vectors": Job(
        [*export_of_vectors("2", "map", "tsne,umap"), "--force"],
        "map",
        tuple(export_of_vectors("1", "map", "none")),
        write_vectors,
    ),
    "export of a run": Job(
        ["export", "books", "-q", "--set=export.tables=[links,books]"],
        "logs/books",
        RUN,
        write_books,
    ),
    "append": Job(["append.py"], "map", inputs=write_export_and_a_script_that_appends),
    "site": Job(
        ["site", "none", "-q", "-o", "page", "--force"],
        "page",
        ("site", "topic", "-q", "-o", "page"),
        write_exports_of_two,
    ),
    "page in one file": Job(
        ["site", "none", "-q", "--single-file", "-o", "page.html", "--force"],
        "page.html",
        ("site", "topic", "-q", "--single-file", "-o", "page.html"),
        write_exports_of_two,
    ),
    "publish": Job(
        ["publish", "none", "-q", "--to", "public", "--yes"],
        "public",
        ("publish", "topic", "-q", "--to", "public", "--yes"),
        write_exports_of_two,
    ),
    "fix": Job(
        ["check", "topic/projector", "-q", "--fix", "-o", "fixed"],
        "fixed",
        inputs=write_exports_of_two,
    ),
    "prepare": Job(
        "prepare dump.xml -q --workers 2 -o new.ndjson --force".split(),
        "new.ndjson",
        inputs=write_dump,
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


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Job], Path]:
    """Write the inputs and the old result of a job; jobs with the same ones share them."""

    @cache
    def written(inputs: Callable[[Path], None], old: tuple[str, ...]) -> Path:
        folder = tmp_path_factory.mktemp("pristine")
        inputs(folder)
        if old:
            end_of(old, folder)
        return folder

    return lambda job: written(job.inputs, job.old)


@pytest.fixture(autouse=True)
def _layouts_take_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, "")


@pytest.mark.parametrize("name", JOBS)
def test_any_moment(name, tmp_path, killed, pristine) -> None:
    job = JOBS[name]
    start = pristine(job)
    old, before = content(start / job.result), {path.name for path in start.iterdir()}
    finished = copy_of(start, tmp_path / "killed")  # configs have absolute paths
    seconds = end_of(job.new, finished).delay
    new = content(finished / job.result)
    assert new
    assert new != old
    folder = start
    for number, delay in moments(name, seconds):
        folder = copy_of(start, tmp_path / "killed")
        one = kill_after(job.new, folder, delay, number)
        killed.append(one)
        assert_said_so(one)
        assert content(folder / job.result) in (old, new), "a mix"
    put_back(start / job.result, folder / job.result)  # but not what else was left
    end_of(job.new, folder)
    assert content(folder / job.result) == new
    assert {path.name for path in folder.iterdir()} == before | {Path(job.result).parts[0]}
    assert list(folder.rglob(".*")) == [], "leftovers"


def test_a_run_takes_its_place_with_its_report(tmp_path) -> None:
    write_books(tmp_path)
    run = tmp_path / "logs" / "books"
    kill_after(RUN, tmp_path, 0, signal.SIGKILL, is_time=run.exists)
    assert {"report.html", "report.json", "metrics.json", "site"} <= {
        path.name for path in run.iterdir()
    }


FIT = """
import keras, numpy
from projector_export.keras import ProjectorCallback
keras.utils.set_random_seed(0)
layers = keras.layers
model = keras.Sequential([layers.Embedding(300, 20, name="words"), layers.Flatten(), layers.Dense(1)])
model.compile("sgd", "mse")
rows = numpy.arange(300).reshape(-1, 1)
model.fit(rows, rows / 300, epochs=8, verbose=0, callbacks=[ProjectorCallback("fit", keep=3)])
"""


def test_any_moment_of_a_keras_training(tmp_path, killed) -> None:
    """Whatever TensorBoard lists is complete: a folder with an event file has all other files."""
    (tmp_path / "fit.py").write_text(FIT.replace("keep=3", "keep=8"))
    seconds = end_of(["fit.py"], tmp_path).delay
    whole = runs_of(tmp_path / "fit/projector")
    assert list(whole) == [f"epoch-{number:04d}" for number in range(1, 9)]
    (tmp_path / "fit.py").write_text(FIT)
    for number, delay in moments("keras", seconds):
        shutil.rmtree(tmp_path / "fit", ignore_errors=True)
        killed.append(kill_after(["fit.py"], tmp_path, delay, number))
        for name, files in runs_of(tmp_path / "fit/projector").items():
            assert files == whole[name], f"half of {name}"
    end_of(["fit.py"], tmp_path)  # goes on with the numbers of the epochs
    assert len(runs_of(tmp_path / "fit/projector")) == 3
    assert list(tmp_path.rglob(".*")) == [], "leftovers"


def runs_of(folder: Path) -> dict[str, dict[str, str]]:
    """Hash the files of each folder that TensorBoard lists."""
    return {path.parent.name: content(path.parent) for path in sorted(folder.glob("*/events.out*"))}


def moments(name: str, seconds: float) -> Iterator[tuple[int, float]]:
    """Yield a signal and when to send it, of a job that takes so many seconds."""
    rng = random.Random(f"{SEED} {name}")  # noqa: S311  (reproducible)
    for kill in range(KILLS):
        yield SIGNALS[kill % len(SIGNALS)], rng.uniform(0, 0.9 * seconds)


def copy_of(source: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    return target


def put_back(old: Path, result: Path) -> None:
    """Replace a result by the old one, if there was one."""
    delete(result)
    if old.is_dir():
        shutil.copytree(old, result)
    elif old.is_file():
        shutil.copyfile(old, result)


def assert_said_so(one: Killed) -> None:
    """Check the exit code, and that there is one line that says how to go on."""
    if one.number == signal.SIGKILL or not (one.was_in_time and one.had_started):
        return
    assert one.code == 128 + one.number, one.lines
    (said,) = [line for line in one.lines if line.startswith("error: ")]
    assert "run the command again" in said
