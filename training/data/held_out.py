"""The pairs that are held out from training, to evaluate it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from training.data.link_counts import PairArray

MIN_LINKS_TO_HOLD_OUT = 4  # a book with fewer links would lose too much information


def hold_out(
    pairs: PairArray,
    mentions: npt.NDArray[np.int64],
    *,
    min_link_count: int,
    links_per_book: int,
    seed: int,
) -> npt.NDArray[np.bool_]:
    """Choose randomly which pairs to hold out: bool (P,).

    A link keeps `min_link_count` mentions, if it has as many, so that training, which counts only
    the mentions that are left, has the same vocabulary as without holding out. A book loses
    `links_per_book` of the links that can be spared, if it has at least 4 of them.

    Args:
        pairs: book and link (P, 2), without duplicates.
        mentions: how often each pair counts (P,).
        min_link_count: the mentions that a link keeps.
        links_per_book: how many pairs a book loses, but at most half.
        seed: seed of the choice.
    """
    rng = np.random.default_rng(seed)
    totals = sum_by_link(pairs, mentions, num_links=int(pairs[:, 1].max(initial=-1)) + 1)
    spare = totals - max(1, min_link_count)  # (L,)
    can_go = rng.permutation(np.flatnonzero(mentions <= spare[pairs[:, 1]]))
    chosen = can_go[_first_of_each_book(pairs[can_go, 0], links_per_book)]
    chosen = chosen[np.argsort(pairs[chosen, 1], kind="stable")]  # by link, shuffled within
    lost = _running_sums(mentions[chosen], pairs[chosen, 1])
    is_held_out = np.zeros(len(pairs), dtype=np.bool_)
    is_held_out[chosen[lost <= spare[pairs[chosen, 1]]]] = True
    return is_held_out


def sum_by_link(
    pairs: PairArray, values: npt.NDArray[Any], *, num_links: int
) -> npt.NDArray[np.int64]:
    """Add up the `values` (P,) of each link's pairs (L,)."""
    return np.bincount(pairs[:, 1], weights=values, minlength=num_links).astype(np.int64)


def _first_of_each_book(books: npt.NDArray[np.int32], links_per_book: int) -> npt.NDArray[np.int64]:
    """Return the places in `books` (P,) of each book's first pairs, as many as it can lose."""
    order = np.argsort(books, kind="stable")
    _, sizes = np.unique(books, return_counts=True)
    places = _running_sums(np.ones(len(books), np.int64), books[order])  # 1, 2, ... in each book
    most = np.where(sizes >= MIN_LINKS_TO_HOLD_OUT, np.minimum(links_per_book, sizes // 2), 0)
    return order[places <= np.repeat(most, sizes)]


def _running_sums(
    values: npt.NDArray[np.int64], groups: npt.NDArray[np.int32]
) -> npt.NDArray[np.int64]:
    """Add up `values` (P,) from the start of each of the sorted `groups` (P,)."""
    sums = np.cumsum(values)
    _, starts, sizes = np.unique(groups, return_index=True, return_counts=True)
    return np.asarray(sums - np.repeat(sums[starts] - values[starts], sizes))
