"""Generated books look like real ones, and are the same for the same seed."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import generated_books
import pytest
from generated_books import generate_books

from training.data.books import Book, read_books
from training.data.link_names import canonical_link
from training.data.tables import books_table


@pytest.fixture(scope="module")
def books() -> list[Book]:
    return generate_books(0.1).books()


def test_the_same_seed_gives_the_same_books_and_another_seed_others(books: list[Book]):
    assert generate_books(0.1).books() == books
    assert generate_books(0.1, seed=1).books() != books


def test_titles_and_links_are_distinct_pages(books: list[Book]):
    pages = {book.title for book in books} | {link for book in books for link in book.links}
    assert len({canonical_link(page) for page in pages}) == len(pages)
    assert len({book.title for book in books}) == len(books) == 3_702


def test_some_titles_have_a_disambiguator_and_some_have_non_ascii_letters(books: list[Book]):
    titles = [book.title for book in books]
    assert 0.1 < sum(title.endswith(("novel)", "book)")) for title in titles) / len(titles) < 0.35
    assert sum(not title.isascii() for title in titles) > 50


def test_a_quarter_of_the_books_have_no_genre_and_the_others_ten_colors_and_more(books: list[Book]):
    table = books_table(books)
    assert 0.2 < (table["genre_raw"] == "").mean() < 0.28
    shares = Counter(table["genre"])
    assert {genre for genre, _ in shares.most_common(6)} > {"Fantasy", "Science fiction"}
    assert sum(count > len(books) / 100 for count in shares.values()) > 15
    assert shares["Other"] < len(books) / 100
    assert table["genre_raw"].nunique() > 500


def test_years_countries_and_languages_are_those_of_wikipedia(books: list[Book]):
    table = books_table(books)
    assert 1975 < table["year"].dropna().median() < 2000
    assert 0.3 < (table["country"] == "United States").mean() < 0.6
    assert 0.6 < (table["language"] == "English").mean() < 0.9
    assert 1_000 < table["author"].nunique() < 3_000


def test_the_command_writes_a_books_file(tmp_path: Path):
    output = tmp_path / "books.ndjson"
    command = [sys.executable, generated_books.__file__, str(output), "--size", "0.01"]
    assert "370 books" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert read_books(output)[0] == generate_books(0.01).books()
