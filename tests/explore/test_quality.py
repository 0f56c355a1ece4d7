"""The faithfulness of maps: scikit-learn's figures, and some that can be worked out by hand."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score

import projector_export as px
from projector_export.errors import InputError
from projector_export.explore import quality
from projector_export.explore.quality import measure_faithfulness
from projector_export.prepare.geometry import unit_norm
from projector_export.prepare.neighbor_ranks import neighbor_figures
from tests.helpers.made_exports import grouped_embedding, write_made_export
from tests.helpers.running import PROJECT


def angles(*degrees: float) -> np.ndarray:
    """Unit vectors in a plane of three dimensions."""
    radians = np.radians(degrees)
    return np.column_stack([np.cos(radians), np.sin(radians), 0 * radians]).astype("f4")


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 10_000), num_rows=st.integers(22, 150), dimensions=st.sampled_from([2, 3])
)
def test_trustworthiness_and_continuity_are_those_of_scikit_learn(
    seed, num_rows, dimensions
) -> None:
    rng = np.random.default_rng(seed)
    # In float64; in float32 two nearly equal distances may round to another order.
    units = rng.normal(size=(num_rows, 6))
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    layout = rng.normal(size=(num_rows, dimensions))
    found = neighbor_figures(units, {"map": layout}, np.arange(num_rows), k=10)["map"]
    # Of unit vectors, Euclidean distances have the order of cosine distances.
    assert found["trustworthiness"] == pytest.approx(trustworthiness(units, layout, n_neighbors=10))
    assert found["continuity"] == pytest.approx(trustworthiness(layout, units, n_neighbors=10))


def test_of_one_neighbor_on_a_line_the_figures_are_worked_out_by_hand() -> None:
    # Rows at 0, 10, 30, 70 degrees; on the map, the last one stands beside the first.
    vectors = angles(0, 10, 30, 70)
    layout = np.array([[0, 0], [10, 0], [30, 0], [-1, 0]], "f4")
    figures = measure_faithfulness(vectors, {"map": layout}).maps["map"]
    # Nearest vectors: 1, 0, 1, 2; nearest on the map: 3, 0, 1, 0. So 2 of 4 are recalled. The
    # intruders have ranks 3 and 3, and the missed neighbors ranks 2 (row 0) and 3 (row 3).
    assert figures["neighbor_recall"] == 0.5
    worst = 4 * 1 * (2 * 4 - 3 * 1 - 1) / 2
    assert figures["trustworthiness"] == pytest.approx(1 - (2 + 2) / worst)
    assert figures["continuity"] == pytest.approx(1 - (1 + 2) / worst)


def test_a_map_that_is_the_vectors_is_perfect_and_a_random_one_is_chance() -> None:
    rng = np.random.default_rng(0)
    points = unit_norm(rng.normal(size=(1000, 3)).astype("f4"))
    maps = {"same": points, "random": rng.normal(size=(1000, 2)).astype("f4")}
    found = measure_faithfulness(points, maps).maps
    assert found["same"] == pytest.approx(dict.fromkeys(found["same"], 1), abs=1e-3)
    chance = {"trustworthiness": 0.5, "continuity": 0.5, "neighbor_recall": 0.01}
    assert found["random"] == pytest.approx({**chance, "random_triplets": 0.5}, abs=0.03)


def test_a_triplet_counts_if_the_map_has_the_same_point_nearer() -> None:
    rng = np.random.default_rng(1)
    rows = np.zeros(3000, int)  # always from the first row, to any two of the others
    layouts = {
        "mirrored": np.array([[0, 0], [-1, 0], [-2, 0]]),
        "turned": np.array([[0, 0], [2, 0], [1, 0]]),
    }
    found = quality.random_triplets(angles(0, 10, 30), layouts, rows, rng=rng)
    assert found == {"mirrored": 1, "turned": 0}


def test_silhouettes_are_scikit_learns_without_other_and_unknown() -> None:
    embedding = grouped_embedding(200)
    units, flat = unit_norm(embedding.vectors), embedding.vectors[:, :2]
    genres = embedding.metadata["genre"].replace({"Genre 03": "Other", "Genre 04": "Unknown"})
    found = measure_faithfulness(units, {"map": flat}, categories=genres)
    is_named = ~genres.isin(["Other", "Unknown"]).to_numpy()
    named = genres[is_named]
    assert found.column == "genre"
    for space, points, metric in (("vectors", units, "cosine"), ("map", flat, "euclidean")):
        assert set(found.silhouette[space]) == set(named)
        weights = [int((named == name).sum()) for name in found.silhouette[space]]
        mean = np.average(list(found.silhouette[space].values()), weights=weights)
        assert mean == pytest.approx(silhouette_score(points[is_named], named, metric=metric))
        assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize("cells", [["a"] * 30, [str(row) for row in range(30)], ["Other"] * 30])
def test_one_category_or_as_many_as_rows_have_no_silhouette(cells) -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 5)).astype("f4")
    assert measure_faithfulness(vectors, {}, categories=pd.Series(cells)).silhouette == {}


def test_of_many_rows_a_seeded_sample_is_measured_among_all(monkeypatch) -> None:
    rng = np.random.default_rng(0)
    units = unit_norm(rng.normal(size=(3000, 5)).astype("f4"))
    maps = {"map": units[:, :2]}
    whole = measure_faithfulness(units, maps)
    monkeypatch.setattr(quality, "MAX_SAMPLED", 800)
    sampled = measure_faithfulness(units, maps, seed=3)
    assert (whole.num_sampled, sampled.num_sampled, sampled.num_rows) == (3000, 800, 3000)
    assert sampled == measure_faithfulness(units, maps, seed=3)
    assert sampled != measure_faithfulness(units, maps, seed=4)
    # Among the sample alone, the nearest 10 of 800 would be far more distant.
    assert sampled.maps["map"] == pytest.approx(whole.maps["map"], abs=0.02)


def test_of_millions_of_rows_fewer_are_measured() -> None:
    rng = np.random.default_rng(0)
    assert len(quality.sample_rows(37_020, rng)) == 5000
    assert len(quality.sample_rows(2_000_000, rng)) == 134  # 2**28 distances


@pytest.mark.parametrize("num_rows", [1, 2, 3, 5])
def test_tiny_and_repeated_points_have_figures_from_zero_to_one_or_none(num_rows) -> None:
    found = measure_faithfulness(np.ones((num_rows, 3)), {"map": np.zeros((num_rows, 2))})
    assert set(found.maps) == ({"map"} if num_rows >= 3 else set())
    assert all(0 <= value <= 1 for figures in found.maps.values() for value in figures.values())


def test_an_export_is_measured_with_the_maps_and_colors_that_it_has(tmp_path) -> None:
    shown = write_made_export(tmp_path, grouped_embedding(120), layouts=("tsne", "pca"))
    found = px.open_export(tmp_path).faithfulness()
    assert list(found.maps) == ["tsne", "pca"]
    assert found.column == "genre"
    direct = measure_faithfulness(shown.vectors, {"tsne": shown.layouts["tsne"]})
    assert found.maps["tsne"] == pytest.approx(direct.maps["tsne"], abs=1e-3)
    assert json.loads(json.dumps(found.to_dict()))["maps"].keys() == {"tsne", "pca"}
    assert px.open_export(tmp_path / "projector").faithfulness().maps == found.maps
    named = px.open_export(tmp_path).faithfulness(column="title")
    assert (named.column, named.silhouette) == ("title", {})
    with pytest.raises(InputError, match="books has no column 'genr'"):
        px.open_export(tmp_path).faithfulness(column="genr")


def test_three_dimensional_maps_are_measured_in_three(tmp_path) -> None:
    shown = write_made_export(tmp_path, grouped_embedding(120), layouts=("tsne",), dimensions=3)
    found = px.open_export(tmp_path).faithfulness().maps["tsne"]
    solid, flat = (
        measure_faithfulness(shown.vectors, {"tsne": shown.layouts["tsne"][:, :dims]}).maps["tsne"]
        for dims in (3, 2)
    )
    assert found == pytest.approx(solid, abs=1e-3)
    assert found["neighbor_recall"] > flat["neighbor_recall"]


def test_the_docs_give_the_meanings_that_the_report_gives() -> None:
    page = (PROJECT / "docs" / "python.md").read_text("utf-8")
    assert list(quality.MEANINGS.items()) == re.findall(
        r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE
    )
