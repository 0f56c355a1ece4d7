"""What each book is about, to name the regions of a map: its metadata, and the links it has."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from projector_export.prepare.added_columns.terms import metadata_terms
from training.data.pairs import PairSet

# Not genre_raw, whose values repeat those of genre, nor genre_source, which is not about the book.
COLUMNS = ["title", "genre", "author", "country", "language"]

_CATEGORY = re.compile(r"^category:\s*", re.IGNORECASE)
_YEAR = re.compile(r"^\d{4}s? ")


def book_terms(table: pd.DataFrame, pairs: PairSet) -> list[list[str]]:
    """Return the terms of each book: genre, author, country, language, links, words of the title.

    Links that training did not see are left out.
    """
    names = [link_term(link) for link in pairs.vocabulary.links]
    linked: list[list[str]] = [[] for _ in range(pairs.num_books)]
    for book, link in pairs.train.tolist():
        if names[link]:
            linked[book].append(names[link])
    columns: Sequence[Sequence[str]] = metadata_terms(table[COLUMNS])
    return [[*of_table, *of_links] for of_table, of_links in zip(columns, linked, strict=True)]


def link_term(link: str) -> str:
    """Return what a link says about a book: no prefix, no section of a page, no year.

    >>> link_term("Category:1990 American novels"), link_term("Category:1990 novels")
    ('American novels', '')
    """
    page, prefixes = _CATEGORY.subn("", link.split("#", maxsplit=1)[0])
    undated = _YEAR.sub("", page) if prefixes else page
    return undated.strip() if undated == page or " " in undated else ""
