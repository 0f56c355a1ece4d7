"""Rows that a line connects: each row's successor, in any order of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import projector_export as px
from projector_export.errors import InputError
from projector_export.prepare.sequences import following_rows, sequence_numbers
from projector_export.prepare.table import prepare
from projector_export.write.tables import serialize
from tests.helpers.projector_reader import read_metadata


def test_each_row_is_followed_by_the_next_of_its_sequence() -> None:
    numbers = sequence_numbers(pd.Series(["a", "b", "a", "Unknown", "b", "a", "Unknown"]))
    assert numbers.tolist() == [0, 1, 0, -1, 1, 0, -1]
    assert following_rows(numbers, np.arange(7)).tolist() == [2, 4, 5, -1, -1, -1, -1]


def stories() -> px.Embedding:
    """Six rows in two stories; the most frequent color comes first, so the rows change places."""
    metadata = {
        "word": ["a1", "b1", "a2", "x", "b2", "a3"],
        "kind": ["cold", "warm", "warm", "warm", "cold", "warm"],
        "story": ["a", "b", "a", None, "b", "a"],
    }
    vectors = np.random.default_rng(0).normal(size=(6, 4))
    return px.Embedding("words", vectors, metadata, "kind", sequences="story")


def paths(content: bytes) -> set[str]:
    """Follow the column as the viewer does; return each line's labels."""
    points = read_metadata(content).points
    following = {row: point["__seq_next__"] for row, point in enumerate(points)}
    starts = set(following) - set(following.values())
    lines = set()
    for row in starts:
        labels = []
        at: float | None = row
        while at is not None:
            labels.append(points[int(at)]["word"])
            at = following[int(at)]
        if len(labels) > 1:
            lines.add(" ".join(map(str, labels)))
    return lines


def test_lines_join_the_intended_rows() -> None:
    table = prepare(stories())
    assert table.metadata["word"].tolist() != ["a1", "b1", "a2", "x", "b2", "a3"]
    assert paths(serialize(table).metadata) == {"a1 a2 a3", "b1 b2"}


def test_a_line_skips_rows_that_were_cut() -> None:
    table = prepare(stories())
    kept = table.take(np.flatnonzero(table.metadata["word"] != "a2"))
    assert paths(serialize(kept).metadata) == {"a1 a3", "b1 b2"}


def test_numbers_dates_and_lists_name_sequences_too(tmp_path) -> None:
    metadata = {"word": list("abcd"), "run": [1.5, np.nan, 1.5, 2.5]}
    table = prepare(px.Embedding("words", np.eye(4), metadata, None, sequences="run"))
    assert paths(serialize(table).metadata) == {"a c"}
    exported = px.export(np.eye(4), metadata, tmp_path / "map", sequences="run", layouts=())
    assert "__seq_next__" not in {finding.place.column for finding in exported.findings}


def test_a_missing_column_of_sequences_is_refused() -> None:
    with pytest.raises(InputError, match="there is no metadata column 'storry'") as caught:
        px.Embedding(
            "words", np.eye(2, 3), {"word": ["a", "b"], "story": ["x", "x"]}, sequences="storry"
        )
    assert "did you mean 'story'" in caught.value.tip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-1, 3), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_every_sequence_is_one_line_in_order_after_any_shuffle(numbers, random) -> None:
    order = list(range(len(numbers)))
    random.shuffle(order)
    shuffled = np.array(numbers)[order]
    following = following_rows(shuffled, np.array(order))
    for number in set(numbers) - {-1}:
        expected = [row for row, one in enumerate(numbers) if one == number]
        at = order.index(expected[0])
        walked = []
        while at >= 0:
            walked.append(order[at])
            at = int(following[at])
        assert walked == expected
    assert (following[shuffled == -1] == -1).all()
