"""Exports with any number of points and dimensions have no errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from projector_export.checker.check import check
from projector_export.export_folder import ExportFolder
from tests.helpers.made_exports import grouped_embedding, write_with_flat_maps
from tests.helpers.running import exit_code

pytestmark = pytest.mark.slow

DIMS = [*range(1, 13), 49, 50, 51, 768]
ODD_VECTORS = {
    "sixteen rows": np.random.default_rng(0).normal(size=(16, 50)),
    "equal rows": np.ones((60, 12)),
    "equal rows that are sphereized": np.ones((60, 50)),
    "zeros": np.zeros((60, 50)),
}


def export_with_defaults(folder: Path, vectors: np.ndarray) -> int:
    np.save(folder / "vectors.npy", vectors.astype(np.float32))
    rows = [f"Book no. {row}\tgenre {row % 5}\n" for row in range(len(vectors))]
    (folder / "metadata.tsv").write_text("title\tgenre\n" + "".join(rows))
    options = ["--metadata", str(folder / "metadata.tsv"), "-o", str(folder / "map"), "-q"]
    return exit_code(["export", str(folder / "vectors.npy"), *options])


@pytest.mark.parametrize("dim", DIMS)
def test_any_number_of_dimensions_is_exported_by_default(tmp_path, dim) -> None:
    vectors = np.random.default_rng(dim).normal(size=(60, dim))
    assert export_with_defaults(tmp_path, vectors) == 0


@pytest.mark.parametrize("name", ODD_VECTORS)
def test_vectors_with_little_to_lay_out_are_exported_by_default(tmp_path, name) -> None:
    assert export_with_defaults(tmp_path, ODD_VECTORS[name]) == 0


@pytest.mark.parametrize(
    ("num_points", "dim"), [(25_000, 8), (37_020, 50), (100_000, 4), (100_001, 4)]
)
def test_maps_of_many_points_have_no_errors(tmp_path, num_points, dim) -> None:
    write_with_flat_maps(tmp_path, grouped_embedding(num_points, dim=dim))
    written = ExportFolder(tmp_path)
    for folder in (written.tensorboard_path, written.upload_path):
        findings = check(folder).findings
        assert [str(found) for found in findings if found.severity == "error"] == []
