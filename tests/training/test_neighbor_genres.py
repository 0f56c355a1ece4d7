"""Missing genres from neighbors: who gets one, how reliable it is, and what stays as it was."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.helpers.planted_books import planted_books
from tests.helpers.running import exit_code
from training.data.books import write_books
from training.neighbor_genres import fill_genres, guess_genres


def library(num_books: int = 600, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Two genres that lie apart, and a third of the books in between, of either genre."""
    rng = np.random.default_rng(seed)
    is_poetry = np.arange(num_books) % 2 == 0
    vectors = np.where(is_poetry[:, None], [1.0, 0, 0, 0], [0, 1.0, 0, 0])
    is_between = np.arange(num_books) % 3 == 0
    vectors[is_between] = [0.5, 0.5, 1, 0]
    vectors = vectors + 0.05 * rng.normal(size=vectors.shape)
    genres = np.where(is_poetry, "Poetry", "Drama").astype(object)
    table = pd.DataFrame({"genre": genres, "genre_source": "infobox"})
    return table, vectors.astype("f4")


def withhold(table: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    known = table.copy()
    known.loc[rows, ["genre", "genre_source"]] = ["", "unknown"]
    return known


def test_books_amid_one_genre_get_it_and_those_between_genres_stay_unknown() -> None:
    table, vectors = library()
    rows = np.arange(0, 600, 7)
    filled = fill_genres(withhold(table, rows), vectors, min_reliability=0.9)
    is_between = rows % 3 == 0
    assert (filled["genre"] == table["genre"])[rows[~is_between]].all()
    assert (filled["genre_source"][rows[~is_between]] == "neighbors").all()
    assert (filled["genre_reliability"][rows[~is_between]] >= 0.9).all()
    assert (filled["genre"][rows[is_between]] == "").all()
    assert (filled["genre_source"][rows[is_between]] == "unknown").all()
    assert filled["genre_reliability"][rows[is_between]].isna().all()


def test_books_with_a_genre_or_with_an_unmapped_one_stay_as_they_are() -> None:
    table, vectors = library()
    table.loc[5, "genre"] = "Other"
    missing = withhold(table, np.arange(7, 600, 7))
    filled = fill_genres(missing, vectors, min_reliability=0)
    had_one = missing["genre"] != ""
    pd.testing.assert_frame_equal(filled.loc[had_one, table.columns], table[had_one])
    assert (filled["genre"] != "").all()


def test_reliabilities_are_the_shares_of_right_guesses() -> None:
    table, vectors = library(3000)
    rows, known = np.split(np.random.default_rng(1).permutation(3000), [750])
    guesses = guess_genres(vectors, table["genre"].tolist(), known=known, rows=rows)
    is_right = np.array(guesses.genres) == table["genre"].to_numpy()[rows]
    is_sure = guesses.reliabilities > 0.8
    # Between genres a guess is a coin; elsewhere it is certain.
    assert guesses.reliabilities[is_sure].mean() == pytest.approx(
        is_right[is_sure].mean(), abs=0.05
    )
    assert guesses.reliabilities[~is_sure].mean() == pytest.approx(
        is_right[~is_sure].mean(), abs=0.05
    )
    assert is_right[~is_sure].mean() == pytest.approx(0.5, abs=0.1)


def test_with_fewer_than_a_hundred_known_genres_none_is_guessed() -> None:
    table, vectors = library(120)
    filled = fill_genres(withhold(table, np.arange(21)), vectors, min_reliability=0)
    assert (filled["genre"][:21] == "").all()


def test_equal_vectors_do_not_let_a_book_vote_for_itself() -> None:
    vectors = np.ones((200, 4), "f4")
    genres = [f"Genre {row % 2}" for row in range(200)]
    guesses = guess_genres(vectors, genres, known=np.arange(199), rows=np.array([199]))
    assert guesses.reliabilities[0] == pytest.approx(0.5, abs=0.01)


@pytest.mark.slow
def test_a_run_fills_genres_if_asked_to_and_export_can_undo_it(
    tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    books = planted_books()
    for book in books[::10]:
        book.infobox["genre"] = ""
    with (tmp_path / "books.ndjson").open("w", encoding="utf-8") as file:
        write_books(books, file)
    config = {
        "run": "filled",
        "dataset": {"books": "books.ndjson", "genres_from_neighbors": 0.0},
        "export": {"layouts": []},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    assert exit_code(["run", "config.yaml"]) == 0
    metadata = tmp_path / "logs/filled/upload/books.metadata.tsv"
    table = pd.read_csv(metadata, sep="\t")
    assert (table["genre_source"] == "neighbors").sum() == 20
    assert (table["genre_reliability"] != "Unknown").sum() == 20
    assert "20 of 20 books without a genre have that of their" in capsys.readouterr().err
    assert exit_code(["export", "filled", "--set", "dataset.genres_from_neighbors=null"]) == 0
    assert (pd.read_csv(metadata, sep="\t")["genre"] == "Unknown").sum() == 20
