"""A TensorBoard that is open while its export is written again answers, and shows what docs say."""

from __future__ import annotations

import os
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from projector_export.prepare.geometry import viewer_ready
from projector_export.serve.tensorboard import PROJECTOR_ROUTE, tensorboard

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1800)]

EXPORTS = int(os.environ.get("EXPORTS", "10"))  # `make soak` has 50, and 1,000 requests
REQUESTS_PER_EXPORT = 20
TABLES = ("words", "topics")  # of two, TensorBoard keeps one in memory
QUESTIONS = [
    ("runs", {}),
    ("info", {"run": "."}),
    ("bookmarks", {"run": ".", "name": "words"}),
    *(
        (route, {"run": ".", "name": name, "num_rows": "500"})
        for route in ("tensor", "metadata")
        for name in TABLES
    ),
]


@dataclass(slots=True)
class Visitor:
    """Asks for all that the page loads, again and again."""

    address: str
    statuses: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def num_answers(self) -> int:
        """How many answers there were."""
        return sum(self.statuses.values())

    def ask(self, route: str, **query: str) -> bytes:
        """Return the answer; count its status."""
        url = f"{self.address}{PROJECTOR_ROUTE}/{route}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                self.statuses.update([answer.status])
                return answer.read()
        except urllib.error.HTTPError as error:
            self.statuses.update([error.code])
            self.problems.append(f"{route}: {error.code} {error.read()[:200]!r}")
            return b""

    def ask_until(self, enough: threading.Event) -> None:
        """Ask for each in turn until there is enough."""
        while not enough.is_set():
            for route, query in QUESTIONS:
                self.ask(route, **query)


def export(folder: Path, number: int) -> None:
    """Write the export of that number, which its labels and vectors say."""
    tables = [
        px.Embedding(name, rows_of(number), {"word": [f"{row} of {number}" for row in range(500)]})
        for name in TABLES
    ]
    px.export(tables, folder=folder, layouts=("pca",), replace=True)


def rows_of(number: int) -> np.ndarray:
    """Return unit vectors (500, 8), which the exporter does not change."""
    rows = np.random.default_rng(number).normal(size=(500, 8)).astype(np.float32)
    return viewer_ready(rows)


def shown(visitor: Visitor, name: str) -> tuple[bytes, np.ndarray]:
    """Return the first label and vector of a table."""
    labels = visitor.ask("metadata", run=".", name=name, num_rows="500")
    vectors = np.frombuffer(visitor.ask("tensor", run=".", name=name), "<f4")
    return labels.splitlines()[0], vectors[:8]


def test_a_tensorboard_that_has_only_listed_the_tables_then_shows_the_new_export(tmp_path) -> None:
    export(tmp_path / "map", 0)
    with tensorboard(tmp_path / "map" / "projector") as address:
        visitor = Visitor(address)
        visitor.ask("info", run=".")
        export(tmp_path / "map", 1)
        label, vector = shown(visitor, "words")
    assert visitor.problems == []  # with one name for all checkpoints: 500
    assert label == b"0 of 1"
    np.testing.assert_allclose(vector, rows_of(1)[0], atol=1e-6)


def test_an_open_tensorboard_answers_while_its_export_is_written_again(tmp_path, figure) -> None:
    export(tmp_path / "map", 0)
    with tensorboard(tmp_path / "map" / "projector") as address:
        visitor, enough = Visitor(address), threading.Event()
        asking = threading.Thread(target=visitor.ask_until, args=[enough])
        asking.start()
        try:
            for number in range(1, EXPORTS + 1):
                export(tmp_path / "map", number)
            while visitor.num_answers < REQUESTS_PER_EXPORT * EXPORTS:
                time.sleep(0.01)
        finally:
            enough.set()
            asking.join()
        figure(
            f"{visitor.num_answers:,} answers during {EXPORTS} exports: {dict(visitor.statuses)}"
        )
        assert visitor.problems == []
        # It keeps the vectors of the table that it read last, until it reads those of another.
        shown(visitor, TABLES[0])
        for name in TABLES[::-1]:
            label, vector = shown(visitor, name)
            assert label == f"0 of {EXPORTS}".encode()
            np.testing.assert_allclose(vector, rows_of(EXPORTS)[0], atol=1e-6)
