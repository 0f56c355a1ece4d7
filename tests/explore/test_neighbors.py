from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.errors import InputError
from projector_export.explore.neighbors import find_row
from tests.helpers.neighbors import find_neighbors

# Directions at 0, 30, 60, 90 and 180 degrees, of different lengths.
DEGREES = np.array([0, 30, 60, 90, 180])
FAN = (np.stack([np.cos(np.radians(DEGREES)), np.sin(np.radians(DEGREES))], axis=1)).astype("f4")
FAN *= np.array([[1], [5], [0.1], [2], [3]], "f4")
NAMES = ["east", "30", "60", "north", "west"]
TITLES = ["War and Peace", "Emma", "The Idiot", "Peace", "Straße", "WAR AND PEACE", "Émile", "Dune"]


def found(row: int, *, k: int, order: str = "nearest") -> list[tuple[int, str, float]]:
    neighbors = find_neighbors(FAN, NAMES, row, k=k, order=order)
    return [(n.rank, n.label, round(n.similarity, 4)) for n in neighbors]


def test_the_nearest_come_first_with_the_cosine_of_their_angle():
    assert found(0, k=3) == [(1, "30", 0.866), (2, "60", 0.5), (3, "north", 0.0)]


def test_the_least_similar_come_first_when_asked_for():
    assert found(0, k=2, order="least") == [(1, "west", -1.0), (2, "north", 0.0)]


@pytest.mark.parametrize("order", ["nearest", "least"])
def test_asking_for_more_than_there_are_gives_all_but_the_row_itself(order: str):
    labels = [label for _, label, _ in found(2, k=99, order=order)]
    assert sorted(labels) == ["30", "east", "north", "west"]


def test_equal_similarities_are_ordered_by_row():
    # 30 and north are both 30 degrees from 60; equal rows keep the order of the file.
    rows = np.repeat(FAN[[0, 3, 0]], [3, 4, 3], axis=0)
    labels = [str(row) for row in range(10)]
    assert [n.label for n in find_neighbors(rows, labels, 8, k=4)] == ["0", "1", "2", "7"]
    assert [n.label for n in find_neighbors(rows, labels, 1, k=7)] == list("0278934")
    least = find_neighbors(rows, labels, 0, k=5, order="least")
    assert [n.label for n in least] == ["3", "4", "5", "6", "1"]


@pytest.mark.parametrize("num_rows", [17, 1413])
def test_equal_vectors_have_equal_similarities_in_any_row(num_rows: int):
    rows = np.random.default_rng(0).normal(size=(num_rows, 50)).astype("f4")
    rows[1::3] = rows[1]
    twins = set(range(1, num_rows, 3))
    neighbors = find_neighbors(rows, list(map(str, range(num_rows))), 2, k=num_rows)
    found_twins = [int(n.label) for n in neighbors if int(n.label) in twins]
    assert found_twins == sorted(twins)


def test_rows_of_zeros_are_similar_to_nothing():
    rows = np.array([[1, 0], [0, 0], [1, 1]], "f4")
    assert [n.similarity for n in find_neighbors(rows, "abc", 1, k=2)] == [0, 0]


@settings(max_examples=60, deadline=None)
@given(
    num_rows=st.integers(2, 40),
    dim=st.sampled_from([3, 50]),
    k=st.integers(1, 45),
    seed=st.integers(0, 2**32 - 1),
)
def test_neighbors_are_exact(num_rows: int, dim: int, k: int, seed: int):
    rows = np.random.default_rng(seed).integers(-2, 3, size=(num_rows, dim)).astype("f4")
    lengths = np.maximum(np.linalg.norm(rows.astype("f8"), axis=1), 1e-9)
    cosines = rows.astype("f8") @ rows[0] / (lengths * lengths[0])
    neighbors = find_neighbors(rows, list(map(str, range(num_rows))), 0, k=k)
    assert [n.rank for n in neighbors] == list(range(1, min(k, num_rows - 1) + 1))
    similarities = [n.similarity for n in neighbors]
    expected = np.sort(cosines[1:])[::-1][:k]
    np.testing.assert_allclose(similarities, expected, atol=1e-6)
    assert all(-1 <= s <= 1 for s in similarities)
    assert similarities == sorted(similarities, reverse=True)
    assert "0" not in {n.label for n in neighbors}


@pytest.mark.parametrize(
    ("wanted", "row"),
    [
        ("Emma", 1),
        ("emma", 1),
        ("  THE\tidiot ", 2),
        ("War and Peace", 0),
        ("WAR AND PEACE", 5),
        ("war and peace", 0),
        ("STRASSE", 4),
        ("émile", 6),
    ],
)
def test_a_title_is_found_in_any_case_and_with_any_blanks(wanted: str, row: int):
    assert find_row(TITLES, wanted, table="books") == row


@pytest.mark.parametrize(
    ("wanted", "tip"),
    [
        ("Ema", "did you mean 'Emma'?"),
        ("Dun", "did you mean 'Dune'?"),
        ("Warr and Peece", "did you mean 'War and Peace', 'WAR AND PEACE'?"),
        ("peac", "did you mean 'War and Peace', 'Peace', 'WAR AND PEACE'?"),
        ("The Idoit (novel)", "did you mean 'The Idiot'?"),
        ("xyzzy", "no label has a similar spelling"),
        ("", "expected the label of a row"),
    ],
)
def test_an_unknown_title_gets_similar_ones_suggested(wanted: str, tip: str):
    with pytest.raises(InputError) as caught:
        find_row(TITLES, wanted, table="books")
    assert caught.value.message == f"there is no row labeled {wanted!r} in books"
    assert caught.value.tip == tip
    assert caught.value.exit_code == 2


CALLED = ["Emma (novel)", "Émile", "Catch-22", "The Idiot", "Dune (novel)", "Dune (film)", "Ema"]


@pytest.mark.parametrize(
    ("wanted", "label"),
    [
        ("emile", "Émile"),
        ("catch 22", "Catch-22"),
        ("EMMA", "Emma (novel)"),
        ("ema", "Ema"),
        ("The Idiot (novel)", "The Idiot"),
        ("dune film", "Dune (film)"),
    ],
)
def test_a_label_is_found_without_accents_punctuation_and_its_last_brackets(wanted, label):
    assert CALLED[find_row(CALLED, wanted, table="books")] == label


def test_if_several_labels_match_all_are_named():
    with pytest.raises(InputError) as caught:
        find_row(CALLED, "Dune", table="books")
    assert caught.value.message == "'Dune' matches several rows of books"
    assert caught.value.tip == "use one of 'Dune (novel)', 'Dune (film)'"


def test_different_parentheses_are_not_dropped():
    with pytest.raises(InputError) as caught:
        find_row(CALLED, "Emma (film)", table="books")
    assert caught.value.tip == "did you mean 'Emma (novel)'?"


def test_at_most_five_titles_are_named():
    with pytest.raises(InputError) as caught:
        find_row([f"Volume {n}" for n in range(20)], "volume", table="books")
    assert caught.value.tip.count("'Volume") == 5


def test_control_characters_of_a_title_are_not_printed():
    with pytest.raises(InputError) as caught:
        find_row(["Em\x1b[31mma"], "em\x1bx", table="books")
    assert "\x1b" not in caught.value.message + caught.value.tip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=8), max_size=6), st.text(max_size=8))
def test_any_title_is_found_or_refused(titles: list[str], wanted: str):
    try:
        assert 0 <= find_row(titles, wanted, table="books") < len(titles)
    except InputError:
        assert wanted not in titles
