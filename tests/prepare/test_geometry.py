from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.prepare.geometry import geometric_median, sphereize, unit_norm, viewer_ready

RANDOM = np.random.default_rng(7)
BIGGEST = np.finfo(np.float32).max


def random_rows(num_rows: int, dim: int) -> np.ndarray:
    """Rows about a center that is far from the origin, as learned vectors often lie."""
    return (RANDOM.normal(size=(num_rows, dim)) + 2.0).astype(np.float32)


def normalized_by_the_viewer(vectors: np.ndarray) -> np.ndarray:
    """`DataSet.normalize` (data.ts), step by step: sums in double, rows in Float32Array."""
    centroid = vectors.astype(np.float64).sum(axis=0) / len(vectors)
    rows = (vectors - centroid).astype(np.float32)
    for row in rows:
        length = np.sqrt(np.sum(row.astype(np.float64) ** 2))
        if length > 0:
            row[:] = row / length
    return rows


def nearest(vectors: np.ndarray, k: int) -> np.ndarray:
    """Rows by cosine distance as the viewer takes it, 1 - a.b, each row's own left out."""
    wide = vectors.astype(np.float64)
    distances = 1 - wide @ wide.T
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, :k]


def lengths(vectors: np.ndarray) -> np.ndarray:
    return np.linalg.norm(vectors.astype(np.float64), axis=1)


def test_rows_are_scaled_to_length_one_and_zeros_stay():
    scaled = unit_norm(np.array([[3, 4], [0, 0], [-5, 0]], np.float32))
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled, [[0.6, 0.8], [0, 0], [-1, 0]], rtol=1e-7)


@pytest.mark.parametrize("scale", [1e-45, 1e-38, 1e-30, 1e30, 1e38])
def test_tiny_and_huge_rows_keep_their_direction(scale: float):
    rows = np.array([[1, 1], [-1, 0]], np.float32) * np.float32(scale)
    np.testing.assert_allclose(unit_norm(rows), [[np.sqrt(0.5)] * 2, [-1, 0]], rtol=1e-6)


def test_the_viewer_centers_and_scales_from_50_dimensions_up():
    rows = np.zeros((2, 50), np.float32)
    rows[0, 0], rows[1, 0], rows[1, 1] = 1, 4, 4  # mean (2.5, 2): offsets -+(1.5, 2), length 2.5
    seen = sphereize(rows)
    np.testing.assert_allclose(seen[:, :2], [[-0.6, -0.8], [0.6, 0.8]], rtol=1e-6)
    assert not seen[:, 2:].any()


def test_the_viewer_takes_rows_of_49_dimensions_as_they_are():
    rows = random_rows(5, 49)
    assert sphereize(rows) is rows


@pytest.mark.parametrize("dim", [50, 64])
def test_sphereize_does_what_the_viewer_does(dim: int):
    rows = random_rows(40, dim)
    np.testing.assert_allclose(sphereize(rows), normalized_by_the_viewer(rows), atol=2e-7)


def test_one_or_two_columns_are_coordinates_and_get_a_third_of_zeros():
    rows = np.array([[3, 4], [6, 8]], np.float32)
    np.testing.assert_array_equal(viewer_ready(rows), [[3, 4, 0], [6, 8, 0]])
    np.testing.assert_array_equal(viewer_ready(rows[:, :1]), [[3, 0, 0], [6, 0, 0]])


def test_three_columns_are_coordinates_and_stay():
    rows = np.array([[1, 2, 3], [10, 20, 30]], np.float32)
    np.testing.assert_array_equal(viewer_ready(rows), rows)


def test_below_50_dimensions_rows_get_length_one_and_keep_their_direction():
    rows = random_rows(30, 49)
    ready = viewer_ready(rows)
    np.testing.assert_allclose(lengths(ready), 1, rtol=1e-6)
    np.testing.assert_array_equal(nearest(ready, 5), nearest(unit_norm(rows), 5))
    assert sphereize(ready) is ready


@pytest.mark.parametrize(("num_rows", "dim"), [(300, 50), (300, 64), (20, 50)])
def test_from_50_dimensions_up_the_viewer_changes_no_neighbor(num_rows: int, dim: int):
    ready = viewer_ready(random_rows(num_rows, dim))
    k = min(10, num_rows - 1)
    seen = normalized_by_the_viewer(ready)
    np.testing.assert_allclose(seen, ready, atol=1e-6)
    np.testing.assert_array_equal(nearest(seen, k), nearest(ready, k))


def test_with_another_center_the_viewer_would_change_neighbors():
    plain = unit_norm(random_rows(300, 50))
    assert (nearest(normalized_by_the_viewer(plain), 10) != nearest(plain, 10)).any()


def test_from_the_median_of_a_triangle_its_corners_are_120_degrees_apart():
    # Corners of an equilateral triangle of side 2: the Fermat point is the centroid.
    corners = np.array([[0, 0], [2, 0], [1, np.sqrt(3)]], np.float32)
    np.testing.assert_allclose(geometric_median(corners), [1, 1 / np.sqrt(3)], atol=1e-6)


def test_the_median_of_a_quadrangle_is_where_its_diagonals_cross():
    corners = np.array([[0, 0], [8, 0], [8, 2], [0, 6]], np.float32)
    # (0,0)-(8,2) is y = x/4 and (8,0)-(0,6) is y = 6 - 3x/4: they cross at x = 6.
    np.testing.assert_allclose(geometric_median(corners), [6, 1.5], atol=1e-6)


def test_far_rows_pull_the_median_no_more_than_near_ones():
    rows = np.array([[-1, 0], [1, 0], [0, -1], [0, 1], [0, 0]], np.float32)
    far = rows * np.array([[1], [1000], [1], [1000], [1]], np.float32)
    np.testing.assert_allclose(geometric_median(far), [0, 0], atol=1e-6)


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_the_scale_of_all_rows_changes_nothing(scale: float):
    rows = random_rows(60, 50)
    ready = viewer_ready(rows * np.float32(scale))
    np.testing.assert_allclose(ready, viewer_ready(rows), atol=1e-5)


def test_the_biggest_numbers_of_all_do_not_overflow():
    rows = np.where(RANDOM.random((40, 50)) < 0.5, BIGGEST, -BIGGEST).astype(np.float32)
    np.testing.assert_allclose(lengths(viewer_ready(rows)), 1, rtol=1e-6)


@pytest.mark.parametrize("num_equal", [20, 21, 30, 39])
def test_equal_rows_stay_together_even_if_most_rows_are_equal(num_equal: int):
    rows = random_rows(40, 50)
    rows[:num_equal] = rows[0]
    ready = viewer_ready(rows)
    assert np.isfinite(ready).all()
    assert (ready[:num_equal] == ready[0]).all()
    assert len(np.unique(ready, axis=0)) == 40 - num_equal + 1


def test_rows_of_zeros_among_others_are_points_like_others():
    rows = random_rows(60, 50)
    rows[:20] = 0
    ready = viewer_ready(rows)
    np.testing.assert_allclose(lengths(ready), 1, rtol=1e-6)
    np.testing.assert_array_equal(nearest(ready, 5), nearest(normalized_by_the_viewer(ready), 5))


def test_two_rows_become_opposite_vectors():
    ready = viewer_ready(random_rows(2, 50))
    np.testing.assert_allclose(ready[0], -ready[1], atol=1e-6)
    np.testing.assert_allclose(lengths(ready), 1, rtol=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.1, 1e30])
def test_rows_that_are_all_equal_stay_equal_and_finite(value: float):
    ready = viewer_ready(np.full((30, 50), value, np.float32))
    assert np.isfinite(ready).all()
    assert (ready == ready[0]).all()


def test_rows_on_a_line_become_two_opposite_vectors():
    along = np.arange(40, dtype=np.float32)[:, None] ** 2
    ready = viewer_ready(along * unit_norm(random_rows(1, 50)))
    np.testing.assert_allclose(np.abs(ready @ ready[0]), 1, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    dim=st.sampled_from([1, 2, 3, 4, 49, 50, 64]),
    num_rows=st.integers(2, 30),
    num_equal=st.integers(0, 30),
    exponent=st.integers(-40, 37),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_finite_rows_become_finite_rows_of_length_one_or_zero(
    dim: int, num_rows: int, num_equal: int, exponent: int, seed: int
):
    rows = np.random.default_rng(seed).normal(size=(num_rows, dim)) * 10.0**exponent
    rows[:num_equal] = rows[0]
    ready = viewer_ready(rows.astype(np.float32))
    assert ready.shape == (num_rows, max(dim, 3))
    assert ready.dtype == np.float32
    assert np.isfinite(ready).all()
    if dim > 3:
        found = lengths(ready)
        assert (np.isclose(found, 1, rtol=1e-5) | (found == 0)).all()
