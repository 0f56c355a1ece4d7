"""An export is found in its folder and in any of its parts alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import projector_export as px
from projector_export.errors import RunError
from projector_export.export_folder import ExportFolder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "map"
    px.export([[1, 0, 0], [0, 1, 0]], ["a", "b"], path, layouts=())
    return path


def test_an_export_writes_exactly_its_parts(folder: Path) -> None:
    assert sorted(ExportFolder(folder).parts) == sorted(folder.iterdir())
    assert ExportFolder(folder).is_export()


def test_each_part_is_found_in_the_whole_export(folder: Path) -> None:
    whole = ExportFolder(folder)
    assert whole.tensorboard_folder() == folder / "projector"
    assert whole.upload_set() == folder / "upload"
    assert whole.site() == folder / "site"


def test_a_part_alone_is_found_as_itself(folder: Path) -> None:
    projector = ExportFolder(folder / "projector")
    assert projector.tensorboard_folder() == folder / "projector"
    assert (projector.find_upload_set(), projector.find_site()) == (None, None)
    assert ExportFolder(folder / "upload").upload_set() == folder / "upload"
    assert ExportFolder(folder / "site").site() == folder / "site"


def test_a_part_alone_is_not_a_whole_export(folder: Path) -> None:
    for part in ExportFolder(folder).parts:
        assert not ExportFolder(part).is_export()


@pytest.mark.parametrize(
    ("find", "problem"),
    [
        (ExportFolder.tensorboard_folder, "nothing to show"),
        (ExportFolder.upload_set, "no upload set"),
        (ExportFolder.site, "no page"),
    ],
)
def test_a_missing_part_is_an_error_that_says_how_to_write_it(tmp_path, find, problem) -> None:
    with pytest.raises(RunError) as refused:
        find(ExportFolder(tmp_path))
    assert refused.value.message == f"{tmp_path} has {problem}"
    assert refused.value.tip == "write it with: projector-export export VECTORS -o DIR"
    (tmp_path / "config.yaml").write_text("run: starter\n")  # then it is a run, which has vectors
    with pytest.raises(RunError) as refused:
        find(ExportFolder(tmp_path))
    assert refused.value.tip == f"write it with: projector-export export {tmp_path}"
