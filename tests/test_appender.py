"""A table can be added to an export, and the others are not changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from projector_export.errors import InputError, RunError
from tests.helpers.page_files import page_config


def embedding(name: str, num_rows: int, *, dim: int = 5, seed: int = 0) -> px.Embedding:
    vectors = np.random.default_rng(seed).normal(size=(num_rows, dim))
    return px.Embedding(name, vectors, [f"{name} {row}" for row in range(num_rows)])


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("append") / "map"
    px.export(embedding("words", 40), folder=folder, layouts=("pca",))
    return folder


@pytest.fixture
def folder(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / "map"))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_table_is_added_to_every_part(folder: Path) -> None:
    before = contents(folder)
    report = px.append(folder, embedding("topics", 7, seed=1), layouts=("pca",))
    assert report.findings == []
    for part in ("projector", "upload"):
        opened = px.open_export(folder / part)
        assert list(opened.tables) == ["words", "topics"]
        assert opened.table("words").labels[3] == "words 3"
        assert opened.table("topics").vectors.shape == (7, 5)
        assert opened.table("topics").labels == [f"topics {row}" for row in range(7)]
    tables = page_config(folder / "site")["embeddings"]
    assert [entry["tensorName"] for entry in tables] == ["words", "topics"]
    after = contents(folder)
    assert "site/topics.vectors.bytes.gz" in after
    changed = {name for name in before if after.get(name) != before[name]}
    rewritten = ("config", "checkpoint", "ckpt", "index.html", "colorings.json")
    assert all(any(part in name for part in rewritten) for name in changed)


def test_existing_vectors_are_not_changed(folder: Path) -> None:
    before = px.open_export(folder / "projector").table("words").vectors
    px.append(folder, embedding("topics", 7))
    px.append(folder, embedding("kinds", 9))
    opened = px.open_export(folder / "projector")
    np.testing.assert_array_equal(opened.table("words").vectors, before)
    assert list(opened.tables) == ["words", "topics", "kinds"]


def test_a_longer_table_is_cut_so_that_tensorboard_still_opens_the_first(folder: Path) -> None:
    px.append(folder, embedding("a later table", 60))
    px.append(folder, embedding("zoo", 60))
    shapes = {
        part: [table.vectors.shape[0] for table in px.open_export(folder / part).tables.values()]
        for part in ("projector", "upload")
    }
    # Of equally long tables TensorBoard opens the first by name, so "a ..." has one row fewer.
    assert shapes == {"projector": [40, 39, 40], "upload": [40, 60, 60]}


@pytest.mark.parametrize("part", ["projector", "upload"])
def test_a_table_can_be_added_to_one_part(folder: Path, tmp_path: Path, part: str) -> None:
    shutil.copytree(folder / part, tmp_path / "logdir")
    assert px.append(tmp_path / "logdir", embedding("topics", 7)).num_errors == 0
    assert list(px.open_export(tmp_path / "logdir").tables) == ["words", "topics"]


def test_a_name_in_use_is_refused_and_nothing_changes(folder: Path) -> None:
    before = contents(folder)
    with pytest.raises(InputError, match="the export has a table 'words'") as caught:
        px.append(folder, embedding("words", 7))
    assert caught.value.tip == "name it differently; tables are: words"
    assert contents(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["map"]
    assert sorted(path.name for path in folder.iterdir()) == ["projector", "site", "upload"]


def test_a_folder_without_an_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="has no export to add a table to"):
        px.append(tmp_path, embedding("words", 7))


def test_a_folder_of_another_writer_without_a_checkpoint_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder / "projector", tmp_path / "logdir")
    for path in (tmp_path / "logdir").glob("vectors-*.ckpt*"):
        path.unlink()
    before = contents(tmp_path / "logdir")
    with pytest.raises(RunError, match="no checkpoint of all its tables"):
        px.append(tmp_path / "logdir", embedding("topics", 7))
    assert contents(tmp_path / "logdir") == before


def test_vectors_without_a_name_are_refused_with_how_to_pass_them(tmp_path) -> None:
    with pytest.raises(px.UsageError, match="got ndarray; expected an Embedding") as caught:
        px.append(tmp_path, np.eye(3))  # type: ignore[arg-type]
    assert "px.Embedding" in caught.value.tip
