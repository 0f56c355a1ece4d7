from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.errors import InputError
from training.data.books import Book
from training.data.link_counts import link_key
from training.data.pairs import PairSet, build_pairs

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
    trained = Counter(
        link_key(link)
        for n, links in enumerate(all_links)
        for link in links
        if (n, link_key(link)) not in {(n, keys[link]) for n, link in pairs.held_out.tolist()}
    )
    assert min(trained[key] for key in kept) >= min_link_count
    again = pairs_of(books, **changes)
    np.testing.assert_array_equal(pairs.train, again.train)
    np.testing.assert_array_equal(pairs.held_out, again.held_out)


@settings(max_examples=120, deadline=None)
@given(
    all_links=st.lists(links, min_size=1, max_size=12),
    changes=st.fixed_dictionaries(
        {
            "min_link_count": st.integers(1, 4),
            "count_links_once": st.booleans(),
            "ignore_links": st.just([]),
        }
    ),
    seed=st.integers(0, 99),
)
def test_training_is_the_same_as_if_the_held_out_links_did_not_exist(
    all_links: list[list[str]], changes: dict[str, object], seed: int
):
    books = [Book(f"book {n}", {}, tuple(links)) for n, links in enumerate(all_links)]
    try:
        pairs = pairs_of(books, held_out_links_per_book=2, seed=seed, **changes)
    except InputError:
        return
    keys = [link_key(link) for link in pairs.vocabulary.links]
    unseen = {(book, keys[link]) for book, link in pairs.held_out.tolist()}
    left = [
        replace(book, links=tuple(x for x in book.links if (n, link_key(x)) not in unseen))
        for n, book in enumerate(books)
    ]
    others = pairs_of(left, held_out_links_per_book=0, **changes)
    assert [link_key(link) for link in others.vocabulary.links] == keys
    np.testing.assert_array_equal(others.train, pairs.train)
    np.testing.assert_array_equal(others.rare, pairs.rare)


def test_a_link_that_just_enough_books_have_is_never_held_out():
    # Five books have a to e; "just" is in four of them, as often as it must be.
    books = [Book(f"book {n}", {}, (*"abcde", "just")[: 6 if n < 4 else 5]) for n in range(5)]
    seen = set()
    for seed in range(40):
        pairs = pairs_of(books, min_link_count=4, held_out_links_per_book=1, seed=seed)
        assert sorted(pairs.vocabulary.links) == ["a", "b", "c", "d", "e", "just"]
        seen |= {pairs.vocabulary.links[link] for _, link in pairs.held_out.tolist()}
        # Each of a to e can spare one mention.
        assert np.bincount(pairs.held_out[:, 1]).max() == 1
    assert seen == {"a", "b", "c", "d", "e"}


def test_a_link_is_described_by_all_of_its_books():
    books = [Book(f"book {n}", {}, tuple("abcde")) for n in range(9)]
    pairs = pairs_of(books, held_out_links_per_book=1)
    assert len(pairs.held_out) == 9
    assert pairs.vocabulary.counts.tolist() == [9] * 5
