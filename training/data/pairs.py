"""Books and their links as numbers: the vocabulary, the positive pairs, and those held out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from projector_export.errors import InputError
from training.data.books import Book
from training.data.link_names import canonical_link

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
    count_links_once: bool = False,
) -> PairSet:
    """Number the links that enough books hold, pair them with their books, withhold some.

    Args:
        books: the books with their links.
        min_link_count: how often a link must occur to be kept.
        ignore_links: links to leave out, in any spelling.
        held_out_links_per_book: pairs of each book to withhold, if it has enough.
        seed: chooses which to withhold.
        count_links_once: a link that occurs several times in one article counts as one.

    Raises:
        InputError: no link occurs `min_link_count` times.
    """
    ignored = {link_key(link) for link in ignore_links}
    spellings: Counter[tuple[str, str]] = Counter()  # (key, link as it is spelled) -> occurrences
    keys_by_book = [_distinct_keys(book, ignored, spellings) for book in books]
    num_books = Counter(chain.from_iterable(keys_by_book))
    counts = num_books if count_links_once else _occurrences(spellings)
    vocabulary_keys, rare_keys = _kept_and_rare(num_books, counts, min_link_count)
    if not vocabulary_keys:
        raise InputError(
            f"no link occurs {min_link_count} times in the {len(books)} books",
            tip="lower dataset.min_link_count",
        )
    vocabulary = _vocabulary(vocabulary_keys, num_books, spellings)
    numbers = {key: number for number, key in enumerate([*vocabulary_keys, *rare_keys])}
    pairs = _numbered_pairs(keys_by_book, numbers)
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


def _distinct_keys(book: Book, ignored: set[str], spellings: Counter[tuple[str, str]]) -> list[str]:
    """List a book's links by their keys, and count their spellings; a link to itself is none."""
    left_out = ignored | {link_key(book.title), ""}
    links = [(key, link) for link in book.links if (key := link_key(link)) not in left_out]
    spellings.update(links)
    return list(dict.fromkeys(key for key, _ in links))


def _numbered_pairs(keys_by_book: Sequence[list[str]], numbers: dict[str, int]) -> PairArray:
    """List pairs (P, 2) of book and numbered link, sorted."""
    pairs = [
        (book, numbers[key])
        for book, keys in enumerate(keys_by_book)
        for key in keys
        if key in numbers
    ]
    array = np.array(pairs, dtype=np.int32)
    return array[np.lexsort((array[:, 1], array[:, 0]))]


def _kept_and_rare(
    num_books: Counter[str], counts: Counter[str], min_link_count: int
) -> tuple[list[str], list[str]]:
    """Return the links to keep, those of most books first, and others that two books share."""
    kept = [key for key in num_books if counts[key] >= min_link_count]
    rare = [key for key, count in num_books.items() if count > 1 and counts[key] < min_link_count]
    return sorted(kept, key=lambda key: (-num_books[key], key)), sorted(rare)


def _occurrences(spellings: Counter[tuple[str, str]]) -> Counter[str]:
    """Count how often each link occurs, several times in one article as several."""
    occurrences: Counter[str] = Counter()
    for (key, _), count in spellings.items():
        occurrences[key] += count
    return occurrences


def _vocabulary(
    keys: list[str], num_books: Counter[str], spellings: Counter[tuple[str, str]]
) -> Vocabulary:
    commonest: dict[str, tuple[int, str]] = {}  # key -> (less its occurrences, spelling)
    for (key, link), count in spellings.items():
        commonest[key] = min(commonest.get(key, (0, "")), (-count, link))
    links = [commonest[key][1] for key in keys]
    return Vocabulary(links, np.array([num_books[key] for key in keys], dtype=np.int64))
