"""Books move toward the books that are most like them."""

from __future__ import annotations

import numpy as np
import pytest

from projector_export.prepare.geometry import unit_norm
from training.objectives import neighbor_pooling
from training.objectives.neighbor_pooling import find_neighbors, pool_neighbors

# Books 0 and 1 have links 0 to 2, books 2 and 3 links 3 to 5, book 4 none: all IDFs are equal.
PAIRS = np.array([(book, 3 * (book // 2) + link) for book in range(4) for link in range(3)])
BOOKS = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1], [0, 1, 0]], np.float32)


def test_half_of_a_book_with_the_same_links_is_added() -> None:
    far, near = np.sqrt(0.2), np.sqrt(0.8)  # of length 1, in the proportion 1 : 2
    expected = [[near, far, 0], [far, near, 0], [0, 0, 1], [0, 0, 1], [0, 1, 0]]
    np.testing.assert_allclose(pool_neighbors(BOOKS, PAIRS), expected, atol=1e-6)


def test_a_neighbor_counts_half_of_the_cosine_of_the_links() -> None:
    # Book 1 has a fourth link with the same IDF, so that the cosine of the links is 3 / sqrt(12).
    pairs = np.array([(0, link) for link in range(3)] + [(1, link) for link in range(4)])
    pairs = np.concatenate([pairs, [(2, 3)]])
    expected = unit_norm(np.array([[1, 0.5 * 3 / np.sqrt(12), 0]], np.float32))
    np.testing.assert_allclose(pool_neighbors(BOOKS[:3], pairs)[:1], expected, atol=1e-6)


def test_the_nearer_vector_decides_between_books_that_share_as_many_links() -> None:
    # Books 0, 1 and 2 have links 0 to 2; books 3 and 4 have none, so that links have an IDF.
    pairs = np.array([(book, link) for book in range(3) for link in range(3)])
    books = unit_norm(np.array([[1, 0], [1, 1], [3, 1], [0, 1], [0, 1]], np.float32))
    rows, columns = find_neighbors(books, pairs, num_neighbors=1).nonzero()
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(0, 2), (1, 2), (2, 0)]


@pytest.mark.parametrize("rows_at_once", [7, 1000])
def test_neighbors_are_those_of_the_whole_matrices(monkeypatch, rows_at_once: int) -> None:
    monkeypatch.setattr(neighbor_pooling, "ROWS_AT_ONCE", rows_at_once)
    rng = np.random.default_rng(0)
    has_link = rng.random((60, 40)) < 0.25
    books = unit_norm(rng.normal(size=(60, 8)).astype(np.float32))
    idf = np.log(60 / has_link.sum(axis=0).clip(1))
    shared = unit_norm((has_link * idf).astype(np.float32))
    shared = shared @ shared.T
    num_shared = has_link.astype(int) @ has_link.T
    scores = np.where(num_shared < 3, -np.inf, shared + books @ books.T)
    np.fill_diagonal(scores, -np.inf)
    expected = np.where(scores >= np.sort(scores, axis=1)[:, [-10]], shared, 0)
    expected[~np.isfinite(scores)] = 0
    pairs = np.argwhere(has_link).astype(np.int32)
    found = find_neighbors(books, pairs, num_neighbors=10).toarray()
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert (found > 0).sum(axis=1).max() == 10


def test_books_that_share_two_links_are_not_neighbors() -> None:
    assert find_neighbors(BOOKS, PAIRS, num_neighbors=10).nnz == 4
    two_each = PAIRS[PAIRS[:, 1] % 3 > 0]
    assert find_neighbors(BOOKS, two_each, num_neighbors=10).nnz == 0


def test_links_of_very_many_books_do_not_make_neighbors(monkeypatch) -> None:
    monkeypatch.setattr(neighbor_pooling, "MAX_BOOKS_OF_LINK", 1)
    assert find_neighbors(BOOKS, PAIRS, num_neighbors=10).nnz == 0
    np.testing.assert_array_equal(pool_neighbors(BOOKS, PAIRS), BOOKS)
