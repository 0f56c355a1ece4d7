"""Bad books, configs and vectors work, or are refused with the place and the reason."""

from __future__ import annotations

import bz2
import io
import json
import os
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.killing import PROGRAM
from tests.helpers.planted_books import planted_books
from tests.helpers.running import exit_code
from training.data.books import write_books

BOOK = ["A book", {}, ["Paris", "Rome", "Oslo", "Lima"], [], "2026-01-01T00:00:00Z", 1000]


def train(folder: Path, config: str, capsys) -> list[str]:
    """Train with a config that must be refused; return the lines that say why."""
    path = folder / "config.yaml"
    path.write_text(config, "utf-8")
    before = sorted(folder.rglob("*"))
    code = exit_code(["train", str(path), "-q", f"--set=logdir={folder / 'logs'}"])
    assert code in (1, 2)
    assert [path for path in sorted(folder.rglob("*")) if path.name != "logs"] == before
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ("run: ../../x", "run"),
        ("run: /tmp/x", "run"),
        ("run: ''", "run"),
        ("run: .hidden", "run"),
        ("run: 'a\\nb'", "run"),
        (f"run: {'x' * 101}", "run"),
        ("run: !!python/object/apply:os.system ['touch hacked']", "config.yaml"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
            f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
        ), "config.yaml"),
        ("[" * 100_000, "config.yaml"),
        ("training: {learning_rate: .nan}", "training.learning_rate"),
        ("training: {learning_rate: .inf}", "training.learning_rate"),
        ("training: {learning_rate: -1}", "training.learning_rate"),
        ("training: {epochs: 1.5}", "training.epochs"),
        ("model: {embedding_dim: 0}", "model.embedding_dim"),
        ("model: {embedding_dim: 1000000}", "model.embedding_dim"),
        ("seed: 99999999999999999999", "seed"),
        ("__proto__: {x: 1}", "__proto__"),
        ("constructor: 1", "constructor"),
        ('run: "\\ud800"', "config.yaml"),
        ("\0", "config.yaml"),
        ("- a list", "config.yaml"),
    ],
)  # fmt: skip
def test_a_bad_config_is_refused_with_its_key_or_file(tmp_path, capsys, config, place) -> None:
    lines = train(tmp_path, config, capsys)
    assert lines[0].startswith("error: ")
    assert place in lines[0]
    assert len(lines) <= 2
    assert len(lines[0]) < 1000


@pytest.mark.parametrize(
    "line",
    [
        "[",
        "[]",
        "null",
        "3",
        "{}",
        '[3, {}, [], [], "", 0]',
        '["x"]',
        '["x", {}, "Paris", [], "", 0]',
        '["x", {}, [1], [], "", 0]',
        '["x", {}, [["Paris"]], [], "", 0]',
        '["x", [1], [], [], "", 0]',
        '["  ", {}, [], [], "", 0]',
        "[" * 100_000,
        "\x00\x01",
    ],
)
def test_a_bad_line_of_books_is_refused_with_its_number(tmp_path, capsys, line) -> None:
    good = json.dumps(BOOK)
    (tmp_path / "books.ndjson").write_text(f"{good}\n{line}\n", "utf-8")
    lines = train(tmp_path, f"dataset: {{books: {tmp_path}/books.ndjson}}", capsys)
    assert lines[0].startswith("error: ")
    assert "books.ndjson:2: " in lines[0]
    assert len(lines) <= 2


@pytest.mark.parametrize("books", [[], [BOOK], [BOOK, BOOK], [[*BOOK[:2], [], *BOOK[3:]]] * 3])
def test_books_that_teach_nothing_are_refused(tmp_path, capsys, books) -> None:
    (tmp_path / "books.ndjson").write_text("".join(f"{json.dumps(book)}\n" for book in books))
    lines = train(tmp_path, f"dataset: {{books: {tmp_path}/books.ndjson}}", capsys)
    assert lines[0].startswith("error: ")
    assert len(lines) <= 2


def test_strange_titles_and_many_links_are_trained_on(tmp_path) -> None:
    strange = [
        "constructor",
        "__proto__",
        "\ud800",
        "\x1b[31mred",
        "\u202eright to left",
        "a\tb\nc",
        "é" * 300,
    ]
    with (tmp_path / "books.ndjson").open("w", encoding="utf-8") as file:
        write_books(planted_books(), file)
        for title in strange:
            links = [f"own {number}" for number in range(100_000)] if title == "constructor" else []
            book = [title, {}, [*links, *planted_books()[0].links], *BOOK[3:]]
            file.write(json.dumps(book) + "\n")
    (tmp_path / "config.yaml").write_text(
        f"run: strange\nlogdir: {tmp_path}\ntraining: {{epochs: 1}}\nexport: {{layouts: []}}\n"
        f"dataset: {{books: {tmp_path}/books.ndjson}}\n"
    )
    assert exit_code(["run", str(tmp_path / "config.yaml"), "-q"]) == 0
    assert exit_code(["check", str(tmp_path / "strange"), "-q"]) == 0


def huge_npy() -> bytes:
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 50), }"
    text = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vectors.npy", huge_npy() + bytes(200_000_000))
    return file.getvalue()


VECTORS = {
    "a header that claims a trillion rows": huge_npy,
    "objects": lambda: saved(np.array([{"a": 1}, None], dtype=object)),
    "NaN": lambda: saved(np.full((5, 3), np.nan, np.float32)),
    "infinity": lambda: saved(np.full((5, 3), np.inf, np.float32)),
    "no rows": lambda: saved(np.zeros((0, 3), np.float32)),
    "no columns": lambda: saved(np.zeros((3, 0), np.float32)),
    "a zip bomb": zip_bomb,
    "a bz2 bomb": lambda: bz2.compress(bytes(300_000_000)),
    "nothing": lambda: b"",
}


@pytest.mark.parametrize("name", VECTORS)
def test_bad_vectors_are_refused_in_bounded_memory(tmp_path, name) -> None:
    (tmp_path / "vectors").write_bytes(VECTORS[name]())
    limited = f'ulimit -v {3 * 2**20}; exec "$@"'  # 3 GB of addresses
    ended = subprocess.run(
        ["bash", "-c", limited, "bash", *PROGRAM, "export", "vectors", "-q", "-o", "map"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(__import__("sys").path)},
    )
    lines = ended.stderr.splitlines()
    assert ended.returncode in (1, 2), ended.stderr[-2000:]
    assert lines[0].startswith("error: "), ended.stderr[-2000:]
    assert len(lines) <= 2
    assert not (tmp_path / "map").exists()
