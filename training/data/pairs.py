"""Books and their links as indices: the vocabulary, the positive pairs, and the held-out ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from projector_export.errors import InputError
from training.data.books import Book
from training.data.held_out import hold_out, sum_by_link
from training.data.link_counts import PairArray, count_links, link_key

NO_PAIRS: PairArray = np.empty((0, 2), np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The kept links, those of most books first.

    Attributes:
        links: the spelling that most books use, one per link.
        counts: number of books that each occurs in, int64 (L,).
    """

    links: list[str]
    counts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.links)


@dataclass(frozen=True, slots=True, eq=False)
class PairSet:
    """Pairs for training, and pairs for evaluation.

    Attributes:
        num_books: N.
        vocabulary: the L kept links.
        train: pairs (P, 2) of book and link, sorted, without duplicates.
        held_out: pairs (H, 2) that training never sees, sorted.
        rare: pairs (R, 2) of links below `min_link_count` that two books or more share, numbered
            from L up. They help to train the books; their own vectors are not kept.
    """

    num_books: int
    vocabulary: Vocabulary
    train: PairArray
    held_out: PairArray
    rare: PairArray = field(default_factory=NO_PAIRS.copy)

    @property
    def num_links(self) -> int:
        """Number of kept links, L."""
        return len(self.vocabulary)

    @property
    def num_links_with_rare(self) -> int:
        """Number of links, including those of `rare`."""
        return int(self.rare[:, 1].max()) + 1 if len(self.rare) else self.num_links

    @property
    def with_rare(self) -> PairArray:
        """Pairs (P + R, 2) to train books with."""
        return np.concatenate([self.train, self.rare])


def build_pairs(
    books: Sequence[Book],
    *,
    min_link_count: int,
    ignore_links: Iterable[str],
    held_out_links_per_book: int,
    seed: int,
    count_links_once: bool = False,
) -> PairSet:
    """Number the links that are frequent enough, pair them with their books, hold some pairs out.

    Args:
        books: the books with their links.
        min_link_count: how often a link must occur to be kept.
        ignore_links: links to leave out, in any spelling.
        held_out_links_per_book: pairs of each book to hold out, if it has enough.
        seed: seed of the random choice of held-out pairs.
        count_links_once: a link that occurs several times in one article counts as one.

    Raises:
        InputError: no link occurs `min_link_count` times.
    """
    links = count_links(books, {link_key(link) for link in ignore_links})
    mentions = np.ones_like(links.mentions) if count_links_once else links.mentions
    is_held_out = hold_out(
        links.pairs,
        mentions,
        min_link_count=min_link_count,
        links_per_book=held_out_links_per_book,
        seed=seed,
    )
    # From here on, only pairs that are not held out count.
    counts = sum_by_link(links.pairs, mentions * ~is_held_out, num_links=len(links.keys))
    num_books = sum_by_link(links.pairs, ~is_held_out, num_links=len(links.keys))
    kept, rare = _split_by_frequency(links.keys, counts, num_books, min_link_count)
    if not kept:
        raise InputError(
            f"no link occurs {min_link_count} times in the {len(books)} books",
            tip="lower dataset.min_link_count",
        )
    spellings = links.commonest_spellings()
    in_all_books = np.bincount(links.pairs[:, 1], minlength=len(links.keys))
    vocabulary = Vocabulary([spellings[key] for key in kept], in_all_books[kept])
    new_numbers = np.full(len(links.keys), -1, np.int32)
    new_numbers[[*kept, *rare]] = np.arange(len(kept) + len(rare))
    train = _numbered(links.pairs[~is_held_out], new_numbers)
    is_rare = train[:, 1] >= len(vocabulary)
    held_out = _numbered(links.pairs[is_held_out], new_numbers)
    return PairSet(len(books), vocabulary, train[~is_rare], held_out, train[is_rare])


def _split_by_frequency(
    keys: Sequence[str],
    counts: npt.NDArray[np.int64],
    num_books: npt.NDArray[np.int64],
    min_link_count: int,
) -> tuple[list[int], list[int]]:
    """Return the links to keep, those of most books first, and rare ones that two books share."""
    is_frequent = counts >= max(1, min_link_count)
    kept = np.flatnonzero(is_frequent).tolist()
    rare = np.flatnonzero(~is_frequent & (num_books > 1)).tolist()
    kept.sort(key=lambda number: (-num_books[number], keys[number]))
    return kept, sorted(rare, key=keys.__getitem__)


def _numbered(pairs: PairArray, new_numbers: npt.NDArray[np.int32]) -> PairArray:
    """Number the links of pairs (P, 2) again, without those of number -1, and sort the pairs."""
    numbered = np.stack([pairs[:, 0], new_numbers[pairs[:, 1]]], axis=1)
    numbered = numbered[numbered[:, 1] >= 0]
    return numbered[np.lexsort((numbered[:, 1], numbered[:, 0]))]
