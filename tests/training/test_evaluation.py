from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training import evaluation
from training.evaluation import (
    chance_figures,
    held_out_ranks,
    hits_at,
    mean_reciprocal_rank,
    popularity_ranks,
    purity,
    shuffled_purity,
)

NO_PAIRS = np.empty((0, 2), np.int32)
# Two books and five links; book 0 scores the links 5, 4, 3, 2, 1, book 1 the reverse.
BOOKS = np.array([[1, 0], [0, 1]], np.float32)
LINKS = np.array([[5, 1], [4, 2], [3, 3], [2, 4], [1, 5]], np.float32)


def ranks(held_out: list[list[int]], known: list[list[int]], bias: list[float] | None = None):
    return held_out_ranks(
        BOOKS,
        LINKS,
        None if bias is None else np.array(bias, np.float32),
        held_out=np.array(held_out, np.int32).reshape(-1, 2),
        known=np.array(known, np.int32).reshape(-1, 2),
    ).tolist()


def test_the_rank_is_the_number_of_links_that_score_higher():
    assert ranks([[0, 0], [0, 4], [1, 4], [1, 1]], []) == [0, 3, 0, 2]


def test_known_links_of_the_book_are_not_counted():
    # Of 0, 1, 2 above link 3, link 1 is known: two are left. Book 1's known link does not matter here.
    assert ranks([[0, 3]], [[0, 1], [1, 0]]) == [2]


def test_other_held_out_links_of_the_book_are_not_counted():
    # Above link 3 are 0 and 2, held out too, and 1; above link 2 are 0, held out, and 1.
    assert ranks([[0, 3], [0, 0], [0, 2]], []) == [1, 0, 1]


def test_links_that_score_the_same_count_half():
    # With the bias, links 0 to 3 score 5 and link 4 scores 1: link 2 ties with 0, 1 and 3.
    assert ranks([[0, 2]], [], bias=[0, 1, 2, 3, 0]) == [1.5]


def test_a_constant_score_gets_the_middle_rank():
    assert ranks([[0, 2]], [], bias=[0, 1, 2, 3, 4]) == [2]


def test_the_bias_of_a_link_counts():
    assert ranks([[0, 4], [0, 0]], [], bias=[0, 0, 0, 0, 9]) == [0, 0]
    assert ranks([[0, 0]], [], bias=[0, 0, 0, 0, 9]) == [1]


HELD_OUT = np.array([[0, 3], [1, 0]], np.int32)
KNOWN = np.array([[0, 0], [1, 1], [1, 3]], np.int32)


def test_popularity_ranks_by_the_books_that_training_saw():
    # Links 0, 1 and 3 have one known book each. Book 0 has link 0: of 1, 2 and 3, link 3 ties with
    # link 1. Book 1 has 1 and 3: of 0 and 2, link 0 is first.
    assert popularity_ranks(2, 4, held_out=HELD_OUT, known=KNOWN).tolist() == [0.5, 0]


def test_chance_is_the_mean_over_all_orders():
    # Three links are ranked for book 0, two for book 1.
    figures = chance_figures(4, held_out=HELD_OUT, known=KNOWN, hits=[2])
    assert figures["mrr"] == pytest.approx(((1 + 1 / 2 + 1 / 3) / 3 + (1 + 1 / 2) / 2) / 2)
    assert figures["hits@2"] == pytest.approx((2 / 3 + 1) / 2)


def test_chance_is_what_random_scores_reach():
    rng = np.random.default_rng(0)
    kinds = rng.choice(3, size=(2000, 30), p=[0.7, 0.2, 0.1])
    known, held_out = (np.argwhere(kinds == kind).astype(np.int32) for kind in (1, 2))
    held_out = held_out[np.unique(held_out[:, 0], return_index=True)[1]]
    books, links = rng.normal(size=(2000, 50)), rng.normal(size=(30, 50))
    found = held_out_ranks(books, links, None, held_out=held_out, known=known)
    figures = chance_figures(30, held_out=held_out, known=known, hits=[5])
    # 1,900 pairs: the standard deviations of the two means are 0.006 and 0.010.
    assert mean_reciprocal_rank(found) == pytest.approx(figures["mrr"], abs=0.025)
    assert hits_at(found, 5) == pytest.approx(figures["hits@5"], abs=0.04)


def test_nothing_held_out_gives_no_ranks():
    assert ranks([], [[0, 0]]) == []


@settings(max_examples=40, deadline=None)
@given(
    num_books=st.integers(1, 20),
    num_links=st.integers(1, 15),
    rows_at_once=st.integers(1, 7),
    seed=st.integers(0, 2**32 - 1),
)
def test_ranks_equal_those_of_a_simple_count(num_books, num_links, rows_at_once, seed):
    random = np.random.default_rng(seed)
    books = random.integers(-2, 3, size=(num_books, 3)).astype(np.float32)
    links = random.integers(-2, 3, size=(num_links, 3)).astype(np.float32)
    bias = random.integers(-1, 2, size=num_links).astype(np.float32)
    kinds = random.integers(0, 3, size=(num_books, num_links))  # unlinked, known, held out
    held_out = random.permutation(np.argwhere(kinds == 2)).astype(np.int32)
    known = random.permutation(np.argwhere(kinds == 1)).astype(np.int32)
    scores = books @ links.T + bias
    expected = []
    for book, link in held_out:
        others = scores[book][kinds[book] == 0]
        ties = (others == scores[book, link]).sum()
        expected.append((others > scores[book, link]).sum() + ties / 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "ROWS_AT_ONCE", rows_at_once)
        found = held_out_ranks(books, links, bias, held_out=held_out, known=known)
    assert found.tolist() == expected


def test_reciprocal_ranks_and_hits_by_hand():
    found = np.array([0, 1, 3, 0.5, 9])
    # 1 + 1/2 + 1/4 + 2/3 + 1/10 = 151/60
    assert mean_reciprocal_rank(found) == pytest.approx(151 / 60 / 5)
    assert [hits_at(found, k) for k in (1, 2, 4, 10)] == [0.4, 0.6, 0.8, 1.0]


def on_a_circle(*degrees: float) -> np.ndarray:
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)


def test_purity_is_the_share_of_neighbors_of_the_same_genre():
    books = on_a_circle(0, 10, 25, 100, 105)
    genres = ["A", "A", "B", "B", "A"]
    # Nearest: 0-1 same, 1-0 same, 2-1 other, 3-4 other, 4-3 other: 2 of 5.
    assert purity(books, genres, k=1) == pytest.approx(2 / 5)
    # Two nearest: 0: 1, 2 -> 1; 1: 0, 2 -> 1; 2: 1, 0 -> 0; 3: 4, 2 -> 1; 4: 3, 2 -> 0. 3 of 10.
    assert purity(books, genres, k=2) == pytest.approx(3 / 10)


def test_purity_depends_on_direction_and_not_on_length():
    books = on_a_circle(0, 5, 90, 95) * np.array([[1], [100], [1], [100]], np.float32)
    assert purity(books, ["A", "A", "B", "B"], k=1) == 1.0


def test_books_without_a_genre_are_neither_queries_nor_neighbors():
    books = on_a_circle(0, 1, 10, 90, 91, 100)
    assert purity(books, ["A", "", "A", "B", "", "B"], k=1) == 1.0


def test_with_fewer_books_than_k_all_others_are_neighbors():
    assert purity(on_a_circle(0, 10, 20), ["A", "A", "B"], k=10) == pytest.approx(2 / 6)


def test_other_and_unknown_are_not_genres():
    books = on_a_circle(0, 1, 10, 90, 91, 100)
    genres = ["A", "Other", "A", "B", "Unknown", "B"]
    # As genres they would be neighbors: 1 is nearest to 0, 4 to 3.
    assert purity(books, genres, k=1) == 1.0
    assert shuffled_purity(genres) == pytest.approx(4 / 12)


@pytest.mark.parametrize(
    "genres", [["A", "A", "A"], ["A", "", "Other"], ["Other", "Other", "Unknown"], ["", "", ""]]
)
def test_with_fewer_than_two_genres_there_is_no_purity(genres: list[str]):
    assert purity(on_a_circle(0, 10, 20), genres, k=1) is None
    assert shuffled_purity(genres) is None


def test_purity_is_the_same_in_blocks(monkeypatch: pytest.MonkeyPatch):
    random = np.random.default_rng(0)
    books = random.normal(size=(50, 8)).astype(np.float32)
    genres = random.choice(["A", "B", "C", ""], size=50).tolist()
    whole = purity(books, genres, k=5)
    monkeypatch.setattr(evaluation, "ROWS_AT_ONCE", 7)
    assert purity(books, genres, k=5) == pytest.approx(whole)


@settings(max_examples=40, deadline=None)
@given(
    num_books=st.integers(3, 60),
    k=st.integers(1, 12),
    columns_at_once=st.integers(1, 9),
    seed=st.integers(0, 2**32 - 1),
)
def test_neighbors_equal_those_of_a_simple_sort(num_books, k, columns_at_once, seed):
    random = np.random.default_rng(seed)
    books = random.normal(size=(num_books, 4)).astype(np.float32)
    genres = ["A", "B", *random.choice(["A", "B", "C"], size=num_books - 2)]
    units = books / np.linalg.norm(books, axis=1, keepdims=True)
    cosines = units @ units.T - 9 * np.eye(num_books)
    nearest = np.argsort(-cosines, axis=1)[:, : min(k, num_books - 1)]
    expected = np.mean([[genres[n] == genres[b] for n in row] for b, row in enumerate(nearest)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "COLUMNS_AT_ONCE", columns_at_once)
        assert purity(books, genres, k=k) == pytest.approx(expected)


def test_shuffled_purity_by_hand():
    # A twice, B three times: (2*1 + 3*2) / (5*4).
    assert shuffled_purity(["A", "B", "", "A", "B", "B", ""]) == pytest.approx(8 / 20)
    assert shuffled_purity(["A", "B", "C"]) == 0.0


def test_shuffled_purity_is_the_mean_over_shuffles():
    random = np.random.default_rng(0)
    books = random.normal(size=(60, 5)).astype(np.float32)
    genres = random.choice(["A", "B", "C"], p=[0.6, 0.3, 0.1], size=60)
    found = [purity(books, random.permutation(genres).tolist(), k=10) for _ in range(200)]
    deviation = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - shuffled_purity(genres.tolist())) < 5 * deviation
