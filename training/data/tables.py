"""Metadata of the books and the links, one row each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from training.data.books import Book
from training.data.genres import GenreMap, assign_genres
from training.data.infobox import field, first_year
from training.data.pairs import PairSet

# The kind of a page, by the prefix of its name.
_KINDS = {"category": "category", "wikipedia": "project page", "portal": "portal"}


def books_table(books: Sequence[Book], genre_map: GenreMap | None = None) -> pd.DataFrame:
    """Describe books; unknown text is "", an unknown year is <NA>.

    `genre` is the first canonical genre, `genre_raw` the text of the infobox, `genre_source` where
    `genre` comes from. Links are counted before rare ones are left out.
    """
    raw_genres = [field(book.infobox, "genre") for book in books]
    assigned = [
        assign_genres(raw_genre, book.links, mapping=genre_map)
        for raw_genre, book in zip(raw_genres, books, strict=True)
    ]
    return pd.DataFrame(
        {
            "title": [book.title for book in books],
            "genre": [genre.genres[0] if genre.source != "unknown" else "" for genre in assigned],
            "author": [field(book.infobox, "author", "authors", "editor") for book in books],
            "country": [field(book.infobox, "country") for book in books],
            "language": [field(book.infobox, "language") for book in books],
            "year": pd.array([first_year(book.infobox) for book in books], dtype="Int64"),
            "num_links": [len(set(book.links)) for book in books],
            "genre_raw": raw_genres,
            "genre_source": [genre.source for genre in assigned],
        }
    )


def links_table(pairs: PairSet) -> pd.DataFrame:
    """Describe links: name, kind of page, and number of books."""
    links = pairs.vocabulary.links
    return pd.DataFrame(
        {
            "name": links,
            "kind": [link_kind(link) for link in links],
            "num_books": pairs.vocabulary.counts,
        }
    )


def link_kind(link: str) -> str:
    """Return the kind of a page: an article, a category or a project page."""
    prefix, colon, _ = link.partition(":")
    return _KINDS.get(prefix.strip().casefold(), "article") if colon else "article"
