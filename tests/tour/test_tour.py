"""Tours: what a user writes is checked before anything is computed, and a default is made from data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import projector_export as px
from projector_export.embedding import Embedding
from projector_export.prepare.layouts.compute import LayoutOptions
from projector_export.prepare.table import prepare
from projector_export.tour.default import default_tour
from projector_export.tour.resolve import written_tour
from projector_export.tour.stops import Stop
from tests.helpers.made_exports import grouped_embedding
from tests.helpers.page_files import read_page_file

FLAT = np.stack([np.arange(60.0), np.arange(60.0) % 7], axis=1)
WORDS = pd.DataFrame(
    {
        "word": ["Café (place)", "café table", *[f"word {n}" for n in range(58)]],
        "topic": ["sea", "land", "air"] * 20,
        "code": ["1984", "2001"] * 30,
        "name": [f"name {n}" for n in range(60)],
    }
)


def words(**options: object) -> Embedding:
    rng = np.random.default_rng(0)
    return Embedding("words", rng.normal(size=(60, 8)), WORDS, "topic", **options)


def topics() -> Embedding:
    return Embedding("topics", np.eye(3, 8), ["sea", "land", "air"], None)


def resolved(*stops: object, layouts: tuple[str, ...] = ("tsne", "umap")) -> list[Stop]:
    tour = written_tour(list(stops), [words(), topics()], layouts)
    assert tour is not None
    return tour


def test_a_stop_becomes_parts_of_an_address():
    (stop,) = resolved(
        {
            "title": " Two  words ",
            "text": "They are\nnear.",
            "color": "code",
            "map": "umap",
            "select": "WORD 3",
            "show": ["2001", "1984"],
        }
    )
    assert stop.title == "Two words"
    assert stop.text == "They are near."
    # The order is that of the legend, in which the page writes its address.
    assert stop.view == {
        "map": "2",
        "color": "code",
        "show": ["1984", "2001"],
        "select": "word 3",
    }


def test_what_is_as_usual_is_left_out():
    (stop,) = resolved({"title": "x", "color": "topic", "map": "tsne", "table": "words"})
    assert stop.view == {}
    (stop,) = resolved({"title": "x", "table": "topics", "select": "land"})
    assert stop.view == {"table": "topics", "select": "land"}


def test_a_column_that_will_be_computed_can_be_shown():
    stop = {"title": "x", "color": "hubness"}
    (by_hubness,) = written_tour([stop], [words(add_columns=["hubness"])], ()) or []
    assert by_hubness.view == {"color": "hubness"}
    with pytest.raises(px.InputError, match="which is not offered to color by"):
        resolved(stop)


@pytest.mark.parametrize(
    ("stop", "message", "tip"),
    [
        ({"select": "wrod 33"}, "tour.1.select: there is no row labeled 'wrod 33'", "'word 33'"),
        ({"color": "topc"}, "tour.1.color is 'topc', which is not offered", "'topic'"),
        ({"color": "name"}, "tour.1.color is 'name', which is not offered", "topic, code"),
        ({"map": "umpa"}, "tour.1.map is 'umpa', which is not one", "'umap'"),
        ({"table": "topic"}, "tour.1.table is 'topic', which is not one", "'topics'"),
        (
            {"show": ["see"]},
            "tour.1.show is 'see', which is not a value of topic",
            "air, land, sea",
        ),
        (
            {"table": "topics", "show": ["sea"]},
            "tour.1.show needs a column to color by",
            None,
        ),
        ({"titel": "x"}, "there is no key tour.1.titel", "'title'"),
        ({"title": None}, "tour.1.title: input should be a valid string", None),
        ({"title": ""}, "tour.1.title: string should have at least 1 character", None),
        ({"show": "sea"}, "tour.1.show: input should be a valid list", None),
    ],
)
def test_what_does_not_exist_is_refused_with_the_nearest_name(stop, message, tip):
    with pytest.raises(px.UserFacingError) as caught:
        resolved({"title": "first"}, {"title": "second"} | stop)
    assert message in caught.value.message
    assert (tip or "") in (caught.value.tip or "")


def test_a_stop_needs_a_title():
    with pytest.raises(px.UsageError, match=r"tour\.0\.title is missing"):
        resolved({"text": "x"})


def test_a_wrong_tour_is_refused_before_anything_is_written(tmp_path: Path):
    with pytest.raises(px.InputError, match=r"tour\.0\.color is"):
        px.export(words(), folder=tmp_path / "map", tour=[{"title": "x", "color": "colour"}])
    with pytest.raises(px.UsageError, match="expected tour as a list"):
        px.export(words(), folder=tmp_path / "map", tour={"title": "x"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("tour", "titles"), [((), []), ([{"title": "One"}], ["One"])])
def test_the_page_gets_the_tour(tmp_path: Path, tour, titles):
    px.export(words(layouts={"flat": FLAT}), folder=tmp_path / "map", layouts=(), tour=tour)
    config = json.loads(read_page_file(tmp_path / "map" / "site", "config.json"))
    assert [stop["title"] for stop in config["tour"]] == titles


def prepared(**options: object):
    embedding = grouped_embedding(**options)
    flat = embedding.vectors[:, :2]
    embedding = Embedding(
        *("dots", embedding.vectors, embedding.metadata, "genre"),
        layouts={"tsne": flat, "umap": flat},
    )
    return prepare(embedding, layouts=LayoutOptions())


def test_the_default_tour_says_what_is_true_of_the_data():
    table = prepared(num_points=600)
    overview, largest, other, point, second, map_ = default_tour(table)
    assert overview.title == "600 dots: one for each of dots"
    # 12 of 78 shares are 92.3 of 600 points, rounded to 92, and 8 more fill the rest.
    count = int((table.metadata["genre"] == "Genre 00").sum())
    assert largest.view == {"show": ["Genre 00"]}
    assert largest.text.startswith(f"{count} points ({count / 6:.0f}%).")
    # The centers are far apart, so that all neighbors are of the same kind.
    assert "10 are Genre 00 too" in largest.text
    assert other.view["show"] != ["Genre 00"]
    row = table.metadata["title"].tolist().index(point.view["select"])
    assert table.metadata["genre"][row] == "Genre 00"
    units = table.vectors - table.vectors.mean(axis=0)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    nearest = np.argsort(-(units @ units[row]))[1:4]
    names = table.metadata["title"][nearest].tolist()
    assert point.text.endswith(f"Nearest to it are {names[0]}, {names[1]} and {names[2]}.")
    assert second.view == {"color": "year"}
    assert "year is from 1500 to 1999." in second.text
    assert map_.view == {"map": "2"}
    assert map_.title == "The same points by UMAP"


def test_a_plain_table_has_a_short_tour():
    table = prepare(Embedding("dots", np.eye(40, 8), [f"dot {n}" for n in range(40)], None))
    (stop,) = default_tour(table)
    assert stop.view == {}
    assert "Colors" not in stop.text


def test_a_label_that_several_points_have_is_no_stop():
    table = prepared(num_points=300)
    same = table.metadata.assign(title="the same")
    from dataclasses import replace

    stops = default_tour(replace(table, metadata=same))
    assert all("select" not in stop.view for stop in stops)
