"""An export whose page is published."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import projector_export as px


@pytest.fixture(scope="session")
def two_exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export two maps, `one` and `two`."""
    folder = tmp_path_factory.mktemp("published")
    for name, num_rows in (("one", 30), ("two", 40)):
        vectors = np.random.default_rng(0).normal(size=(num_rows, 5))
        labels = [f"{name} {row}" for row in range(num_rows)]
        embedding = px.Embedding(name, vectors, labels, layouts={"map": vectors[:, :2]})
        px.export(embedding, folder=folder / name, layouts=())
    return folder


@pytest.fixture
def exports(two_exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a working folder with both exports."""
    folder = Path(shutil.copytree(two_exports, tmp_path / "work"))
    monkeypatch.chdir(folder)
    return folder
