"""A link to the page chooses points in Python too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import projector_export as px
from projector_export.explore.links import Link, read_link, read_rows

# Five directions in the plane, at 0, 10, 20, 90 and 180 degrees.
ANGLES = np.deg2rad([0, 10, 20, 90, 180])
VECTORS = np.stack([np.cos(ANGLES), np.sin(ANGLES), np.zeros(5)], axis=1)
PLACES = np.array([[0, 0], [1, 4], [2, 8], [3, 2], [4, 6]], float)
WORDS = {
    "word": ["east", "=1+1", "south, west", "north", "west"],
    "kind": ["a", "b", "a", "b", "a"],  # the first of each is where the legend has it
    "year": [-5, 2, 3, 4, 5],
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> px.OpenExport:
    folder = tmp_path_factory.mktemp("selected") / "map"
    table = px.Embedding(
        "words", VECTORS, WORDS, "kind", layouts={"flat": PLACES}, prepare_vectors=False
    )
    tour = [{"title": "North", "select": "north", "show": ["a"]}]
    px.export(table, folder=folder, layouts=(), tour=tour)
    return px.open_export(folder)


def labels(found: pd.DataFrame) -> list[str]:
    return found["word"].tolist()


def test_a_point_comes_first_and_its_neighbors_follow(opened):
    found = opened.select("https://example.org/map/#select=east&neighbors=3")
    assert labels(found) == ["east", "=1+1", "south, west", "north"]
    assert found["similarity"].tolist() == pytest.approx(np.cos(np.deg2rad([0, 10, 20, 90])))
    # The viewer stretches the axes from -1 to 1: x of 0 to 4 and y of 0 to 8.
    assert found["map_x"].tolist() == pytest.approx([-1, -0.5, 0, 0.5], abs=1e-4)
    assert found["map_y"].tolist() == pytest.approx([-1, 0, 1, -0.5], abs=1e-4)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("", WORDS["word"]),
        ("#", WORDS["word"]),
        ("#show=b", ["=1+1", "north"]),
        ("#show=a&show=b", WORDS["word"]),
        ("#rows=3.0-1", ["east", "=1+1", "north"]),
        ("#isolate=1-2.4", ["=1+1", "south, west", "west"]),
        ("#isolate=1-2.4&show=a", ["south, west", "west"]),
        ("#isolate=0.2.3&select=east&neighbors=5", ["east", "south, west", "north"]),
        ("#tour=1&neighbors=5", ["north", "south, west", "=1+1", "east", "west"]),
        ("#tour=1&select=", ["east", "south, west", "west"]),
        ("#tour=7&show=b", ["=1+1", "north"]),
        ("select=SOUTH+west&neighbors=5&isolate=2", ["south, west"]),
        ("#rows=9-99999999999999999999", []),
    ],
)
def test_a_link_chooses_what_the_page_shows(opened, link, found):
    assert sorted(labels(opened.select(link))) == sorted(found)


@pytest.mark.parametrize(
    ("link", "message", "tip"),
    [
        ("#select=eest", "there is no row labeled 'eest'", "'east'"),
        ("#color=knd&show=a", "a column to color by that does not exist: 'knd'", "'kind'"),
        ("#show=c", "a value of kind that does not exist: 'c'", "a, b"),
        ("#map=3", "a map that does not exist: '3'", "1"),
        ("#table=word", "a table that does not exist: 'word'", "'words'"),
    ],
)
def test_a_wrong_link_is_refused_with_the_nearest_name(opened, link, message, tip):
    with pytest.raises(px.InputError) as caught:
        opened.select(link)
    assert message in caught.value.message
    assert tip in str(caught.value.tip)


def test_columns_of_the_same_names_are_kept(tmp_path: Path):
    metadata = {"word": list("abcde"), "map_x": [1, 2, 3, 4, 5], "similarity": list("vwxyz")}
    px.export(VECTORS, metadata, tmp_path / "map", layouts=("pca",))
    found = px.open_export(tmp_path / "map").select("select=a")
    assert found.columns.tolist() == [
        *("word", "map_x", "similarity", "map_x_", "map_y", "similarity_")
    ]


def test_the_first_value_counts_and_unknown_parts_do_not():
    assert read_link("#select=a&select=b&what=c") == Link(select="a")
    assert read_link("?color=a%2Bb+c") == Link(color="a+b c")
    assert read_link("#show=&show=a") == Link(show=("a",))


@given(st.sets(st.integers(0, 300)), st.integers(1, 301))
def test_ranges_restore_rows(rows: set[int], num_rows: int):
    text = ".".join(map(str, rows))
    assert read_rows(text, num_rows) == sorted(row for row in rows if row < num_rows)


@given(st.text())
def test_any_text_is_a_link(text: str):
    read_rows(text, 10)
    read_link(text, [{"view": {"select": "a"}}])
