"""What each book is about: metadata and links, without what says nothing about its content."""

from __future__ import annotations

import pytest

from training.data.books import Book
from training.data.pairs import build_pairs
from training.data.tables import books_table
from training.data.terms import book_terms, link_term


@pytest.mark.parametrize(
    ("link", "term"),
    [
        ("Category:1990 American novels", "American novels"),
        ("category:1990s novels", ""),  # only a year and what all of them are
        ("Category: Novels set in Paris", "Novels set in Paris"),
        ("1984 (novel)", "1984 (novel)"),
        ("Leo Tolstoy#Life", "Leo Tolstoy"),
        ("#History", ""),
    ],
)
def test_a_link_says_its_page_or_category_without_the_year(link, term) -> None:
    assert link_term(link) == term


def test_a_book_has_the_terms_of_its_metadata_its_title_and_its_frequent_links() -> None:
    infobox = {"genre": "Fantasy", "author": "A. Author", "country": "France"}
    books = [
        Book("The Red Sea", infobox, ("Dragon", "Category:1990 French novels", "Rare")),
        Book("It", {}, ("Dragon", "Category:1990 French novels")),
    ]
    pairs = build_pairs(books, min_link_count=2, ignore_links=(), held_out_links_per_book=0, seed=0)
    first, second = map(set, book_terms(books_table(books), pairs))
    assert first == {
        *("Fantasy", "A. Author", "France", "The", "Red", "Sea", "Dragon", "French novels")
    }
    assert second == {"General fiction", "Dragon", "French novels"}  # the genre is inferred
