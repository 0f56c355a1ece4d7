"""The first rows of a large table are a fair sample of all."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import projector_export as px
from projector_export.prepare import table
from projector_export.prepare.fair_order import fair_order
from projector_export.prepare.table import prepare


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=60), st.integers(0, 9))
def test_every_first_part_has_each_category_in_proportion(cells: list[str], seed: int) -> None:
    order = fair_order(pd.Series(cells), len(cells), seed=seed)
    assert sorted(order.tolist()) == list(range(len(cells)))
    ordered = np.array(cells)[order]
    kinds = sorted(set(cells))
    for size in range(1, len(cells) + 1):
        for kind in kinds:
            share = cells.count(kind) * size / len(cells)
            assert abs((ordered[:size] == kind).sum() - share) <= len(kinds) / 2 + 1e-9


def test_the_order_is_random_and_goes_by_the_seed() -> None:
    cells = pd.Series(["a", "b"] * 500)
    first = fair_order(cells, 1000, seed=1)
    assert first.tolist() == fair_order(cells, 1000, seed=1).tolist()
    assert first.tolist() != fair_order(cells, 1000, seed=2).tolist()
    assert sorted(fair_order(None, 1000, seed=1).tolist()) == list(range(1000))
    # Rows of the first part come from everywhere: their mean is that of all, give or take 4 sigma.
    assert abs(first[:100].mean() - 499.5) < 4 * 289 / np.sqrt(100)


def test_more_rows_than_tensorboard_shows_are_put_in_a_fair_order(monkeypatch, caplog) -> None:
    monkeypatch.setattr(table, "MAX_SERVED_ROWS", 100)
    caplog.set_level(logging.INFO, logger="projector_export")
    kinds = ["common"] * 700 + ["rare"] * 300
    metadata = {"word": [f"w{row}" for row in range(1000)], "kind": kinds}
    embedding = px.Embedding("words", np.random.default_rng(0).normal(size=(1000, 4)), metadata)
    shown = prepare(embedding, in_fair_order=True)
    assert shown.metadata["kind"][:2].tolist() == ["common", "rare"]  # the legend's order
    assert abs((shown.metadata["kind"][:100] == "rare").sum() - 30) <= 2
    assert caplog.messages[-1] == (
        "words: TensorBoard shows 100 of 1,000 rows, a random sample with each kind in proportion; "
        "the page and upload/ have more"
    )
    rows = [int(word[1:]) for word in shown.metadata["word"]]
    np.testing.assert_allclose(
        shown.vectors,
        prepare(embedding).vectors[
            np.argsort([int(word[1:]) for word in prepare(embedding).metadata["word"]])
        ][rows],
    )
    assert prepare(embedding).metadata["word"][5] == "w4"  # otherwise rows keep their order


@pytest.mark.slow
def test_tensorboard_gets_the_sample_and_the_rest_all(tmp_path) -> None:
    vectors = np.random.default_rng(0).normal(size=(100_050, 4)).astype("f4")
    px.export(vectors, folder=tmp_path / "map", layouts=())
    assert px.open_export(tmp_path / "map" / "projector").table().vectors.shape == (100_000, 4)
    assert px.open_export(tmp_path / "map" / "upload").table().vectors.shape == (100_050, 4)
