"""Tables too large to be laid out whole: a sample is, and the others are placed among it."""

from __future__ import annotations

import numpy as np
import pytest

from projector_export.prepare.layouts import compute, landmarks
from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts, parameters
from projector_export.prepare.layouts.landmarks import choose_landmarks, mean_of_nearest
from projector_export.prepare.layouts.neighbors import NeighborGraph, nearest_landmarks


def test_landmarks_are_as_many_as_they_may_be_in_order(monkeypatch) -> None:
    monkeypatch.setattr(landmarks, "MAX_LANDMARKS", 40)
    rows = choose_landmarks(100, seed=3)
    assert len(set(rows.tolist())) == 40
    assert rows.tolist() == sorted(rows.tolist())
    assert rows.tolist() == choose_landmarks(100, seed=3).tolist()
    assert rows.tolist() != choose_landmarks(100, seed=4).tolist()


def test_the_nearest_landmarks_are_exact() -> None:
    rng = np.random.default_rng(0)
    rows, marks = rng.normal(size=(200, 6)).astype("f4"), rng.normal(size=(50, 6)).astype("f4")
    graph = nearest_landmarks(rows, marks, 4)
    lengths = np.linalg.norm(rows, axis=1)[:, None] * np.linalg.norm(marks, axis=1)
    cosines = rows.astype("f8") @ marks.astype("f8").T / lengths
    expected = np.argsort(-cosines, axis=1)[:, :4]
    np.testing.assert_array_equal(graph.rows, expected)
    np.testing.assert_allclose(
        graph.distances, 1 - np.take_along_axis(cosines, expected, axis=1), atol=1e-6
    )


def test_a_row_lies_between_its_nearest_landmarks_and_closer_to_the_nearest() -> None:
    layout = np.array([[0, 0], [1, 0], [0, 1], [9, 9], [1, 1], [0.5, 0.5]])
    same = NeighborGraph(np.array([[3, 3, 3, 3, 3]]), np.zeros((1, 5), "f4"))
    np.testing.assert_allclose(mean_of_nearest(layout, same), [[9, 9]])
    graph = NeighborGraph(np.array([[0, 1, 1, 1, 1]]), np.array([[0, 1, 1, 1, 1]], "f4"))
    # Four landmarks are 1 beyond the nearest, 0.8 on average, so each weighs exp(-1.25).
    weight = 4 * np.exp(-1.25)
    np.testing.assert_allclose(mean_of_nearest(layout, graph), [[weight / (1 + weight), 0]])


@pytest.fixture
def few_landmarks(monkeypatch) -> None:
    for module in (landmarks, compute):
        monkeypatch.setattr(module, "MAX_LANDMARKS", 300)


GROUPS = np.arange(900) % 3


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    rng = np.random.default_rng(0)
    rows = 4 * np.eye(3, 8)[GROUPS] + rng.normal(scale=0.3, size=(900, 8))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("f4")


@pytest.mark.slow
@pytest.mark.parametrize("dimensions", [2, 3])
def test_every_row_is_placed_with_its_group(few_landmarks, vectors, dimensions) -> None:
    options = LayoutOptions(names=("tsne", "umap", "pca"), dimensions=dimensions, seed=1)
    layouts = compute_layouts(vectors, options)
    assert list(layouts) == ["tsne", "umap", "pca"]
    for name, layout in layouts.items():
        assert layout.shape == (900, dimensions)
        assert np.isfinite(layout).all()
        if name == "pca":  # two of its axes cannot hold three groups apart
            continue
        centers = np.stack([layout[group == GROUPS].mean(axis=0) for group in range(3)])
        distances = np.linalg.norm(layout[:, None] - centers, axis=2)
        assert (distances.argmin(axis=1) == GROUPS).all()
    again = compute_layouts(vectors, options)
    for name, layout in layouts.items():
        np.testing.assert_array_equal(again[name], layout)


def test_the_record_says_how_many_rows_were_laid_out() -> None:
    options = LayoutOptions(names=("tsne", "pca"), seed=1)
    assert parameters("tsne", options, num_rows=100_001)["landmarks"] == 100_000
    assert "landmarks" not in parameters("tsne", options, num_rows=100_000)
    assert "landmarks" not in parameters("pca", options, num_rows=1_000_000)
