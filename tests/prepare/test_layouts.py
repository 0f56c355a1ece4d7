"""Layouts keep neighbors together, are reproducible, and are computed once."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.errors import UsageError
from projector_export.prepare.geometry import unit_norm, viewer_pca
from projector_export.prepare.layouts import neighbors
from projector_export.prepare.layouts.cache import (
    FOLDER_VARIABLE,
    load_layout,
    store_layout,
    user_layout_cache,
)
from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts, parameters
from projector_export.prepare.layouts.neighbors import neighbor_graph
from projector_export.prepare.layouts.rotation import rotate_to_square
from projector_export.prepare.layouts.tsne import perplexity_for
from tests.helpers.made_exports import grouped_embedding


@pytest.fixture(scope="module")
def made():
    return grouped_embedding(160, dim=12)


@pytest.fixture(scope="module")
def vectors(made):
    return unit_norm(made.vectors)


def lay_out(vectors, name: str, **options):
    return compute_layouts(vectors, LayoutOptions(names=(name,), seed=1, **options))[name]


def share_of_neighbors_in_the_same_group(layout, groups) -> float:
    distances = np.linalg.norm(layout[:, None] - layout[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return float(np.mean(groups == groups[distances.argmin(axis=1)]))


def test_neighbors_are_the_nearest_others_by_angle() -> None:
    # Directions of 0, 90, 10 and 100 degrees, of different lengths.
    angles = np.radians([0, 90, 10, 100])
    lengths = np.array([[1], [5], [2], [0.1]])
    rows = (lengths * np.c_[np.cos(angles), np.sin(angles)]).astype(np.float32)
    graph = neighbor_graph(rows, 3)
    assert graph.rows.tolist() == [[2, 1, 3], [3, 2, 0], [0, 1, 3], [1, 2, 0]]
    degrees = np.array([[10, 90, 100], [10, 80, 90], [10, 80, 90], [10, 90, 100]])
    np.testing.assert_allclose(graph.distances, 1 - np.cos(np.radians(degrees)), atol=1e-6)


def test_a_row_is_not_its_own_neighbor_even_where_rows_are_equal() -> None:
    graph = neighbor_graph(np.ones((5, 3), np.float32), 4)
    assert [sorted(rows) for rows in graph.rows.tolist()] == [
        [other for other in range(5) if other != row] for row in range(5)
    ]


def test_of_equally_near_rows_the_first_are_the_neighbors() -> None:
    rows = np.zeros((5, 3), np.float32)
    rows[:, 0] = [1, 2, 3, 4, 5]
    assert neighbor_graph(rows, 2).rows.tolist() == [[1, 2], [0, 2], [0, 1], [0, 1], [0, 1]]


def test_the_number_of_threads_changes_no_neighbor(monkeypatch) -> None:
    rows = np.random.default_rng(0).normal(size=(2_500, 20)).astype(np.float32)
    graphs = []
    for num_cores in (1, 7):
        monkeypatch.setattr(neighbors, "num_usable_cores", lambda n=num_cores: n)
        graphs.append(neighbor_graph(rows, 15))
    assert graphs[0].rows.tobytes() == graphs[1].rows.tobytes()
    assert graphs[0].distances.tobytes() == graphs[1].distances.tobytes()
    unit = unit_norm(rows[2_400:]).astype(np.float64)  # the last of three chunks
    similarities = unit @ unit_norm(rows).astype(np.float64).T
    nearest = np.argsort(-similarities, axis=1)[:, 1:16]  # the first is the row itself
    assert np.mean(graphs[0].rows[2_400:] == nearest) > 0.999


def test_pca_is_about_the_origin_like_that_of_the_viewer() -> None:
    # X'X / 4 is diag(2, 1/2, 0): the first axis leads. A centered PCA would put the last two rows
    # elsewhere, because their mean is not zero.
    rows = np.array([[2, 0, 0], [2, 0, 0], [0, 1, 0], [0, 1, 0]], np.float32)
    expected = [[2, 0, 0], [2, 0, 0], [0, 1, 0], [0, 1, 0]]
    np.testing.assert_allclose(np.abs(viewer_pca(rows)), expected, atol=1e-6)


def test_pca_has_as_many_components_as_the_viewer_shows() -> None:
    random = np.random.default_rng(0)
    assert viewer_pca(random.normal(size=(30, 40)).astype(np.float32)).shape == (30, 10)
    assert viewer_pca(random.normal(size=(30, 4)).astype(np.float32)).shape == (30, 4)


def test_a_2d_layout_is_rotated_to_fill_a_square() -> None:
    # A bar of 4 by 2 fits a square at 45 degrees: both extents are 6 / sqrt(2).
    bar = np.array([[0, 0], [4, 0], [4, 2], [0, 2]], float)
    turned = rotate_to_square(bar)
    np.testing.assert_allclose(turned.min(axis=0), -1, atol=1e-6)
    np.testing.assert_allclose(turned.max(axis=0), 1, atol=1e-6)
    sides = np.linalg.norm(np.diff(turned, axis=0), axis=1)
    np.testing.assert_allclose(sides, np.array([4, 2, 4]) * 2 / (6 / np.sqrt(2)), atol=1e-6)


@given(st.lists(st.tuples(*[st.floats(-1e3, 1e3, width=32)] * 2), min_size=2, max_size=20))
@settings(max_examples=60, deadline=None)
def test_the_rotation_keeps_proportions(points) -> None:
    layout = np.array(points)
    turned = rotate_to_square(layout)
    assert np.abs(turned).max() <= 1 + 1e-6
    before = np.linalg.norm(layout[:, None] - layout[None], axis=2)
    after = np.linalg.norm(turned[:, None] - turned[None], axis=2)
    if before.max() > 1e-3:
        np.testing.assert_allclose(after / after.max(), before / before.max(), atol=1e-4)


def test_a_3d_layout_is_rotated_to_fill_a_cube() -> None:
    solid = np.random.default_rng(3).normal(size=(200, 3)) * [3, 2, 1]
    turned = rotate_to_square(solid)
    np.testing.assert_allclose(np.ptp(turned, axis=0), 2, rtol=1e-3)
    np.testing.assert_allclose(
        np.linalg.norm(np.diff(turned, axis=0), axis=1).argsort(),
        np.linalg.norm(np.diff(solid, axis=0), axis=1).argsort(),
    )


@pytest.mark.parametrize(
    ("name", "dimensions"),
    [
        ("tsne", 2),
        pytest.param("tsne", 3, marks=pytest.mark.slow),
        pytest.param("umap", 2, marks=pytest.mark.slow),
        pytest.param("umap", 3, marks=pytest.mark.slow),
    ],
)
def test_groups_stay_together_and_the_same_seed_gives_the_same_map(
    made, vectors, name, dimensions
) -> None:
    layout = lay_out(vectors, name, dimensions=dimensions)
    assert layout.shape == (160, dimensions)
    assert layout.dtype == np.float32
    groups = made.metadata["genre"].to_numpy()
    assert share_of_neighbors_in_the_same_group(layout, groups) > 0.95
    assert lay_out(vectors, name, dimensions=dimensions).tobytes() == layout.tobytes()


@pytest.mark.parametrize(("num_rows", "perplexity"), [(16, 2), (100, 10), (150, 15), (9_999, 15)])
def test_small_tables_have_a_small_perplexity(num_rows, perplexity) -> None:
    assert perplexity_for(num_rows) == perplexity


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_small_table_does_not_collapse_into_one_point(dimensions) -> None:
    made = grouped_embedding(60, dim=12)
    layout = lay_out(unit_norm(made.vectors), "tsne", dimensions=dimensions)
    np.testing.assert_allclose(np.ptp(layout, axis=0), 2, atol=1e-4)
    assert share_of_neighbors_in_the_same_group(layout, made.metadata["genre"].to_numpy()) > 0.9


def test_another_seed_gives_another_map(vectors) -> None:
    one, two = (
        compute_layouts(vectors, LayoutOptions(names=("tsne",), seed=seed))["tsne"]
        for seed in (1, 2)
    )
    assert one.tobytes() != two.tobytes()


def test_rows_that_are_equal_or_zero_get_finite_coordinates() -> None:
    rows = np.zeros((40, 5), np.float32)
    rows[20:] = 1
    assert np.isfinite(lay_out(rows, "tsne")).all()


def test_a_layout_is_cached_under_the_hash_of_its_inputs(vectors, tmp_path) -> None:
    computed = lay_out(vectors, "pca", cache_path=tmp_path)
    (stored,) = tmp_path.iterdir()
    key = str(np.load(stored)["key"])
    store_layout(tmp_path, "pca", key, computed + 1)
    np.testing.assert_array_equal(lay_out(vectors, "pca", cache_path=tmp_path), computed + 1)
    changed = vectors.copy()
    changed[0, 0] += 1e-3
    np.testing.assert_allclose(lay_out(changed, "pca", cache_path=tmp_path), computed, atol=0.01)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_damaged_cache_is_computed_again(vectors, tmp_path) -> None:
    computed = lay_out(vectors, "pca", cache_path=tmp_path)
    (stored,) = tmp_path.iterdir()
    stored.write_bytes(stored.read_bytes()[:100])
    np.testing.assert_array_equal(lay_out(vectors, "pca", cache_path=tmp_path), computed)
    assert load_layout(tmp_path, "pca", "0" * 64) is None


def test_the_cache_keeps_the_fifty_most_recently_used_layouts(tmp_path) -> None:
    layout = np.zeros((2, 2), np.float32)
    for number in range(50):
        store_layout(tmp_path, "pca", f"{number:064}"[::-1], layout)
        path = next(tmp_path.glob(f"pca-{f'{number:064}'[::-1][:16]}*"))
        os.utime(path, (number, number))
    assert load_layout(tmp_path, "pca", f"{0:064}"[::-1]) is not None  # so it is the newest now
    store_layout(tmp_path, "pca", "f" * 64, layout)
    assert len(list(tmp_path.iterdir())) == 50
    assert load_layout(tmp_path, "pca", f"{0:064}"[::-1]) is not None
    assert load_layout(tmp_path, "pca", f"{1:064}"[::-1]) is None


def test_layouts_are_computed_even_if_the_cache_cannot_be_written(vectors, tmp_path) -> None:
    (tmp_path / "file").touch()
    computed = lay_out(vectors, "pca", cache_path=tmp_path / "file")
    np.testing.assert_array_equal(lay_out(vectors, "pca"), computed)


def test_the_users_cache_can_be_moved_and_turned_off(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert user_layout_cache() == tmp_path
    monkeypatch.setenv(FOLDER_VARIABLE, "")
    assert user_layout_cache() is None
    monkeypatch.delenv(FOLDER_VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert user_layout_cache() == tmp_path / "projector-export" / "layouts"


@pytest.mark.parametrize("changed", [{"seed": 2}, {"dimensions": 3}])
def test_the_record_has_everything_that_a_layout_depends_on(changed) -> None:
    kept = LayoutOptions(seed=1)
    for name in ("tsne", "umap"):
        record = parameters(name, kept, num_rows=100)
        other = LayoutOptions(**{"seed": 1, **changed})
        assert record != parameters(name, other, num_rows=100)
        assert {"seed", "metric", "dimensions"} <= record.keys()


def test_a_layout_is_left_out_if_there_are_too_few_rows(caplog) -> None:
    caplog.set_level(logging.INFO)
    rows = np.eye(15, dtype=np.float32)
    layouts = compute_layouts(rows, LayoutOptions(names=("tsne", "umap", "pca")))
    assert list(layouts) == ["pca"]
    assert [record.getMessage() for record in caplog.records] == [
        "15 rows are too few for t-SNE, which needs 16",
        "15 rows are too few for UMAP, which needs 16",
    ]


def test_an_unknown_layout_is_refused() -> None:
    with pytest.raises(UsageError, match="no layout 'mds'"):
        LayoutOptions(names=("mds",))
    with pytest.raises(UsageError, match="no layout 't-sne'") as refused:
        LayoutOptions(names=("t-sne",))
    assert refused.value.tip.startswith("did you mean 'tsne'?")
    with pytest.raises(UsageError, match="2 or 3 dimensions, not 4"):
        LayoutOptions(dimensions=4)


def test_libraries_are_imported_only_for_layouts_that_need_them() -> None:
    script = (
        "import sys, numpy as np\n"
        "from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts\n"
        "compute_layouts(np.eye(20, dtype=np.float32), LayoutOptions(names=('pca',)))\n"
        "print({'umap', 'openTSNE', 'numba', 'sklearn', 'tensorflow'} & sys.modules.keys())\n"
    )
    words = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert words.stdout == "set()\n"
