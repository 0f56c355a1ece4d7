"""How much of the genre text of some books the mapping understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from training.data.books import Book
from training.data.genres import (
    OTHER,
    GenreMap,
    assign_genres,
    canonical_genres,
    names_a_genre,
    plain_text,
)


@dataclass(slots=True)
class GenreCoverage:
    """Counts of books.

    Attributes:
        num_books: all of them.
        num_with_text: with a genre in their infobox; "None" and "Various" do not count.
        num_mapped: whose genre text is understood.
        num_inferred: whose genre was inferred from categories and links.
        num_other: with genre text that is not understood, and nothing to infer from.
        num_unknown: without genre text, and nothing to infer from.
        genres: chief canonical genre -> books.
        unmapped: genre text that is not understood -> books.
    """

    num_books: int = 0
    num_with_text: int = 0
    num_mapped: int = 0
    num_inferred: int = 0
    num_other: int = 0
    num_unknown: int = 0
    genres: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, int]:
        """Name the four shares that make up all books."""
        return {
            "from the infobox": self.num_mapped,
            "inferred from categories and links": self.num_inferred,
            "Other: a genre that the mapping does not know": self.num_other,
            "Unknown: no genre, and nothing to infer it from": self.num_unknown,
        }

    def as_dict(self, num_unmapped: int) -> dict[str, Any]:
        """Return the counts, with the most common strings that are not understood, for JSON."""
        return {
            "num_books": self.num_books,
            "num_with_text": self.num_with_text,
            "num_mapped": self.num_mapped,
            "num_inferred": self.num_inferred,
            "num_other": self.num_other,
            "num_unknown": self.num_unknown,
            "genres": dict(self.genres.most_common()),
            "unmapped": dict(self.unmapped.most_common(num_unmapped)),
        }


def measure_coverage(books: Iterable[Book], *, mapping: GenreMap) -> GenreCoverage:
    """Assign every book its genres and count where they come from."""
    coverage = GenreCoverage()
    for book in books:
        text = book.infobox.get("genre", "")
        assigned = assign_genres(text, book.links, mapping=mapping)
        coverage.num_books += 1
        has_text = names_a_genre(text, mapping=mapping)
        coverage.num_with_text += has_text
        coverage.genres[assigned.genres[0]] += 1
        if has_text and not canonical_genres(text, mapping=mapping):
            coverage.unmapped[plain_text(text)] += 1
        if assigned.source == "inferred":
            coverage.num_inferred += 1
        elif assigned.source == "unknown":
            coverage.num_unknown += 1
        elif assigned.genres == (OTHER,):
            coverage.num_other += 1
        else:
            coverage.num_mapped += 1
    return coverage
