from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.errors import InputError
from training.data.books import Book
from training.data.link_counts import link_key
from training.data.pairs import PairSet, build_pairs, hold_out

# war: 3 books, written three ways; peace: 2 books, 4 times; love: once in one book, twice in
# another; novel: 3 books but ignored; rare: once; twins: 2 books, once each.
BOOKS = [
    Book("A", {}, ("War", "Peace", "Peace", "Novel", "Rare", "Twins")),
    Book("B", {}, ("war", "peace", "Peace", "NOVEL", "Love")),
    Book("War and so on", {}, ("WAR", "love", "Love", "novel", "war_and  so on", "twins")),
]


def pairs_of(books: list[Book], **changes: object) -> PairSet:
    settings = {
        "min_link_count": 3,
        "ignore_links": ["novel"],
        "held_out_links_per_book": 0,
        "seed": 0,
    }
    return build_pairs(books, **{**settings, **changes})


def test_links_are_counted_in_all_articles_and_numbered_by_their_books():
    pairs = pairs_of(BOOKS)
    # War 3 times in 3 books; Love 3 times and Peace 4 times in 2 books each, so by name.
    assert pairs.vocabulary.links == ["WAR", "Love", "Peace"]
    assert pairs.vocabulary.counts.tolist() == [3, 2, 2]
    assert pairs.num_links == len(pairs.vocabulary) == 3


def test_links_can_be_counted_once_for_each_article():
    pairs = pairs_of(BOOKS, count_links_once=True)
    # War is in 3 books; Love, Peace and Twins in 2, however often.
    assert pairs.vocabulary.links == ["WAR"]
    assert pairs.num_links_with_rare == 4
    assert pairs_of(BOOKS, count_links_once=True, min_link_count=2).num_links == 4


def test_each_book_is_paired_with_each_of_its_links_once():
    pairs = pairs_of(BOOKS)
    assert pairs.train.tolist() == [[0, 0], [0, 2], [1, 0], [1, 1], [1, 2], [2, 0], [2, 1]]
    assert pairs.train.dtype == np.int32
    assert pairs.held_out.shape == (0, 2)


def test_rare_links_that_books_share_are_numbered_after_the_kept_ones():
    pairs = pairs_of(BOOKS)
    # Twins is in two books; Rare in only one, so it relates no books.
    assert pairs.rare.tolist() == [[0, 3], [2, 3]]
    assert pairs.num_links_with_rare == 4
    assert len(pairs.with_rare) == 7 + 2
    assert pairs_of(BOOKS, min_link_count=1).rare.tolist() == []
    assert pairs_of(BOOKS, min_link_count=1).num_links_with_rare == 5


def test_a_link_is_named_by_its_most_frequent_spelling():
    books = [Book("A", {}, ("war",)), Book("B", {}, ("War", "war")), Book("C", {}, ("Peace",))]
    assert pairs_of(books, min_link_count=1).vocabulary.links == ["war", "Peace"]


def test_ignored_links_are_ignored_in_any_spelling():
    pairs = pairs_of(BOOKS, ignore_links=["  PEACE", "_war_", "novel"], min_link_count=1)
    assert pairs.vocabulary.links == ["Love", "Twins", "Rare"]


def test_a_link_of_a_book_to_itself_does_not_count():
    pairs = pairs_of(BOOKS, min_link_count=1)
    assert "war_and  so on" not in pairs.vocabulary.links


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("War and Peace", " war\u00a0AND  peace "),
        ("War_and_Peace", "War and Peace"),
        ("War and Peace#Plot", "war and peace"),
        ("Émile", "émile"),
    ],
)
def test_links_that_differ_in_case_and_blanks_are_equal(one: str, other: str):
    assert link_key(one) == link_key(other)


def test_links_that_do_not_lead_to_a_page_are_left_out():
    books = [Book("A", {}, ("", "#Plot", "File:A.jpg", "War")), Book("B", {}, ("#Plot", "War"))]
    assert pairs_of(books, min_link_count=1).vocabulary.links == ["War"]


def test_if_no_link_is_frequent_enough_the_message_names_the_setting():
    with pytest.raises(InputError) as caught:
        pairs_of(BOOKS, min_link_count=9)
    assert caught.value.message == "no link occurs 9 times in the 3 books"
    assert caught.value.tip == "lower dataset.min_link_count"


def grid(sizes: list[int]) -> np.ndarray:
    """Return pairs of books that have the first links, as many as `sizes` says."""
    return np.array(
        [(book, link) for book, size in enumerate(sizes) for link in range(size)], np.int32
    ).reshape(-1, 2)


@pytest.mark.parametrize(
    ("links_per_book", "held_out"),
    [(0, [0, 0, 0, 0, 0]), (1, [0, 0, 1, 1, 1]), (2, [0, 0, 2, 2, 2]), (9, [0, 0, 2, 2, 5])],
)
def test_books_with_four_links_or_more_lose_at_most_half(links_per_book, held_out):
    pairs = grid([1, 3, 4, 5, 10])
    chosen = hold_out(pairs, links_per_book=links_per_book, seed=0)
    assert np.bincount(pairs[chosen, 0], minlength=5).tolist() == held_out


def test_books_without_links_are_allowed():
    pairs = grid([0, 4, 0, 4, 0])
    assert hold_out(pairs, links_per_book=1, seed=0).sum() == 2
    assert hold_out(pairs[:0], links_per_book=1, seed=0).shape == (0,)


def test_all_links_are_equally_likely_to_be_held_out():
    num_books = 6000
    pairs = grid([4] * num_books)
    chosen = hold_out(pairs, links_per_book=1, seed=1)
    counts = np.bincount(pairs[chosen, 1], minlength=4)
    # Four links, 1,500 each expected; the standard deviation is sqrt(6000 * 3/16) = 34.
    assert counts.sum() == num_books
    assert abs(counts - 1500).max() < 5 * 34


def test_the_same_seed_holds_out_the_same_pairs_and_another_does_not():
    pairs = grid([10] * 50)
    first = hold_out(pairs, links_per_book=2, seed=3)
    np.testing.assert_array_equal(first, hold_out(pairs, links_per_book=2, seed=3))
    assert (first != hold_out(pairs, links_per_book=2, seed=4)).any()


links = st.lists(
    st.sampled_from(["a", "A", "b", "B ", "c", "d", "e", "f", "g_h", "G h"]), max_size=9
)


@settings(max_examples=120, deadline=None)
@given(
    all_links=st.lists(links, min_size=1, max_size=8),
    min_link_count=st.integers(1, 4),
    held_out_links_per_book=st.integers(0, 3),
    seed=st.integers(0, 99),
)
def test_training_and_held_out_pairs_together_are_all_pairs_of_books(
    all_links: list[list[str]], min_link_count: int, held_out_links_per_book: int, seed: int
):
    books = [Book(f"book {n}", {}, tuple(links)) for n, links in enumerate(all_links)]
    mentions = Counter(link_key(link) for links in all_links for link in links)
    kept = {key for key, count in mentions.items() if count >= min_link_count}
    changes = {
        "min_link_count": min_link_count,
        "held_out_links_per_book": held_out_links_per_book,
        "seed": seed,
        "ignore_links": [],
    }
    if not kept:
        with pytest.raises(InputError):
            pairs_of(books, **changes)
        return
    pairs = pairs_of(books, **changes)
    keys = [link_key(link) for link in pairs.vocabulary.links]
    assert sorted(keys) == sorted(kept)
    all_pairs = [tuple(pair) for pair in np.concatenate([pairs.train, pairs.held_out]).tolist()]
    expected = {
        (n, keys.index(link_key(link)))
        for n, links in enumerate(all_links)
        for link in links
        if link_key(link) in kept
    }
    assert len(all_pairs) == len(expected)
    assert set(all_pairs) == expected
    per_book = np.bincount([book for book, _ in expected], minlength=len(books))
    lost = np.bincount(pairs.held_out[:, 0], minlength=len(books))
    assert (
        lost == np.where(per_book >= 4, np.minimum(held_out_links_per_book, per_book // 2), 0)
    ).all()
    again = pairs_of(books, **changes)
    np.testing.assert_array_equal(pairs.train, again.train)
    np.testing.assert_array_equal(pairs.held_out, again.held_out)
