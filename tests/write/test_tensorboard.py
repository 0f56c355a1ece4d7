"""A real TensorBoard serves what was written."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from projector_export.serve.tensorboard import PROJECTOR_PAGE, PROJECTOR_ROUTE, tensorboard

LOGDIRS = {"logs": "planted/projector", "run": "projector", "folder": "."}


@pytest.fixture(scope="module", params=LOGDIRS)
def served(planted_run: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """TensorBoard's address, and the name that the run should have, for each of three logdirs."""
    logdir = {
        "logs": planted_run.parent,
        "run": planted_run,
        "folder": planted_run / "projector",
    }[request.param]
    with tensorboard(logdir) as address:
        yield address, LOGDIRS[request.param]


def fetch(address: str, route: str, **query: str) -> bytes:
    url = f"{address}{PROJECTOR_ROUTE}/{route}?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def test_the_run_is_the_only_one_listed(served: tuple[str, str]) -> None:
    address, run = served
    assert json.loads(fetch(address, "runs")) == [run]


def test_tensors_have_readable_names_and_true_shapes(served, planted_run) -> None:
    address, run = served
    vectors = np.load(planted_run / "vectors.npz")
    info = json.loads(fetch(address, "info", run=run))
    shapes = {entry["tensorName"]: entry["tensorShape"] for entry in info["embeddings"]}
    # 320 links are more than 200 books: TensorBoard opens the longest table, so links are cut.
    assert len(vectors["links"]) > len(vectors["books"]) == 200
    assert shapes == {"books": [200, 50], "links": [200, 50]}


def test_vectors_arrive_bit_by_bit(served, planted_run) -> None:
    address, run = served
    for table in ("books", "links"):
        uploaded = (planted_run / "upload" / f"{table}.vectors.bytes").read_bytes()
        tensor = fetch(address, "tensor", run=run, name=table, num_rows="100000")
        assert tensor == uploaded[: 200 * 50 * 4]


def test_book_vectors_are_the_learned_ones_in_the_order_of_the_legend(served, planted_run) -> None:
    address, run = served
    learned = np.load(planted_run / "vectors.npz")
    row_of = {title: row for row, title in enumerate(learned["book_titles"])}
    tensor = np.frombuffer(fetch(address, "tensor", run=run, name="books"), "<f4").reshape(200, 50)
    lines = fetch(address, "metadata", run=run, name="books").decode().split("\n")
    rows = [row_of[line.split("\t")[0]] for line in lines[1:-1]]
    assert np.abs(tensor - learned["books"][rows]).max() < 1e-6


def test_metadata_has_a_header_and_a_line_per_vector(served) -> None:
    address, run = served
    for table, first_column in (("books", "title"), ("links", "name")):
        text = fetch(address, "metadata", run=run, name=table, num_rows="100000").decode()
        lines = text.split("\n")
        assert lines.pop() == ""
        assert len(lines) == 200 + 1
        assert lines[0].split("\t")[0] == first_column
        assert all(cell for line in lines for cell in line.split("\t"))


def test_the_projector_page_is_at_the_address_that_view_prints(served) -> None:
    address, _ = served
    with urllib.request.urlopen(address + PROJECTOR_PAGE) as answer:
        assert b"vz-projector" in answer.read()
