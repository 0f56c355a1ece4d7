from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from training.config.models import BOOK_COLUMNS
from training.data.books import Book
from training.data.pairs import build_pairs
from training.data.tables import books_table, link_kind, links_table

BOOKS = [
    Book(
        "Solaris",
        {
            "author": "[[Stanisław Lem]]",
            "genre": "Sci-fi<br>philosophy",
            "release_date": "1961",
            "country": "Poland",
            "language": "Polish",
        },
        ("Poland", "Poland", "Category:1961 novels", "Portal:Books"),
    ),
    Book("De Natura Deorum", {"editor": "X", "release_date": "45 BC"}, ("Category:Poetry books",)),
    Book("Nameless", {}, ("poland",)),
]


def test_each_book_becomes_a_row_of_metadata():
    table = books_table(BOOKS)
    assert tuple(table.columns) == BOOK_COLUMNS
    assert table.iloc[0].to_dict() == {
        "title": "Solaris",
        "genre": "Science fiction",
        "author": "Stanisław Lem",
        "country": "Poland",
        "language": "Polish",
        "year": 1961,
        "num_links": 3,
        "genre_raw": "Sci-fi; philosophy",
        "genre_source": "infobox",
    }
    assert table["author"].tolist() == ["Stanisław Lem", "X", ""]
    assert table["year"].dtype == pd.Int64Dtype()
    assert table["year"].tolist() == [1961, -45, pd.NA]


def test_a_missing_genre_is_blank_and_not_a_genre_named_unknown():
    table = books_table(BOOKS)
    assert table["genre"].tolist() == ["Science fiction", "Poetry", ""]
    assert table["genre_source"].tolist() == ["infobox", "inferred", "unknown"]


def test_links_are_listed_with_their_kind_and_number_of_books():
    pairs = build_pairs(BOOKS, min_link_count=1, ignore_links=[], held_out_links_per_book=0, seed=0)
    table = links_table(pairs)
    assert table["name"].tolist()[0] == "Poland"
    assert dict(zip(table["name"], table["num_books"], strict=True)) == {
        "Poland": 2,
        "Category:1961 novels": 1,
        "Category:Poetry books": 1,
        "Portal:Books": 1,
    }
    assert dict(zip(table["name"], table["kind"], strict=True))["Portal:Books"] == "portal"
    assert np.issubdtype(table["num_books"].dtype, np.integer)


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("War", "article"),
        ("Category:War", "category"),
        ("category : War", "category"),
        ("Wikipedia:WikiProject Novels", "project page"),
        ("Portal:Books", "portal"),
        ("2001: A Space Odyssey", "article"),
        (":War", "article"),
    ],
)
def test_the_prefix_of_a_link_gives_its_kind(link: str, kind: str):
    assert link_kind(link) == kind
