"""Columns that are computed: names of regions, trust in a point's place, hubness."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

import projector_export as px
from projector_export.errors import InputError
from projector_export.prepare.added_columns import (
    ADDED_COLUMNS,
    hubness,
    layout_trust,
    regions,
)
from projector_export.prepare.added_columns.base import AddedColumn, ColumnInput
from projector_export.prepare.added_columns.region_names import class_tf_idf, name_regions
from projector_export.prepare.added_columns.regions import find_regions
from projector_export.prepare.added_columns.terms import metadata_terms
from projector_export.prepare.geometry import unit_norm


def two_groups() -> np.ndarray:
    """20 points in a grid at (0, 0), 30 in one at (50, 0), and one far from both."""
    small = [(x, y) for x in range(5) for y in range(4)]
    large = [(50 + x, y) for x in range(6) for y in range(5)]
    return np.array([*small, *large, (25, 300)], "f4")


def column_input(vectors, layout=None) -> ColumnInput:
    return ColumnInput(vectors=np.asarray(vectors, "f4"), layout=layout, terms=list)


def angles(*degrees: float) -> np.ndarray:
    radians = np.radians(degrees)
    return np.column_stack([np.cos(radians), np.sin(radians), 0 * radians])


def test_the_largest_dense_region_is_the_first_and_a_lone_point_is_in_none() -> None:
    found = find_regions(two_groups())
    assert found.tolist() == [1] * 20 + [0] * 30 + [-1]


def test_fewer_than_sixteen_points_have_no_regions() -> None:
    assert find_regions(two_groups()[:15]).tolist() == [-1] * 15
    assert find_regions(np.zeros((0, 2), "f4")).tolist() == []


def test_of_many_points_a_sample_is_clustered_and_the_rest_is_placed_by_it(monkeypatch) -> None:
    monkeypatch.setattr(regions, "MAX_CLUSTERED", 90)
    # Each gap is 5% larger than the one before, so a cluster grows by one point after the other.
    small, large = (np.cumsum(1.05 ** np.arange(number)) for number in (40, 60))
    found = find_regions(np.column_stack([[*small, *(large + 10_000)], np.zeros(100)]).astype("f4"))
    assert found.tolist() == [1] * 40 + [0] * 60


def test_weights_of_terms_are_worked_out_by_hand() -> None:
    # Two classes with 4 and 2 terms, 3 on average; the terms occur 3, 2 and 1 times in all rows.
    weights = class_tf_idf(np.array([[3.0, 0, 1], [0, 2, 0]]), np.array([3.0, 2, 1]))
    expected = [[0.75 * np.log(2), 0, 0.25 * np.log(4)], [0, np.log(1 + 3 / 2), 0]]
    assert weights == pytest.approx(np.array(expected))


def test_a_region_is_named_by_what_its_rows_share_and_others_lack() -> None:
    terms = [["Japan", "novel"]] * 6 + [["France", "novel"]] * 5 + [["novel"]] * 5
    names = name_regions(np.repeat([0, 1, 2], [6, 5, 5]), terms)
    # All have "novel", so it tells nothing apart, and the last region has no name.
    assert names == ["Japan", "France", ""]


def test_a_term_of_less_than_half_of_the_rows_is_no_name() -> None:
    terms = [["ship"]] * 3 + [["storm"]] * 2 + [["wave"]] * 5 + [["desert"]] * 10
    assert name_regions(np.repeat([0, 1], 10), terms) == ["wave · ship", "desert"]
    terms[9] = []
    assert name_regions(np.repeat([0, 1], 10), terms) == ["", "desert"]


def test_a_name_has_two_terms_that_say_different_things() -> None:
    terms = [["Japanese novels", "Japan", "Tokyo"]] * 5 + [["Japanese novels", "Japan"]] * 3
    others = [["Paris"]] * 8
    # "Japanese novels" would be as good as "Japan", and longer; both would say it twice.
    assert name_regions(np.repeat([0, 1], 8), terms + others) == ["Japan · Tokyo", "Paris"]


def test_regions_may_share_a_name_and_the_first_spelling_is_kept() -> None:
    terms = [["Poetry"]] * 4 + [["poetry"]] * 3 + [["prose"]] * 9
    names = name_regions(np.repeat([0, 1, 2], [4, 3, 9]), terms)
    assert names == ["Poetry", "Poetry", "prose"]


def test_terms_are_the_values_of_categories_and_the_words_of_labels_and_texts() -> None:
    metadata = pd.DataFrame(
        {
            "title": ["The Sea, the Sea", "It"],
            "topic": [["sea", "water"], []],
            "day": ["1978-08-25", "1986-09-15"],
            "is_long": [True, False],
            "year": [1978, 1986],
            "text": ["An old man who lives alone by the coast. " * 2, "Other"],
        }
    )
    first, second = metadata_terms(metadata)
    assert {"sea", "water", "The", "Sea", "coast"} <= set(first)
    assert not {"1978", "1978-08-25", "True", "sea; water", "An"} & set(first)
    assert second == []  # two letters are no word, and blank cells no category


@given(st.lists(st.lists(st.text("aÄß \t東", max_size=5), max_size=4), min_size=8, max_size=30))
def test_names_consist_of_the_terms_whatever_they_are(terms) -> None:
    numbers = np.arange(len(terms)) % 3 - 1
    names = name_regions(numbers, terms)
    assert len(names) == 2
    distinct = {term.casefold() for of_row in terms for term in of_row}
    parts = [part for name in names if name for part in name.split(" · ")]
    assert {part.casefold() for part in parts} <= distinct


def test_trust_of_points_is_worked_out_by_hand() -> None:
    # On the map, the last point stands beside the first, whose vector is the furthest.
    layout = np.array([[0, 0], [10, 0], [30, 0], [-1, 0]], "f4")
    trust = layout_trust.layout_trust(column_input(angles(0, 10, 30, 70), layout))
    # One neighbor each. Points 0 and 3 have each other, of rank 3 in the vectors: 2 too many, and
    # at most 1 * (2 * 4 - 3 * 1 - 1) / 2 = 2. Points 1 and 2 have the right one.
    assert trust.tolist() == [0, 1, 1, 0]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), num_rows=st.integers(22, 80))
def test_the_mean_trust_of_points_is_the_trustworthiness_of_scikit_learn(seed, num_rows) -> None:
    rng = np.random.default_rng(seed)
    units = unit_norm(rng.normal(size=(num_rows, 6)))
    layout = rng.normal(size=(num_rows, 2))
    given_rows = ColumnInput(vectors=units, layout=layout, terms=list)
    trust = layout_trust.layout_trust(given_rows)
    expected = trustworthiness(units, layout, n_neighbors=10)
    assert trust.mean() == pytest.approx(expected, abs=1e-4)


def test_hubness_is_worked_out_by_hand(monkeypatch) -> None:
    monkeypatch.setattr(hubness, "NUM_NEIGHBORS", 1)
    # Rows at 0, 10, 30 and 70 degrees: their nearest are 1, 0, 1 and 2.
    counted = hubness.hubness(column_input(angles(0, 10, 30, 70)))
    assert counted.tolist() == [1, 2, 1, 0]


def test_hubness_counts_the_neighbors_of_scikit_learn() -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 5))
    nearest = NearestNeighbors(n_neighbors=10, metric="cosine").fit(vectors)
    expected = np.bincount(nearest.kneighbors(return_distance=False).ravel(), minlength=200)
    assert hubness.hubness(column_input(vectors)).tolist() == expected.tolist()


def grouped(num_rows: int = 150) -> tuple[np.ndarray, dict[str, list[str]]]:
    rng = np.random.default_rng(0)
    groups = np.arange(num_rows) % 3
    vectors = rng.normal(size=(3, 8))[groups] + 0.1 * rng.normal(size=(num_rows, 8))
    topics = [["sea", "land", "air"][group] for group in groups]
    return vectors, {"word": [f"word {n}" for n in range(num_rows)], "topic": topics}


def test_an_export_has_the_columns_it_was_asked_for_and_they_can_be_colored(tmp_path) -> None:
    columns = ("map_region", "layout_trust", "hubness")
    shown = px.export(*grouped(), tmp_path / "map", layouts=("pca",), add_columns=columns)
    metadata = shown.tables[0].metadata
    assert metadata.columns.tolist() == ["word", "topic", *columns]
    assert set(metadata["map_region"]) == {"sea", "land", "air", "Unknown"}
    is_named = metadata["map_region"] != "Unknown"
    assert (metadata["map_region"] == metadata["topic"])[is_named].all()
    assert metadata["hubness"].mean() == 10
    assert metadata["layout_trust"].between(0.5, 1).all()
    assert {one.column for one in shown.tables[0].colorings} == {"topic", *columns}
    assert shown.findings == []


def test_terms_of_ones_own_name_the_regions_and_the_map_can_be_colored_by_them(tmp_path) -> None:
    vectors, words = grouped()
    terms = [[f"about {topic}"] for topic in words["topic"]]
    options = {"layouts": ("pca",), "add_columns": ["map_region"], "terms": terms}
    shown = px.export(vectors, words, tmp_path / "map", color_by="map_region", **options)
    assert set(shown.tables[0].metadata["map_region"]) <= {
        *("about sea", "about land", "about air", "Unknown")
    }
    assert shown.tables[0].color_by == "map_region"


def test_without_a_map_there_are_no_regions_which_is_logged(tmp_path, caplog) -> None:
    caplog.set_level(logging.INFO)
    shown = px.export(*grouped(), tmp_path / "map", layouts=(), add_columns=["map_region"])
    assert "map_region" not in shown.tables[0].metadata
    assert "no map_region: there is no map" in caplog.messages
    with pytest.raises(InputError, match="cannot be colored by map_region"):
        px.export(
            *grouped(),
            tmp_path / "other",
            layouts=(),
            add_columns=["map_region"],
            color_by="map_region",
        )
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"add_columns": ["hubnes"]}, "there is no column 'hubnes' to add"),
        ({"add_columns": ["hubness"], "extra": "hubness"}, "already has a column 'hubness'"),
        ({"terms": [["a"]]}, "terms of 1 rows; expected a list for each of 150"),
    ],
)
def test_what_does_not_fit_is_refused(options, message) -> None:
    vectors, words = grouped()
    if extra := options.pop("extra", None):
        words[extra] = words["topic"]
    with pytest.raises(InputError, match=message):
        px.Embedding("words", vectors, words, **options)


def test_more_rows_than_can_be_compared_are_refused(monkeypatch, tmp_path) -> None:
    few = AddedColumn(compute=layout_trust.layout_trust, max_rows=100)
    monkeypatch.setitem(ADDED_COLUMNS, "layout_trust", few)
    with pytest.raises(InputError, match="layout_trust of 150 rows would take hours"):
        px.export(*grouped(), tmp_path / "map", layouts=("pca",), add_columns=["layout_trust"])
