from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.objectives.negatives import KnownPairs, draw_links, inclusion_probabilities


@settings(max_examples=150, deadline=None)
@given(
    num_books=st.integers(1, 12),
    num_links=st.integers(1, 12),
    share=st.floats(0, 1),
    num_pairs=st.integers(0, 200),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_known_pair_is_never_drawn(num_books, num_links, share, num_pairs, seed):
    rng = np.random.default_rng(seed)
    is_known = rng.random((num_books, num_links)) < share
    is_known[rng.integers(num_books), rng.integers(num_links)] = False
    known = KnownPairs(
        np.argwhere(is_known).astype(np.int32), num_books=num_books, num_links=num_links
    )
    drawn = known.draw_negatives(num_pairs, rng)
    assert drawn.shape == (num_pairs, 2)
    assert drawn.dtype == np.int32
    assert not is_known[drawn[:, 0], drawn[:, 1]].any()
    all_pairs = np.argwhere(np.ones_like(is_known)).astype(np.int32)
    np.testing.assert_array_equal(known.contains(all_pairs), is_known.ravel())


def test_more_pairs_than_32_bits_can_count_are_distinguished():
    # 2**17 * 2**16 pairs: book 65536, link 0 would be book 0, link 0 in 32 bits.
    known = KnownPairs(np.array([[65536, 0]], np.int32), num_books=2**17, num_links=2**16)
    pairs = np.array([[65536, 0], [0, 0], [65536, 1], [131071, 65535]], np.int32)
    assert known.contains(pairs).tolist() == [True, False, False, False]


def test_all_unknown_pairs_are_equally_likely():
    known = KnownPairs(np.array([[0, 0], [1, 1]], np.int32), num_books=2, num_links=3)
    drawn = known.draw_negatives(40_000, np.random.default_rng(0))
    counts = np.bincount(drawn[:, 0] * 3 + drawn[:, 1], minlength=6)
    # Four pairs, 10,000 each expected; the standard deviation is sqrt(40000 * 3/16) = 87.
    assert counts[[0, 4]].tolist() == [0, 0]
    assert abs(counts[[1, 2, 3, 5]] - 10_000).max() < 5 * 87


def test_drawing_fails_if_every_pair_is_known():
    known = KnownPairs(np.array([[0, 0], [0, 1]], np.int32), num_books=1, num_links=2)
    with pytest.raises(ValueError, match="there is no negative pair to draw"):
        known.draw_negatives(1, np.random.default_rng(0))


def test_the_same_seed_draws_the_same_pairs():
    known = KnownPairs(np.array([[0, 0]], np.int32), num_books=9, num_links=9)
    draws = [known.draw_negatives(50, np.random.default_rng(5)).tolist() for _ in range(2)]
    assert draws[0] == draws[1]


def test_equal_weights_give_each_link_the_same_probability():
    np.testing.assert_allclose(inclusion_probabilities(np.ones(8), 2), 0.25)


def test_drawing_as_many_as_exist_draws_all():
    np.testing.assert_array_equal(inclusion_probabilities(np.array([1.0, 9.0]), 2), [1, 1])
    np.testing.assert_array_equal(inclusion_probabilities(np.array([1.0, 9.0]), 5), [1, 1])
    assert draw_links(np.ones(3), 5, np.random.default_rng(0)).tolist() == [0, 1, 2]


@pytest.mark.parametrize(("num_links", "num_drawn"), [(200, 20), (200, 150), (1000, 64)])
def test_probabilities_agree_with_a_simulation(num_links: int, num_drawn: int):
    weights = 1.0 / np.arange(1, num_links + 1) ** 0.75
    rng = np.random.default_rng(1)
    num_trials = 4000
    counts = np.zeros(num_links)
    for _ in range(num_trials):
        drawn = draw_links(weights, num_drawn, rng)
        assert len(drawn) == num_drawn
        counts[drawn] += 1
    assert counts.sum() == num_trials * num_drawn  # no link twice in one draw
    probabilities = inclusion_probabilities(weights, num_drawn)
    assert probabilities.sum() == pytest.approx(num_drawn)
    noise = np.sqrt(probabilities * (1 - probabilities) / num_trials)
    assert (abs(counts / num_trials - probabilities) < 5 * noise + 0.01).all()


@settings(max_examples=100, deadline=None)
@given(
    weights=st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=30),
    num_drawn=st.integers(0, 35),
    seed=st.integers(0, 99),
)
def test_probabilities_are_in_the_order_of_the_weights(weights, num_drawn, seed):
    array = np.array(weights)
    probabilities = inclusion_probabilities(array, num_drawn)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert probabilities.sum() == pytest.approx(min(num_drawn, len(weights)), rel=1e-3, abs=1e-9)
    assert (np.diff(probabilities[np.argsort(array)]) >= -1e-12).all()
    drawn = draw_links(array, num_drawn, np.random.default_rng(seed))
    assert len(set(drawn.tolist())) == len(drawn) == min(num_drawn, len(weights))
