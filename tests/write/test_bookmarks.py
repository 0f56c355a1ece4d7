"""Bookmarks hold what the viewer needs, and no more than it can take."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.embedding import Embedding
from projector_export.errors import InputError
from projector_export.prepare.geometry import sphereize
from projector_export.write.bookmarks import (
    MAX_BYTES,
    bookmarks_json,
    layout_bookmarks_json,
    num_pca_components,
)
from projector_export.write.metadata import column_names

# Every key that the viewer's reader uses (vz-projector.ts:665-714 and what it calls).
KEYS = set(
    "label isSelected selectedProjection dataSetDimensions tSNEIteration tSNEPerplexity "
    "tSNELearningRate tSNEis3d umapIs3d umapNeighbors umapMinDist pcaComponentDimensions "
    "customSelectedSearchByMetadataOption customXLeftText customXLeftRegex customXRightText "
    "customXRightRegex customYUpText customYUpRegex customYDownText customYDownRegex projections "
    "selectedPoints cameraDef selectedColorOptionName forceCategoricalColoring "
    "selectedLabelOption".split()
)


@pytest.fixture
def embedding() -> Embedding:
    vectors = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0]], np.float32) * [
        [2],
        [2],
        [1],
        [1],
    ]
    table = pd.DataFrame({"title": list("abcd"), "genre": ["x", "x", "y", "y"]})
    flat = np.array([[-1, -1], [0.25, 1], [1, 0.123456], [0, 0]], np.float32)
    return Embedding("books", vectors, table, "genre", {"tsne": flat, "pca": vectors[:, :2]})


def states(embedding: Embedding, **options) -> list[dict]:
    return json.loads(bookmarks_json(embedding, **options))


def test_a_state_has_every_key_that_the_viewer_reads(embedding) -> None:
    for state in states(embedding):
        assert state.keys() == KEYS


def test_a_map_goes_into_the_slot_that_is_shown_as_it_is(embedding) -> None:
    state, _ = states(embedding)
    assert state["selectedProjection"] == "umap"
    assert [(entry["umap-0"], entry["umap-1"]) for entry in state["projections"]] == [
        *((-1, -1), (0.25, 1), (1, 0.1235), (0, 0))
    ]
    assert state["umapIs3d"] is False
    assert state["cameraDef"]["position"] == [0, 0, 4]


def test_a_map_brings_the_pca_values_that_the_viewer_computes(embedding) -> None:
    # X'X / 4 is diag(2, 1/2, 0), about the origin and not about the mean.
    state, _ = states(embedding)
    values = [[abs(entry[f"pca-{axis}"]) for axis in range(3)] for entry in state["projections"]]
    assert values == [[2, 0, 0], [2, 0, 0], [0, 1, 0], [0, 1, 0]]


def test_from_50_dimensions_pca_is_of_sphereized_rows() -> None:
    vectors = np.random.default_rng(0).normal(1, 1, size=(70, 50)).astype(np.float32)
    table = pd.DataFrame({"title": [f"t{row}" for row in range(70)], "n": range(70)})
    flat = np.zeros((70, 2), np.float32)
    state = states(Embedding("v", vectors, table, None, {"tsne": flat}))[0]
    rows = sphereize(vectors).astype(float)
    left, sizes, _ = np.linalg.svd(rows, full_matrices=False)
    for axis in range(10):
        shipped = [entry[f"pca-{axis}"] for entry in state["projections"]]
        own = left[:, axis] * sizes[axis]
        np.testing.assert_allclose(np.abs(shipped), np.abs(own), atol=1e-4)


def test_pca_needs_no_entries_because_the_viewer_has_its_own(embedding) -> None:
    _, state = states(embedding)
    assert state["selectedProjection"] == "pca"
    assert state["projections"] == []
    assert state["pcaComponentDimensions"] == [0, 1]


def test_the_map_is_coloured_and_labelled(embedding) -> None:
    for state, label in zip(states(embedding), ["t-SNE by genre", "PCA by genre"], strict=True):
        assert state["label"] == label
        assert state["selectedColorOptionName"] == "genre"
        assert state["selectedLabelOption"] == "title"
        assert state["dataSetDimensions"] == [4, 3]


def test_without_a_column_to_colour_by_nothing_is_coloured(embedding) -> None:
    state = states(replace(embedding, color_by=None))[0]
    assert state["label"] == "t-SNE"
    assert state["selectedColorOptionName"] == "No color map"


def test_the_only_column_is_called_label_as_the_viewer_calls_it(embedding) -> None:
    lone = replace(embedding, metadata=embedding.metadata[["title"]], color_by=None)
    assert states(lone)[0]["selectedLabelOption"] == "label"


def test_a_solid_map_has_a_third_axis_and_a_camera_that_sees_it(embedding) -> None:
    state = states(replace(embedding, layouts={"umap": embedding.vectors}))[0]
    assert state["umapIs3d"] is True
    assert state["projections"][0]["umap-2"] == 0
    assert state["cameraDef"]["orthographic"] is False


def test_there_is_no_entry_for_a_row_that_the_viewer_will_not_have(embedding) -> None:
    assert len(states(embedding, num_rows=3)[0]["projections"]) == 3
    assert len(states(embedding, num_rows=100_000)[0]["projections"]) == 4


def test_a_layout_that_is_a_table_opens_flat_and_coloured(embedding) -> None:
    (state,) = json.loads(layout_bookmarks_json(embedding, "tsne"))
    assert state.keys() == KEYS
    assert state["label"] == "t-SNE by genre"
    assert state["selectedProjection"] == "pca"
    assert state["dataSetDimensions"] == [4, 3]


def test_37020_points_in_three_layouts_stay_under_ten_megabytes() -> None:
    num_points = 37_020
    random = np.random.default_rng(0)
    vectors = random.normal(size=(num_points, 50)).astype(np.float32)
    table = pd.DataFrame({"title": np.arange(num_points).astype(str), "genre": "x"})
    layouts = {
        name: random.uniform(-1, 1, size=(num_points, 2)).astype(np.float32)
        for name in ("tsne", "umap", "pca")
    }
    content = bookmarks_json(Embedding("books", vectors, table, "genre", layouts))
    assert len(content) < MAX_BYTES
    tsne, umap, pca = json.loads(content)
    assert len(tsne["projections"]) == len(umap["projections"]) == num_points
    assert set(tsne["projections"][0]) >= {"umap-0", "umap-1", "pca-0", "pca-1", "pca-2"}
    assert pca["projections"] == []


@pytest.mark.parametrize(
    ("num_rows", "dim", "num_maps", "expected"),
    [(2_000, 50, 3, 10), (2_000, 7, 3, 7), (37_020, 50, 1, 10), (1_000_000, 50, 2, 3)],
)
def test_pca_components_are_dropped_only_where_the_file_would_grow_too_big(
    num_rows, dim, num_maps, expected
) -> None:
    assert num_pca_components(num_rows, dim=dim, num_maps=num_maps) == expected


@given(st.text(st.characters(codec="utf-8"), min_size=1))
@settings(max_examples=50, deadline=None)
def test_any_column_name_is_the_one_that_the_viewer_offers(name) -> None:
    table = pd.DataFrame([["a", "x"], ["b", "y"]], columns=["title", name])
    try:
        offered = column_names(table)
    except InputError:
        return  # the metadata writer refuses such a name
    flat = np.zeros((2, 2), np.float32)
    embedding = Embedding("v", np.eye(2, 3, dtype=np.float32), table, name, {"tsne": flat})
    assert states(embedding)[0]["selectedColorOptionName"] == offered[1]
