"""Vectors and the metadata of another file, by the order of rows and by a key."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import projector_export as px
from projector_export.read.join import join_by_key
from tests.helpers.running import exit_code


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Three words, as GloVe has them."""
    path = tmp_path / "words.vec"
    path.write_text("3 4\nking 1 2 3 4\nqueen 2 3 4 5\nsea 3 4 5 6\n")
    return path


def table_of(folder: Path, content: str) -> Path:
    path = folder / "table.csv"
    path.write_text(content)
    return path


def columns_of(embedding: px.Embedding) -> dict[str, list[object]]:
    cells = embedding.metadata.astype(object).where(embedding.metadata.notna(), None)
    return {str(name): column for name, column in cells.to_dict("list").items()}


def test_by_order_the_columns_of_the_other_file_come_first(words, tmp_path) -> None:
    table = table_of(tmp_path, "name,kind\nKing,ruler\nQueen,ruler\nSea,water\n")
    assert columns_of(px.read_embedding(words, table)) == {
        "name": ["King", "Queen", "Sea"],
        "kind": ["ruler", "ruler", "water"],
        "word": ["king", "queen", "sea"],
    }


def test_by_order_a_column_in_both_files_is_that_of_the_other_file(words, tmp_path) -> None:
    table = table_of(tmp_path, "word,kind\nKing,ruler\nQueen,ruler\nSea,water\n")
    assert columns_of(px.read_embedding(words, table))["word"] == ["King", "Queen", "Sea"]


def test_by_order_a_different_number_of_rows_is_refused(words, tmp_path) -> None:
    table = table_of(tmp_path, "word,kind\nking,ruler\nqueen,ruler\n")
    with pytest.raises(px.InputError, match=r"words\.vec has 3 rows, and .*table\.csv has 2"):
        px.read_embedding(words, table)


def test_by_key_rows_may_have_any_order(words, tmp_path, caplog) -> None:
    table = table_of(tmp_path, "kind,word\nwater,sea\nruler,king\nruler,queen\n")
    with caplog.at_level(logging.INFO):
        embedding = px.read_embedding(words, table, join_on="word")
    assert columns_of(embedding) == {
        "word": ["king", "queen", "sea"],
        "kind": ["ruler", "ruler", "water"],
    }
    assert caplog.messages == []


def test_rows_without_a_match_are_counted_in_one_line(words, tmp_path, caplog) -> None:
    table = table_of(tmp_path, "token,kind,size\nsea,water,3\nriver,water,2\nking,ruler,1\n")
    with caplog.at_level(logging.INFO):
        embedding = px.read_embedding(words, table, join_on="token")
    assert columns_of(embedding) == {
        "word": ["king", "queen", "sea"],
        "kind": ["ruler", None, "water"],
        "size": [1, None, 3],
    }
    message = "by token, 1 of 3 vectors have no row of metadata, and 1 of 3 rows no vector"
    assert caplog.messages == [message]


def test_a_key_of_numbers_matches_as_it_is_printed(tmp_path) -> None:
    table = pd.DataFrame({"id": [7, 8], "e0": [1.0, 2.0], "e1": [3.0, 4.0], "e2": [5.0, 6.0]})
    table.to_parquet(tmp_path / "v.parquet")
    named = table_of(tmp_path, "title,id\nfirst,7.0\nsecond,8\nthird,\n")
    embedding = px.read_embedding(tmp_path / "v.parquet", named, join_on="id")
    assert columns_of(embedding)["title"] == ["first", "second"]


@pytest.mark.parametrize(
    ("content", "key", "message"),
    [
        ("word,kind\nking,a\nking,b\n", "word", "two rows with word 'king'; expected one"),
        ("word,kind\nKING,a\nb,b\n", "word", "no vector has a row of metadata by 'word'"),
        ("word,kind\nking,a\n", "words", "the metadata has no column 'words' to join on"),
    ],
)
def test_files_that_cannot_be_joined_are_refused(words, tmp_path, content, key, message) -> None:
    with pytest.raises(px.InputError, match=message):
        px.read_embedding(words, table_of(tmp_path, content), join_on=key)


def test_vectors_without_labels_have_no_key(tmp_path) -> None:
    np.save(tmp_path / "v.npy", np.ones((2, 3)))
    table = table_of(tmp_path, "word,kind\nking,a\nqueen,b\n")
    with pytest.raises(px.InputError, match=r"v\.npy has no labels to join 'word' with"):
        px.read_embedding(tmp_path / "v.npy", table, join_on="word")


def test_a_key_without_metadata_is_refused(words) -> None:
    with pytest.raises(px.UsageError, match="no file of metadata to join"):
        px.read_embedding(words, join_on="word")


def test_the_command_joins_and_counts(words, tmp_path, capsys) -> None:
    table = table_of(tmp_path, "word,kind\nsea,water\nking,ruler\n")
    arguments = ["export", str(words), str(table), "--join-on", "word"]
    assert exit_code([*arguments, "-o", str(tmp_path / "map"), "--layouts", "none"]) == 0
    shown = capsys.readouterr().err
    assert "by word, 1 of 3 vectors have no row of metadata, and 0 of 2 rows no vector" in shown
    assert set(px.open_export(tmp_path / "map").table().labels) == {"king", "queen", "sea"}


@given(
    own=st.lists(st.integers(0, 9), min_size=1, max_size=12),
    given_keys=st.permutations(range(8)).map(lambda keys: keys[:5]),
)
def test_every_vector_keeps_its_place_and_gets_its_own_row(own, given_keys) -> None:
    given_table = pd.DataFrame({"key": given_keys, "square": [key**2 for key in given_keys]})
    if not set(own) & set(given_keys):
        return
    joined = join_by_key(pd.DataFrame({"key": own}), given_table, "key")
    assert joined["key"].tolist() == own
    for key, square in zip(own, joined["square"], strict=True):
        assert square == key**2 if key in given_keys else pd.isna(square)
