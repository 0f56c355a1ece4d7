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
    with pytest.raises(InputError, match="needs a label, positive or negative"):
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
    with pytest.raises(InputError, match=r"names 'words\.metadata\.tsv', which does not exist"):
        px.open_export(upload).table()
    (upload / "projector_config.json").write_text('{"embeddings": []}')
    with pytest.raises(InputError, match='has no list "embeddings" with an entry'):
        px.open_export(upload)
    (upload / "projector_config.json").write_text('{"embeddings"')
    with pytest.raises(InputError, match=r"projector_config\.json cannot be read"):
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
