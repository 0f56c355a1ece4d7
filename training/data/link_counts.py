"""How often each link occurs, in any spelling, and in which books; in one pass over the books."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from training.data.books import Book
from training.data.link_names import canonical_link

PairArray = npt.NDArray[np.int32]  # (P, 2): book, link


@dataclass(frozen=True, slots=True, eq=False)
class LinkCounts:
    """Links, numbered in the order of their first occurrence.

    Attributes:
        keys: the normalized names of the K links.
        pairs: book and link (P, 2), sorted, without duplicates.
        mentions: how often the book's article has the link (P,).
        spelled: the S spellings of links.
        keys_of_spelled: the link of each spelling (S,).
        spelled_occurrences: how often each spelling occurs (S,).
    """

    keys: list[str]
    pairs: PairArray
    mentions: npt.NDArray[np.int64]
    spelled: list[str]
    keys_of_spelled: npt.NDArray[np.int32]
    spelled_occurrences: npt.NDArray[np.int64]

    def commonest_spellings(self) -> list[str]:
        """Return the most frequent spelling of each link; of several, the first in order."""
        best: list[tuple[int, str]] = [(0, "")] * len(
            self.keys
        )  # (minus its occurrences, spelling)
        counts = self.spelled_occurrences.tolist()
        for spelled, key, count in zip(
            self.spelled, self.keys_of_spelled.tolist(), counts, strict=True
        ):
            best[key] = min(best[key], (-count, spelled))
        return [spelled for _, spelled in best]


@lru_cache(maxsize=1_000_000)
def link_key(link: str) -> str:
    """Normalize a link, so that all its spellings are equal; "" if it does not name a page."""
    return canonical_link(link)


def count_links(books: Sequence[Book], ignored: AbstractSet[str]) -> LinkCounts:
    """Count the links of all books, except `ignored` ones and those of a book to itself."""
    spelled, numbers = _numbered(list(chain.from_iterable(book.links for book in books)))
    keys, keys_of_spelled = _numbered([link_key(link) for link in spelled])
    number_of = {key: number for number, key in enumerate(keys)}
    own = np.array([number_of.get(link_key(book.title), -1) for book in books])
    is_left_out = np.array([key in ignored or not key for key in keys], dtype=np.bool_)

    books_of = np.repeat(np.arange(len(books), dtype=np.int32), [len(b.links) for b in books])
    links = keys_of_spelled[numbers]
    is_counted = ~is_left_out[links] & (links != own[books_of])
    codes, mentions = np.unique(
        books_of[is_counted].astype(np.int64) * len(keys) + links[is_counted], return_counts=True
    )
    pairs = np.stack(np.divmod(codes, max(1, len(keys))), axis=1).astype(np.int32)
    occurrences = np.bincount(numbers[is_counted], minlength=len(spelled))
    return LinkCounts(keys, pairs, mentions, spelled, keys_of_spelled, occurrences)


def _numbered(names: Sequence[str]) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Return the distinct names, and the index in them of each of `names`."""
    distinct = list(dict.fromkeys(names))
    places = dict(zip(distinct, range(len(distinct)), strict=True))
    return distinct, np.fromiter(map(places.__getitem__, names), np.int32, len(names))
