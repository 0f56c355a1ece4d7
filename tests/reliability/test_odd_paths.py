"""Odd names of files and folders work, and what is printed about them is safe and on one line."""

from __future__ import annotations

import json
import os
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from projector_export.serve.static import serve_folder
from tests.helpers.planted_books import write_planted_books
from tests.helpers.running import exit_code

NAMES = {
    "blanks": "  two  words ",
    "quotes": 'it\'s "quoted" `now`',
    "other scripts, and text from right to left": "naïve 漢字 \u202eabc",
    "255 bytes": "é" * 127 + "x",
    "a line end": "new\nline\r",
    "an escape code": "\x1bcred\x07",
    "an option's": "--force",
    "an address": "a{c}%20#&.",
    "a shell's": "$HOME;~",
}
REFUSED = {
    "a pattern": "[a]",
    "stars": "*",
    "bytes that are not UTF-8": os.fsdecode(b"\xff\xfe"),
    "300 bytes": "x" * 300,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def program(*arguments: str) -> int:
    return exit_code([arguments[0], "-q", *arguments[1:]])


@pytest.mark.reliability
@pytest.mark.parametrize("what", NAMES)
def test_an_odd_name_works_with_every_command(folder, capsys, what) -> None:
    name = NAMES[what]
    rows = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)
    (folder / name).mkdir()
    np.save(folder / name / "vectors.npy", rows)
    lines = "".join(f"w{n},t{n % 3}\n" for n in range(30))
    (folder / name / "words.csv").write_text(f"word,topic\n{lines}")
    files = [str(Path(name, file)) for file in ("vectors.npy", "words.csv")]
    output = str(Path(name, name))
    assert program("export", "--layouts", "pca", "-o", output, "--", *files) == 0
    assert program("check", "--", output) == 0
    assert program("check", "--fix", "-o", str(Path("fixed", name)), "--", output) == 0
    assert program("check", "--", str(Path("fixed", name))) == 0
    assert program("site", "--force", "--", output) == 0
    assert program("site", "--single-file", "--", output) == 0
    assert program("report", "--", output) == 0
    assert program("plot", "--", output) == 0
    assert program("neighbors", "--", output, "w3") == 0
    with serve_folder(folder / output / "site") as address:
        assert urllib.request.urlopen(address).status == 200
    assert_harmless(*capsys.readouterr())


@pytest.mark.parametrize("what", REFUSED)
def test_a_path_that_tensorflow_misreads_is_refused_before_anything_is_written(
    folder, capsys, what
) -> None:
    name = REFUSED[what]
    np.save(folder / "vectors.npy", np.eye(5, 4))
    write_planted_books(folder / "books.ndjson")
    (folder / "config.yaml").write_text("dataset: {books: books.ndjson}\n")
    before = sorted(folder.iterdir())
    assert program("export", "vectors.npy", "--layouts", "none", "-o", name) in (1, 2)
    assert program("train", "config.yaml", f"--set=logdir={json.dumps(name)}") in (1, 2)
    assert sorted(folder.iterdir()) == before
    printed = capsys.readouterr().err
    assert printed.count("error: ") == 2
    assert_harmless(printed)


@pytest.mark.reliability
@pytest.mark.parametrize("what", NAMES | REFUSED)
def test_an_odd_name_in_an_error_is_harmless_and_one_line(folder, capsys, what) -> None:
    name = (NAMES | REFUSED)[what]
    for arguments in (
        ("check", "--", name),
        ("neighbors", "--", name, "w3"),
        ("export", "-o", "map", "--", name),
        ("export", "-o", name, "--force", "--", "vectors.npy"),
        ("site", "--", name),
        ("run", "--", name),
    ):
        assert program(*arguments) == 2
        out, err = capsys.readouterr()
        assert_harmless(out, err)
        assert len(err.splitlines()) <= 6  # click's own have the usage


def assert_harmless(*printed: str) -> None:
    text = "".join(printed)
    assert all(character == "\n" or character.isprintable() for character in text), repr(text)


@pytest.mark.reliability
@pytest.mark.parametrize("what", ["blanks", "255 bytes", "a line end"])
def test_a_run_works_in_an_odd_logdir(folder, what) -> None:
    name = NAMES[what]
    (folder / name).mkdir()
    write_planted_books(folder / name / "books.ndjson")
    (folder / "config.yaml").write_text("run: mine\ntraining: {epochs: 1}\nexport: {layouts: []}\n")
    changes = [
        f"--set=logdir={json.dumps(name)}",
        f"--set=dataset.books={json.dumps(str(Path(name, 'books.ndjson')))}",
    ]
    assert program("run", "config.yaml", *changes) == 0
    run = str(Path(name, "mine"))
    assert program("check", "--", run) == 0
    assert program("export", "--", run) == 0
    assert program("report", "--", run) == 0


def test_a_logdir_that_is_a_link_stays_one(folder) -> None:
    (folder / "disk").mkdir()
    (folder / "logs").symlink_to("disk")
    write_planted_books(folder / "books.ndjson")
    (folder / "config.yaml").write_text(
        "run: mine\ndataset: {books: books.ndjson}\ntraining: {epochs: 1}\nexport: {layouts: []}\n"
    )
    assert program("run", "config.yaml") == 0
    assert program("run", "config.yaml", "--force") == 0
    assert program("export", "mine") == 0
    assert program("check", "mine") == 0
    assert [path.name for path in folder.iterdir() if path.is_symlink()] == ["logs"]
    assert [path.name for path in (folder / "disk").iterdir()] == ["mine"]
