"""Vectors of any kind can be exported and read back."""

from __future__ import annotations

import logging
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import projector_export as px
from projector_export.errors import InputError, UsageError
from projector_export.prepare.cells import WORD_JOINER
from projector_export.serve.tensorboard import PROJECTOR_ROUTE, tensorboard
from tests.helpers.projector_reader import read_metadata, read_vectors

SHAPES = [(2, 1), (15, 2), (16, 3), (40, 8), (40, 60)]


def rows_of(shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(0).normal(2, 3, size=shape).astype("f4")


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of each shape, as its vectors are and prepared."""
    folder = tmp_path_factory.mktemp("shapes")
    for shape in SHAPES:
        for is_prepared in (False, True):
            name = f"{shape[0]}x{shape[1]}-{'prepared' if is_prepared else 'raw'}"
            px.export(rows_of(shape), folder=folder / name, prepare_vectors=is_prepared, layouts=())
    return folder


@pytest.fixture(scope="module")
def served(logdir: Path) -> dict[str, np.ndarray]:
    """The vectors of each export, as TensorBoard sends them."""
    tensors = {}
    with tensorboard(logdir) as address:
        for folder in logdir.iterdir():
            query = urllib.parse.urlencode({"run": f"{folder.name}/projector", "name": "vectors"})
            with urllib.request.urlopen(f"{address}{PROJECTOR_ROUTE}/tensor?{query}") as answer:
                tensors[folder.name] = np.frombuffer(answer.read(), "<f4")
    return tensors


@pytest.mark.parametrize("shape", SHAPES)
def test_unprepared_vectors_are_read_back_bit_by_bit(shape, served) -> None:
    expected = np.pad(rows_of(shape), ((0, 0), (0, max(0, 3 - shape[1]))))
    returned = served[f"{shape[0]}x{shape[1]}-raw"].reshape(expected.shape)
    np.testing.assert_array_equal(returned, expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_prepared_vectors_are_read_back_as_prepared(shape, served, logdir) -> None:
    rows = served[f"{shape[0]}x{shape[1]}-prepared"].reshape(shape[0], -1)
    if shape[1] <= 3:
        np.testing.assert_array_equal(rows[:, : shape[1]], rows_of(shape))
        return
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    if shape[1] < 50:
        lengths = np.linalg.norm(rows_of(shape), axis=1, keepdims=True)
        np.testing.assert_allclose(rows, rows_of(shape) / lengths, atol=1e-6)
    else:
        np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-6)
    upload = logdir / f"{shape[0]}x{shape[1]}-prepared" / "upload"
    np.testing.assert_array_equal(read_vectors((upload / "vectors.vectors.tsv").read_bytes()), rows)


def test_unprepared_vectors_may_have_other_neighbors_in_the_viewer(tmp_path: Path) -> None:
    vectors = rows_of((200, 60)) + 5
    raw = px.export(vectors, folder=tmp_path / "raw", prepare_vectors=False, layouts=())
    assert "W13" in {finding.code for finding in raw.findings}
    prepared = px.export(vectors, folder=tmp_path / "prepared", layouts=())
    assert "W13" not in {finding.code for finding in prepared.findings}


@pytest.mark.parametrize("num_rows", [0, 1])
@pytest.mark.parametrize("num_columns", [0, 1, 2, 3])
def test_fewer_than_two_rows_are_refused(num_rows: int, num_columns: int, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        px.export(np.ones((num_rows, num_columns)), folder=tmp_path / "map")
    assert not (tmp_path / "map").exists()


def test_rows_of_nan_are_refused_with_their_number(tmp_path: Path) -> None:
    vectors = rows_of((100_000, 3))
    vectors[[70_000, 99_999]] = np.nan
    with pytest.raises(InputError, match=r"row 70000 contains NaN or infinity \(2 such rows\)"):
        px.export(vectors, folder=tmp_path / "map")


def test_every_plane_of_unicode_is_shown(tmp_path: Path) -> None:
    planes = [chr(plane * 0x10000 + 0x1234) for plane in range(17)]
    metadata = pd.DataFrame({f"name {sign}": planes for sign in planes[:3]})
    px.export(rows_of((17, 4)), metadata, tmp_path / "map", layouts=())
    read = read_metadata((tmp_path / "map" / "upload" / "vectors.metadata.tsv").read_bytes())
    assert read.names == [f"name {sign}" for sign in planes[:3]]
    assert sorted(map(str, read.cells(read.names[0]))) == sorted(planes)


def test_wide_vectors_are_reduced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rng = np.random.default_rng(0)
    # Rank 5 in 768 dimensions: five components keep everything.
    vectors = rng.normal(size=(300, 5)) @ rng.normal(size=(5, 768))
    caplog.set_level(logging.INFO, logger="projector_export")
    px.export(vectors, folder=tmp_path / "wide", layouts=(), color_by=None)
    assert "above 200 dimensions the viewer's PCA is of a random projection" in caplog.text
    reduced = px.export(vectors, folder=tmp_path / "map", layouts=(), reduce_to=5)
    assert "reduced from 768 to 5 dimensions, which keep 100% of the variance" in caplog.text
    assert reduced.tables[0].vectors.shape == (300, 5)
    wide = px.open_export(tmp_path / "wide").neighbors("row 7", k=5)
    narrow = px.open_export(tmp_path / "map").neighbors("row 7", k=5)
    assert wide["label"].tolist()[:3] == narrow["label"].tolist()[:3]


@pytest.mark.parametrize("reduce_to", [2, 9, 100])
def test_vectors_cannot_be_reduced_to_more_dimensions_than_they_have(reduce_to: int) -> None:
    with pytest.raises(InputError, match=f"cannot be reduced to {reduce_to}; expected 3 to 8"):
        px.Embedding("words", rows_of((40, 8)), reduce_to=reduce_to)


def test_labels_can_be_a_separate_list(tmp_path: Path) -> None:
    exported = px.export(
        rows_of((3, 4)), {"year": [1, 2, 3]}, tmp_path / "map", labels=[7, 8, 9], layouts=()
    )
    shown = exported.tables[0].metadata
    assert shown.columns.tolist() == ["label", "year"]
    assert shown["label"].tolist() == [f"{label}{WORD_JOINER}" for label in (7, 8, 9)]


@pytest.mark.parametrize(
    "options", [{"metadata": ["a"]}, {"labels": ["a"]}, {"sequences": "x"}, {"full_text": True}]
)
def test_options_of_an_embedding_belong_in_it(tmp_path: Path, options) -> None:
    with pytest.raises(UsageError, match="with Embeddings, metadata and options belong in each"):
        px.export(px.Embedding("words", rows_of((3, 4))), folder=tmp_path / "map", **options)
