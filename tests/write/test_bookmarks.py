"""Bookmarks contain what the viewer needs, and nothing that breaks it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.errors import InputError
from projector_export.prepare.cells import column_names
from projector_export.prepare.geometry import sphereize
from projector_export.prepare.table import PreparedTable
from projector_export.write.bookmarks import bookmarks_json, layout_bookmarks_json, quantize

# Every key that the viewer's reader uses (vz-projector.ts:665-714 and what it calls).
KEYS = set(
    "label isSelected selectedProjection dataSetDimensions tSNEIteration tSNEPerplexity "
    "tSNELearningRate tSNEis3d umapIs3d umapNeighbors umapMinDist pcaComponentDimensions "
    "customSelectedSearchByMetadataOption customXLeftText customXLeftRegex customXRightText "
    "customXRightRegex customYUpText customYUpRegex customYDownText customYDownRegex projections "
    "selectedPoints cameraDef selectedColorOptionName forceCategoricalColoring "
    "selectedLabelOption".split()
)


def table_of(name, vectors, metadata, color_by, layouts) -> PreparedTable:
    return PreparedTable(
        name=name, vectors=vectors, metadata=metadata, color_by=color_by, layouts=layouts
    )


@pytest.fixture
def table() -> PreparedTable:
    vectors = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0]], np.float32) * [
        [2],
        [2],
        [1],
        [1],
    ]
    metadata = pd.DataFrame({"title": list("abcd"), "genre": ["x", "x", "y", "y"]})
    flat = np.array([[-1, -1], [0.25, 1], [1, 0.123456], [0, 0]], np.float32)
    layouts = {"tsne": flat, "pca": vectors[:, :2]}
    return table_of("books", vectors, metadata, "genre", layouts)


def states(table: PreparedTable, **options) -> list[dict]:
    return json.loads(b"".join(bookmarks_json(table, **options)))


def test_a_state_has_every_key_that_the_viewer_reads(table) -> None:
    for state in states(table):
        assert state.keys() == KEYS


def test_a_map_goes_into_the_slot_that_is_shown_as_it_is(table) -> None:
    state, _ = states(table)
    assert state["selectedProjection"] == "umap"
    assert [(entry["umap-0"], entry["umap-1"]) for entry in state["projections"]] == [
        *((-10_000, -10_000), (2_500, 10_000), (10_000, 1_235), (0, 0))
    ]
    assert state["umapIs3d"] is False
    assert state["cameraDef"]["position"] == [0, 0, 4]


def test_axes_have_integer_steps_from_end_to_end_whatever_their_unit_and_center() -> None:
    axes = np.array([[5e6, 1e-9, 7], [6e6, 2e-9, 7], [5.25e6, 1.5e-9, 7]], np.float32)
    assert quantize(axes).tolist() == [[-10_000, -10_000, 0], [10_000, 10_000, 0], [-5_000, 0, 0]]


def test_for_tensorboard_a_map_includes_the_pca_values_that_the_viewer_computes(table) -> None:
    # X'X / 4 is diag(2, 1/2, 0), about the origin and not about the mean.
    state, _ = states(table, with_pca=True)
    values = [[abs(entry[f"pca-{axis}"]) for axis in range(3)] for entry in state["projections"]]
    # Rows are 2, 2, 0, 0 on the first component and 0, 0, 1, 1 on the second: ends of their axes.
    assert values == [[10_000, 10_000, 0]] * 4
    assert "pca-3" not in state["projections"][0]


def test_for_other_viewers_a_map_includes_only_itself(table) -> None:
    for entry in states(table)[0]["projections"]:
        assert entry.keys() == {"umap-0", "umap-1"}


@pytest.mark.parametrize("dim", [50, 60])
def test_from_50_dimensions_pca_is_of_sphereized_rows(dim) -> None:
    vectors = np.random.default_rng(0).normal(1, 1, size=(70, dim)).astype(np.float32)
    table = pd.DataFrame({"title": [f"t{row}" for row in range(70)], "n": range(70)})
    flat = np.zeros((70, 2), np.float32)
    table = table_of("v", vectors, table, None, {"tsne": flat})
    state = states(table, with_pca=True)[0]
    left, sizes, _ = np.linalg.svd(sphereize(vectors).astype(float), full_matrices=False)
    for axis in range(10):
        shipped = [entry[f"pca-{axis}"] for entry in state["projections"]]
        own = np.array(quantize((left * sizes)[:, [axis]]))[:, 0]
        sign = np.sign(np.corrcoef(shipped, own)[0, 1])
        np.testing.assert_allclose(shipped, own * sign, atol=1)


@pytest.mark.parametrize(("dim", "expected"), [(4, 4), (9, 9), (10, 10), (11, 10), (60, 10)])
def test_every_component_that_the_pca_tab_offers_is_included(dim, expected) -> None:
    vectors = np.random.default_rng(0).normal(size=(20, dim)).astype(np.float32)
    table = pd.DataFrame({"title": list("abcdefghijklmnopqrst"), "n": range(20)})
    maps = {"tsne": vectors[:, :2], "umap": vectors[:, 1:3]}
    for state in states(table_of("v", vectors, table, None, maps), with_pca=True):
        keys = {key for key in state["projections"][0] if key.startswith("pca")}
        assert keys == {f"pca-{component}" for component in range(expected)}


def test_pca_needs_no_entries_because_the_viewer_has_its_own(table) -> None:
    _, state = states(table)
    assert state["selectedProjection"] == "pca"
    assert state["projections"] == []
    assert state["pcaComponentDimensions"] == [0, 1]


def test_the_map_is_colored_and_labeled(table) -> None:
    for state, label in zip(states(table), ["t-SNE by genre", "PCA by genre"], strict=True):
        assert state["label"] == label
        assert state["selectedColorOptionName"] == "genre"
        assert state["selectedLabelOption"] == "title"
        assert state["dataSetDimensions"] == [4, 3]


def test_without_a_column_to_color_by_nothing_is_colored(table) -> None:
    state = states(replace(table, color_by=None))[0]
    assert state["label"] == "t-SNE"
    assert state["selectedColorOptionName"] == "No color map"


def test_the_only_column_is_called_label_as_the_viewer_calls_it(table) -> None:
    lone = replace(table, metadata=table.metadata[["title"]], color_by=None)
    assert states(lone)[0]["selectedLabelOption"] == "label"


def test_a_3d_map_has_a_third_axis_and_a_camera_that_shows_it(table) -> None:
    state = states(replace(table, layouts={"umap": table.vectors}))[0]
    assert state["umapIs3d"] is True
    assert state["projections"][0]["umap-2"] == 0
    assert state["cameraDef"]["orthographic"] is False


def test_there_is_no_entry_for_a_row_that_the_viewer_will_not_have(table) -> None:
    state = states(table, num_rows=3, with_pca=True)[0]
    assert len(state["projections"]) == 3
    assert state["dataSetDimensions"] == [3, 3]
    (layout_state,) = json.loads(layout_bookmarks_json(table, "tsne", num_rows=3))
    assert layout_state["dataSetDimensions"] == [3, 3]
    assert len(states(table, num_rows=100_000)[0]["projections"]) == 4


def test_a_layout_that_is_a_table_opens_in_2d_and_colored(table) -> None:
    (state,) = json.loads(layout_bookmarks_json(table, "tsne"))
    assert state.keys() == KEYS
    assert state["label"] == "t-SNE by genre"
    assert state["selectedProjection"] == "pca"
    assert state["dataSetDimensions"] == [4, 3]


@given(st.text(st.characters(codec="utf-8"), min_size=1))
@settings(max_examples=50, deadline=None)
def test_any_column_name_is_the_one_that_the_viewer_offers(name) -> None:
    table = pd.DataFrame([["a", "x"], ["b", "y"]], columns=["title", name])
    try:
        offered = column_names(table)
    except InputError:
        return  # the metadata writer refuses such a name
    flat = np.zeros((2, 2), np.float32)
    table = table_of("v", np.eye(2, 3, dtype=np.float32), table, name, {"tsne": flat})
    assert states(table)[0]["selectedColorOptionName"] == offered[1]
