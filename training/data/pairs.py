"""Books and their links as indices: the vocabulary, the positive pairs, and the held-out ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from projector_export.errors import InputError
from training.data.books import Book
from training.data.link_counts import LinkCounts, PairArray, count_links, link_key

NO_PAIRS: PairArray = np.empty((0, 2), np.int32)
MIN_LINKS_TO_HOLD_OUT = 4  # a book with fewer links would lose too much information


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
    counts = links.num_books if count_links_once else links.occurrences
    kept, rare = _split_by_frequency(links, counts, min_link_count)
    if not kept:
        raise InputError(
            f"no link occurs {min_link_count} times in the {len(books)} books",
            tip="lower dataset.min_link_count",
        )
    spellings = links.commonest_spellings()
    vocabulary = Vocabulary([spellings[key] for key in kept], links.num_books[kept])
    pairs = _number_pairs(links.pairs, [*kept, *rare], num_keys=len(links.keys))
    is_rare = pairs[:, 1] >= len(vocabulary)
    kept_pairs, rare_pairs = pairs[~is_rare], pairs[is_rare]
    is_held_out = hold_out(kept_pairs, links_per_book=held_out_links_per_book, seed=seed)
    return PairSet(
        len(books), vocabulary, kept_pairs[~is_held_out], kept_pairs[is_held_out], rare_pairs
    )


def hold_out(pairs: PairArray, *, links_per_book: int, seed: int) -> npt.NDArray[np.bool_]:
    """Choose randomly, for each book with enough links, which pairs to hold out: bool (P,)."""
    rng = np.random.default_rng(seed)
    order = np.lexsort((rng.random(len(pairs)), pairs[:, 0]))  # by book, shuffled within
    books = pairs[order, 0]
    _, starts, sizes = np.unique(books, return_index=True, return_counts=True)
    ranks = np.arange(len(pairs)) - np.repeat(starts, sizes)
    # A book keeps at least as many links as it loses.
    most = np.where(sizes >= MIN_LINKS_TO_HOLD_OUT, np.minimum(links_per_book, sizes // 2), 0)
    chosen = np.zeros(len(pairs), dtype=np.bool_)
    chosen[order] = ranks < np.repeat(most, sizes)
    return chosen


def _split_by_frequency(
    links: LinkCounts, counts: npt.NDArray[np.int64], min_link_count: int
) -> tuple[list[int], list[int]]:
    """Return the links to keep, those of most books first, and rare ones that two books share."""
    is_frequent, num_books = counts >= max(1, min_link_count), links.num_books.tolist()
    kept = np.flatnonzero(is_frequent).tolist()
    rare = np.flatnonzero(~is_frequent & (links.num_books > 1)).tolist()
    kept.sort(key=lambda number: (-num_books[number], links.keys[number]))
    return kept, sorted(rare, key=links.keys.__getitem__)


def _number_pairs(pairs: PairArray, chosen: Sequence[int], *, num_keys: int) -> PairArray:
    """Number the chosen links 0, 1, ... and list their pairs (P, 2), sorted."""
    new_numbers = np.full(num_keys, -1, np.int32)
    new_numbers[chosen] = np.arange(len(chosen))
    numbered = np.stack([pairs[:, 0], new_numbers[pairs[:, 1]]], axis=1)
    numbered = numbered[numbered[:, 1] >= 0]
    return numbered[np.lexsort((numbered[:, 1], numbered[:, 0]))]
