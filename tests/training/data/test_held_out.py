from __future__ import annotations

import numpy as np
import pytest

from training.data.held_out import hold_out
from training.data.link_counts import PairArray


def grid(sizes: list[int]) -> PairArray:
    """Return pairs of books that have the first links, as many as `sizes` says."""
    return np.array(
        [(book, link) for book, size in enumerate(sizes) for link in range(size)], np.int32
    ).reshape(-1, 2)


def chosen_from(
    pairs: PairArray, *, links_per_book: int = 1, min_link_count: int = 1, seed: int = 0
) -> np.ndarray:
    return hold_out(
        pairs,
        np.ones(len(pairs), np.int64),
        min_link_count=min_link_count,
        links_per_book=links_per_book,
        seed=seed,
    )


@pytest.mark.parametrize(
    ("links_per_book", "held_out"),
    [(0, [0, 0, 0, 0, 0]), (1, [0, 0, 1, 1, 1]), (2, [0, 0, 2, 2, 2]), (9, [0, 0, 2, 2, 5])],
)
def test_books_with_four_links_or_more_lose_at_most_half(links_per_book, held_out):
    pairs = grid([1, 3, 4, 5, 10] + [10] * 20)  # the 20 books keep any link from getting too rare
    chosen = chosen_from(pairs, links_per_book=links_per_book)
    assert np.bincount(pairs[chosen, 0], minlength=25)[:5].tolist() == held_out


def test_books_without_links_are_allowed():
    pairs = grid([0, 4, 0, 4, 0, 4])
    assert chosen_from(pairs).sum() == 3
    assert chosen_from(pairs[:0]).shape == (0,)


def test_all_links_are_equally_likely_to_be_held_out():
    num_books = 6000
    pairs = grid([4] * num_books)
    counts = np.bincount(pairs[chosen_from(pairs, seed=1), 1], minlength=4)
    # Four links, 1,500 each expected; the standard deviation is sqrt(6000 * 3/16) = 34.
    assert counts.sum() == num_books
    assert abs(counts - 1500).max() < 5 * 34


def test_the_same_seed_holds_out_the_same_pairs_and_another_does_not():
    pairs = grid([10] * 50)
    first = chosen_from(pairs, links_per_book=2, seed=3)
    np.testing.assert_array_equal(first, chosen_from(pairs, links_per_book=2, seed=3))
    assert (first != chosen_from(pairs, links_per_book=2, seed=4)).any()


def test_a_link_keeps_as_many_mentions_as_it_needs():
    pairs = grid([4] * 10)
    for min_link_count, most_lost in ((4, 6), (7, 3), (10, 0), (11, 0)):
        chosen = chosen_from(pairs, links_per_book=2, min_link_count=min_link_count)
        lost = np.bincount(pairs[chosen, 1], minlength=4)
        # 20 of 40 could go, so that each link loses all that it can spare.
        assert lost.max() <= most_lost
        assert lost.sum() >= min(20, 4 * most_lost) - 4


def test_all_mentions_in_one_article_go_together():
    # Link 0 is mentioned twice in book 0, once in books 1 to 4: 6 mentions, of which 1 can go.
    pairs = grid([4] * 5)
    mentions = np.where(pairs[:, 1] > 0, 100, np.where(pairs[:, 0] > 0, 1, 2))
    seen = []
    for seed in range(40):
        chosen = hold_out(pairs, mentions, min_link_count=5, links_per_book=2, seed=seed)
        seen.append(pairs[chosen & (pairs[:, 1] == 0), 0].tolist())
    assert {tuple(books) for books in seen} == {(), (1,), (2,), (3,), (4,)}
