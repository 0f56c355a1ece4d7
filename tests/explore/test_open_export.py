"""An export of any tool can be opened, and gives the same neighbors as the viewer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from projector_export.errors import InputError, RunError

# Three axes, and rows between them: cosines can be worked out by hand.
WORDS = ["east", "north", "up", "north-east", "west"]
VECTORS = np.array([[2, 0, 0], [0, 3, 0], [0, 0, 1], [1, 1, 0], [-1, 0, 0]], "f4")
HALF = np.sqrt(0.5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tables: five words in 4 dimensions, and three colors."""
    words = px.Embedding(
        "words", np.pad(VECTORS, ((0, 0), (0, 1))), {"word": WORDS, "code": [7, 8, 9, 10, 11]}
    )
    colors = px.Embedding("colors", np.eye(3, 4), {"color": ["red", "green", "007"]})
    path = tmp_path_factory.mktemp("open") / "map"
    px.export([words, colors], folder=path, layouts=())
    return path


@pytest.fixture(scope="module")
def opened(folder: Path) -> px.OpenExport:
    return px.open_export(folder)


def similar(opened: px.OpenExport, *arguments: object, **options: object) -> dict[str, float]:
    found = opened.most_similar(*arguments, **options)
    return {label: round(similarity, 4) for label, similarity in found}


def test_the_tables_come_in_the_order_of_the_export(opened: px.OpenExport) -> None:
    assert list(opened.tables) == ["words", "colors"]
    assert len(opened.tables) == 2
    assert opened.table() is opened.tables["words"]
    assert opened.table("colors").labels == ["red", "green", "007"]
    assert opened.table("words").metadata["code"].tolist() == [7, 8, 9, 10, 11]


def test_neighbors_are_those_of_the_viewer(opened: px.OpenExport) -> None:
    found = opened.neighbors("EAST", k=2)
    assert found["label"].tolist() == ["north-east", "north"]
    np.testing.assert_allclose(found["similarity"], [HALF, 0], atol=1e-6)
    assert opened.neighbors("east", k=1, least=True)["label"].tolist() == ["west"]


def test_of_one_label_most_similar_lists_its_neighbors(opened: px.OpenExport) -> None:
    assert similar(opened, "east", topn=2) == {"north-east": 0.7071, "north": 0}


def test_labels_are_added_as_unit_vectors(opened: px.OpenExport) -> None:
    # east has length 2 and north 3, but their sum is at 45 degrees.
    assert list(similar(opened, ["east", "north"])) == ["north-east", "up", "west"]
    assert similar(opened, ["east", "north"], topn=1) == {"north-east": 1.0}
    # (1, 1, 1): cosines 2 / sqrt(2 * 3) to north-east and -1 / sqrt(3) to west.
    assert similar(opened, ["east", "north", "up"]) == {"north-east": 0.8165, "west": -0.5774}


def test_negative_labels_are_subtracted(opened: px.OpenExport) -> None:
    # north-east minus east is (0.7071 - 1, 0.7071, 0), at 112.5 degrees from east.
    angle = np.radians(112.5)
    assert similar(opened, "north-east", "east") == {
        "north": round(float(np.sin(angle)), 4),
        "west": round(float(-np.cos(angle)), 4),
        "up": 0,
    }
    assert similar(opened, negative=["east"], topn=1) == {"west": 1.0}


def test_labels_that_cancel_out_are_similar_to_nothing(opened: px.OpenExport) -> None:
    assert similar(opened, ["east", "west"]) == {"north": 0, "up": 0, "north-east": 0}


def test_another_table_is_asked_by_its_name(opened: px.OpenExport) -> None:
    assert similar(opened, "red", table="colors") == {"green": 0, "007": 0}
    assert opened.find_label("GREEN", table="colors") == "green"


def test_no_label_an_unknown_label_and_an_unknown_table_are_refused(opened) -> None:
    with pytest.raises(InputError, match="expected a label, positive or negative"):
        opened.most_similar()
    with pytest.raises(InputError, match="no row labeled 'nort' in words") as caught:
        opened.most_similar(["east"], "nort")
    assert caught.value.tip == "did you mean 'north', 'north-east'?"
    with pytest.raises(InputError, match="has no table 'sounds'") as caught:
        opened.neighbors("east", table="sounds")
    assert caught.value.tip == "tables are: words, colors"


@pytest.mark.parametrize("part", ["projector", "upload"])
def test_one_part_of_an_export_is_enough(folder: Path, tmp_path: Path, part: str) -> None:
    shutil.copytree(folder / part, tmp_path / part)
    opened = px.open_export(str(tmp_path / part))
    assert similar(opened, ["east", "north"], topn=1) == {"north-east": 1.0}
    # 007 was kept from becoming the number 7 by a word joiner, which is not part of the label.
    assert opened.table("colors").labels[2] == "007"


def test_without_metadata_rows_are_labeled_by_their_number(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "upload", tmp_path / "upload")
    change_config(tmp_path / "upload", lambda entry: entry.pop("metadataPath"))
    assert px.open_export(tmp_path / "upload").table().labels[:2] == ["row 0", "row 1"]


def change_config(upload: Path, change) -> None:
    path = upload / "projector_config.json"
    config = json.loads(path.read_text("utf-8"))
    change(config["embeddings"][0])
    path.write_text(json.dumps(config), "utf-8")


def test_a_damaged_export_is_refused_in_one_line(folder: Path, tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    shutil.copytree(folder / "upload", upload)
    metadata = upload / "words.metadata.tsv"
    metadata.write_text(metadata.read_text().removesuffix("west\t11\n"))
    with pytest.raises(InputError, match="words has 5 vectors but 4 labels"):
        px.open_export(upload).table()
    metadata.unlink()
    with pytest.raises(
        InputError, match=r"names 'words\.metadata\.tsv', which is not a file in its folder"
    ):
        px.open_export(upload).table()
    (upload / "projector_config.json").write_text('{"embeddings": []}')
    with pytest.raises(InputError, match='has no list "embeddings" with an entry'):
        px.open_export(upload)
    (upload / "projector_config.json").write_text('{"embeddings"')
    with pytest.raises(InputError, match=r"projector_config\.json:1 cannot be read"):
        px.open_export(upload)


def test_a_checkpoint_without_the_tensor_is_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "projector", tmp_path / "projector")
    config = tmp_path / "projector" / "projector_config.pbtxt"
    config.write_text(config.read_text().replace('tensor_name: "words"', 'tensor_name: "terms"'))
    with pytest.raises(InputError, match="no checkpoint with the tensor 'terms'"):
        px.open_export(tmp_path / "projector").table()


def test_a_folder_without_an_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="has no export"):
        px.open_export(tmp_path)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> px.OpenExport:
    """Eight places at 0, 10, ..., 70 degrees, and directions that were learned with them."""
    angles = np.radians(np.arange(0, 80, 10))
    rows = np.stack([np.cos(angles), np.sin(angles), 0 * angles, 0 * angles], axis=1)
    metadata = {
        "place": [f"at {angle}" for angle in range(0, 80, 10)],
        "kind": ["Town", "River", "Town", "Lake", "Town", "River", "Town", "Town"],
        "year": [1900, 1950, 1900, 2000, 1950, 1900, 2000, 1900],
        "uses": ["swim; row", "row", "walk", "swim", "walk", "walk", "walk", "walk"],
    }
    directions = px.Embedding("directions", np.eye(2, 4), ["east", "north"])
    path = tmp_path_factory.mktemp("where") / "map"
    px.export([px.Embedding("places", rows, metadata), directions], folder=path, layouts=())
    return px.open_export(path)


def labels(found: object) -> list[str]:
    return list(found["label"])


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"kind": "Town"}, ["at 20", "at 40", "at 60", "at 70"]),
        ({"kind": "lake"}, ["at 30"]),
        ({"kind": ["Lake", "River"]}, ["at 10", "at 30", "at 50"]),
        ({"kind": "Town", "year": 1900}, ["at 20", "at 70"]),
        ({"year": "2000"}, ["at 30", "at 60"]),
        ({"uses": "row"}, ["at 10"]),
        ({"uses": "swim"}, ["at 30"]),
        ({}, [f"at {angle}" for angle in range(10, 80, 10)]),
    ],
)
def test_only_rows_with_the_values_are_searched(places, where, expected) -> None:
    assert labels(places.neighbors("at 0", where=where)) == expected
    assert [label for label, _ in places.most_similar("at 0", where=where)] == expected


def test_the_query_row_need_not_have_the_values(places: px.OpenExport) -> None:
    found = places.neighbors("at 30", where={"kind": "River"}, k=1)
    assert labels(found) == ["at 50"]  # at 10 is as near, and comes second or first by rounding
    np.testing.assert_allclose(found["similarity"], [np.cos(np.radians(20))], atol=1e-6)
    assert labels(places.neighbors("at 30", where={"kind": "Lake"})) == []


def test_a_row_of_one_table_is_searched_in_another(places: px.OpenExport) -> None:
    assert labels(places.neighbors("east", of="directions", k=2)) == ["at 0", "at 10"]
    assert labels(places.neighbors("north", of="directions", k=1)) == ["at 70"]
    # Between east and north, at 45 degrees: 40 and 50 are equally near.
    assert set(labels(places.neighbors(["east", "north"], of="directions", k=2))) == {
        "at 40",
        "at 50",
    }
    found = places.neighbors("at 20", of="places", table="directions")
    np.testing.assert_allclose(found["similarity"], np.cos(np.radians([20, 70])), atol=1e-6)
    # A row of the same label in the other table is not left out.
    assert labels(places.neighbors("north", of="directions", table="directions")) == ["east"]


def test_labels_are_subtracted_in_a_table_of_neighbors(places: px.OpenExport) -> None:
    # north - east points to 135 degrees: the farther from 0 degrees, the closer to it.
    found = places.neighbors("north", negative="east", of="directions", k=2)
    assert labels(found) == ["at 70", "at 60"]
    assert found["rank"].tolist() == [1, 2]
    np.testing.assert_allclose(found["similarity"], np.cos(np.radians([65, 75])), atol=1e-6)


@pytest.mark.parametrize(
    ("where", "message", "tip"),
    [
        ({"knd": "x"}, "places has no column 'knd'", "did you mean 'kind'? columns are: place,"),
        ({"kind": "Rivr"}, "no row of places has kind=Rivr", "did you mean 'River'?"),
        (
            {"kind": "zzz"},
            "no row of places has kind=zzz",
            "most frequent values are: 'Town', 'Riv",
        ),
        ({"year": 1066}, "no row of places has year=1066", "most frequent values are: '1900', '19"),
    ],
)
def test_an_unknown_column_or_value_names_the_nearest(places, where, message, tip) -> None:
    with pytest.raises(InputError) as caught:
        places.neighbors("at 0", where=where)
    assert caught.value.message == message
    assert tip in caught.value.tip


def test_tables_with_different_dimensions_cannot_be_searched_together(tmp_path: Path) -> None:
    tables = [
        px.Embedding("a", np.eye(3, 4), list("xyz")),
        px.Embedding("b", np.eye(3, 5), list("uvw")),
    ]
    px.export(tables, folder=tmp_path / "map", layouts=())
    with pytest.raises(InputError, match="a has 4 dimensions and b has 5; expected tables whose"):
        px.open_export(tmp_path / "map").neighbors("u", of="b")


def test_a_value_that_was_grouped_for_the_colors_is_found_in_its_original(tmp_path: Path) -> None:
    # Twelve kinds: the nine most frequent keep their names, k10 and k11 are "Other".
    kinds = [f"k{number:02}" for number in range(12) for _ in range(14 - number)]
    vectors = np.random.default_rng(0).normal(size=(len(kinds), 4))
    metadata = {"word": [f"word {row}" for row in range(len(kinds))], "kind": kinds}
    px.export(vectors, metadata, tmp_path / "map", color_by="kind", layouts=())
    opened = px.open_export(tmp_path / "map")
    found = opened.neighbors("word 0", where={"kind": "k11"})
    assert len(found) == kinds.count("k11") == 3
    rest = kinds.count("k09") + kinds.count("k10") + kinds.count("k11")
    assert len(opened.neighbors("word 0", where={"kind": "Other"}, k=99)) == rest


def test_labels_that_are_numbers_are_found(tmp_path: Path) -> None:
    px.export(np.eye(3, 4), {"id": [7, 8, 9], "kind": list("xyx")}, tmp_path / "map", layouts=())
    opened = px.open_export(tmp_path / "map")
    assert sorted(opened.table().labels) == ["7", "8", "9"]
    assert sorted(labels(opened.neighbors("8"))) == ["7", "9"]
    assert labels(opened.neighbors("7", where={"kind": "x"})) == ["9"]
