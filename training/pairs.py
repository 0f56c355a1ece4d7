"""Books and their links as numbers: the vocabulary, the positive pairs, and those held out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from projector_export.errors import InputError
from training.books import Book
from training.link_names import canonical_link

PairArray = npt.NDArray[np.int32]  # (P, 2): book, link

NO_PAIRS: PairArray = np.empty((0, 2), np.int32)
MIN_LINKS_TO_HOLD_OUT = 4  # a book with fewer would lose too much of what is known of it


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The kept links, the most frequent first.

    Attributes:
        links: the spelling that most books use, one per link.
        counts: in how many books each occurs, int64 (L,).
    """

    links: list[str]
    counts: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.links)


@dataclass(frozen=True, slots=True, eq=False)
class PairSet:
    """What is learned from, and what is asked afterwards.

    Attributes:
        num_books: N.
        vocabulary: the L kept links.
        train: pairs (P, 2) of book and link, sorted, none twice.
        held_out: pairs (H, 2) that training never sees, sorted.
        rare: pairs (R, 2) of links below `min_link_count` that two books or more share, numbered
            from L up. They help to learn the books, and get no vector that is kept.
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
        """Number of links that occur in `with_rare`."""
        return int(self.rare[:, 1].max()) + 1 if len(self.rare) else self.num_links

    @property
    def with_rare(self) -> PairArray:
        """Pairs (P + R, 2) to learn books from."""
        return np.concatenate([self.train, self.rare])


@lru_cache(maxsize=1_000_000)
def link_key(link: str) -> str:
    """Spell a link so that two ways of writing it are equal; "" if it names no page."""
    return canonical_link(link)


def build_pairs(
    books: Sequence[Book],
    *,
    min_link_count: int,
    ignore_links: Iterable[str],
    held_out_links_per_book: int,
    seed: int,
) -> PairSet:
    """Number the links that enough books hold, pair them with their books, withhold some.

    Raises:
        InputError: no link occurs `min_link_count` times.
    """
    ignored = {link_key(link) for link in ignore_links}
    spellings_by_book = [_spellings(book, ignored) for book in books]
    vocabulary, rare_keys = _vocabulary(spellings_by_book, min_link_count)
    keys = [*map(link_key, vocabulary.links), *rare_keys]
    pairs = _numbered_pairs(spellings_by_book, {key: number for number, key in enumerate(keys)})
    is_rare = pairs[:, 1] >= len(vocabulary)
    kept, rare = pairs[~is_rare], pairs[is_rare]
    is_held_out = hold_out(kept, links_per_book=held_out_links_per_book, seed=seed)
    return PairSet(len(books), vocabulary, kept[~is_held_out], kept[is_held_out], rare)


def hold_out(pairs: PairArray, *, links_per_book: int, seed: int) -> npt.NDArray[np.bool_]:
    """Choose at random, for each book with enough links, which pairs to withhold: bool (P,)."""
    random = np.random.default_rng(seed)
    order = np.lexsort((random.random(len(pairs)), pairs[:, 0]))  # by book, shuffled within
    books = pairs[order, 0]
    _, starts, sizes = np.unique(books, return_index=True, return_counts=True)
    places = np.arange(len(pairs)) - np.repeat(starts, sizes)
    # A book keeps at least as many links as it loses.
    most = np.where(sizes >= MIN_LINKS_TO_HOLD_OUT, np.minimum(links_per_book, sizes // 2), 0)
    chosen = np.zeros(len(pairs), dtype=np.bool_)
    chosen[order] = places < np.repeat(most, sizes)
    return chosen


def _spellings(book: Book, ignored: set[str]) -> dict[str, Counter[str]]:
    """Count, for each link's key, how often this book spells it how; a link to itself is none."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for link in book.links:
        spellings[link_key(link)][link] += 1
    left_out = ignored | {link_key(book.title), ""}
    return {key: counts for key, counts in spellings.items() if key not in left_out}


def _numbered_pairs(
    spellings_by_book: Sequence[dict[str, Counter[str]]], numbers: dict[str, int]
) -> PairArray:
    """List pairs (P, 2) of book and numbered link, sorted."""
    pairs = [
        (book, numbers[key])
        for book, spellings in enumerate(spellings_by_book)
        for key in spellings
        if key in numbers
    ]
    array = np.array(pairs, dtype=np.int32)
    return array[np.lexsort((array[:, 1], array[:, 0]))]


def _vocabulary(
    spellings_by_book: Sequence[dict[str, Counter[str]]], min_link_count: int
) -> tuple[Vocabulary, list[str]]:
    """Keep the links that occur often enough; several times in one article count as several.

    Returns:
        The kept links, and the keys of others that at least two books share.
    """
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    num_books: Counter[str] = Counter()
    for book in spellings_by_book:
        num_books.update(book.keys())
        for key, counts in book.items():
            spellings[key] += counts
    kept = sorted(
        (key for key, counts in spellings.items() if counts.total() >= min_link_count),
        key=lambda key: (-num_books[key], key),
    )
    if not kept:
        raise InputError(
            f"no link occurs {min_link_count} times in the {len(spellings_by_book)} books",
            tip="lower dataset.min_link_count",
        )
    set_of_kept = set(kept)
    links = [min(spellings[key].items(), key=lambda item: (-item[1], item[0]))[0] for key in kept]
    rare = sorted(key for key in num_books if num_books[key] > 1 and key not in set_of_kept)
    return Vocabulary(links, np.array([num_books[key] for key in kept], dtype=np.int64)), rare
