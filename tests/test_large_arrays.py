"""Large matrices lie in a temporary file, and nobody sees a difference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from projector_export import large_arrays
from projector_export.large_arrays import new_rows, row_chunks, take_rows


@pytest.fixture
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_arrays, "LARGE_BYTES", 1)
    monkeypatch.setattr(large_arrays, "CHUNK_BYTES", 4 * 8 * 7)  # seven rows of eight numbers
    monkeypatch.setattr(large_arrays, "TAKEN_BYTES", 4 * 8 * 6)


def test_rows_keep_what_was_written_after_they_are_released(all_are_large) -> None:
    rows = new_rows(50, 8)
    assert isinstance(rows, np.memmap)
    expected = np.arange(400, dtype="f4").reshape(50, 8)
    starts = []
    for chunk in row_chunks(rows):
        rows[chunk] = expected[chunk]
        starts.append(chunk.start)
    assert starts == list(range(0, 50, 7))
    np.testing.assert_array_equal(rows, expected)
    order = np.random.default_rng(0).permutation(50)[:20]
    np.testing.assert_array_equal(take_rows(rows, order), expected[order])


def test_small_matrices_stay_in_memory() -> None:
    assert not isinstance(new_rows(1000, 8), np.memmap)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "tfevents" not in path.name
    }


def test_an_export_is_the_same_from_memory_and_from_files(monkeypatch, tmp_path) -> None:
    vectors = np.random.default_rng(0).normal(size=(300, 60)).astype("f4")
    metadata = {"word": [f"word {row}" for row in range(300)], "kind": ["a", "b", "b"] * 100}
    monkeypatch.setattr(large_arrays, "CHUNK_BYTES", 4 * 60 * 32)
    for name, limit in (("memory", 2**28), ("files", 1)):
        monkeypatch.setattr(large_arrays, "LARGE_BYTES", limit)
        exported = px.export(vectors, metadata, tmp_path / name, layouts=("pca",))
        assert isinstance(exported.tables[0].vectors, np.memmap) == (name == "files")
    assert files_of(tmp_path / "memory") == files_of(tmp_path / "files")


@pytest.mark.parametrize("rows", [[], [49], [3, 3, 0], list(range(49, -1, -1))], ids=str)
def test_rows_are_taken_in_any_order_and_more_than_once(rows, all_are_large) -> None:
    matrix = np.arange(400, dtype="f4").reshape(50, 8)
    np.testing.assert_array_equal(take_rows(matrix, np.array(rows, int)), matrix[rows])
