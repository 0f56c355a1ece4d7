"""The starter library is what its README says."""

from __future__ import annotations

from collections import Counter

import pytest

from projector_export.explore.neighbors import find_row
from tests.helpers.neighbors import find_neighbors
from training.data.books import read_books, starter_path
from training.data.infobox import first_year
from training.run_folder import Vectors


@pytest.fixture(scope="module")
def books():
    return read_books(starter_path())[0]


def test_it_spans_genres_countries_and_centuries(books) -> None:
    assert len(books) >= 1000
    assert len({genre for book in books for genre in book.infobox["genre"].split("; ")}) >= 25
    assert len({book.infobox["country"] for book in books}) >= 40
    years = [first_year(book.infobox) for book in books]
    assert max(years) - min(years) >= 2500


def test_no_book_occurs_twice(books) -> None:
    _, report = read_books(starter_path())
    assert report.repeated_titles == []
    names = Counter((book.infobox["name"].casefold(), book.infobox["author"]) for book in books)
    assert names.most_common(1)[0][1] == 1


def test_no_field_is_blank(books) -> None:
    fields = ("name", "author", "country", "language", "genre", "release_date")
    for book in books:
        assert all(book.infobox[field].strip() for field in fields), book.title
        assert first_year(book.infobox) is not None, book.title


def test_every_book_has_links_and_shares_some_with_others(books) -> None:
    num_books = Counter(link.casefold() for book in books for link in set(book.links))
    for book in books:
        assert len(book.links) >= 8, book.title
        assert len({link.casefold() for link in book.links}) == len(book.links), book.title
        assert sum(num_books[link.casefold()] > 1 for link in book.links) >= 5, book.title


def test_links_are_plain_names(books) -> None:
    for book in books:
        for link in book.links:
            assert link == " ".join(link.split()), (book.title, link)
            assert not set(link) & set("[]|#{}<>"), (book.title, link)


@pytest.mark.slow
def test_the_neighbors_of_war_and_peace_are_similar_novels(starter_run, books) -> None:
    vectors = Vectors.load(starter_run)
    titles = list(vectors.book_titles)
    row = find_row(titles, "War and Peace", table="books")
    closest = [n.label for n in find_neighbors(vectors.books, titles, row, k=5)]
    assert "Anna Karenina" in closest[:3]
    language = {book.title: book.infobox["language"] for book in books}
    assert sum(language[title] == "Russian" for title in closest) >= 3
