from __future__ import annotations

from pathlib import Path

import pytest

from projector_export.cli.runs import resolve_run, run_names
from projector_export.errors import RunError


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    for name in ("starter", "p15", ".p16.unfinished"):
        (tmp_path / "logs" / name).mkdir(parents=True)
    (tmp_path / "logs" / "README.md").write_text("about runs")
    return tmp_path / "logs"


def test_a_run_is_found_by_its_name_and_by_its_path(logdir: Path):
    assert resolve_run("starter", logdir=logdir) == logdir / "starter"
    assert resolve_run(str(logdir / "p15"), logdir=Path("elsewhere")) == logdir / "p15"


def test_a_name_wins_over_a_folder_here_of_the_same_name(logdir: Path, monkeypatch):
    monkeypatch.chdir(logdir.parent)
    Path("starter").mkdir()
    assert resolve_run("starter") == Path("logs/starter")


def test_a_dot_is_the_working_folder(logdir: Path, monkeypatch):
    monkeypatch.chdir(logdir.parent)
    assert resolve_run(".") == Path()


def test_only_finished_runs_are_listed(logdir: Path):
    assert run_names(logdir) == ["p15", "starter"]
    assert run_names(logdir / "nowhere") == []


def test_an_unknown_run_names_the_nearest_one(logdir: Path):
    with pytest.raises(RunError) as caught:
        resolve_run("startr", logdir=logdir)
    assert (
        caught.value.message
        == f"there is no run 'startr' in {logdir}/, and no folder with that path"
    )
    assert caught.value.tip == "existing runs are: starter"
    assert caught.value.exit_code == 2


def test_if_no_name_is_similar_all_runs_are_named(logdir: Path):
    with pytest.raises(RunError) as caught:
        resolve_run("zzz", logdir=logdir)
    assert caught.value.tip == "existing runs are: p15, starter"


@pytest.mark.parametrize("run", ["README.md", "", "no/such/path"])
def test_a_path_that_is_not_a_folder_is_not_a_run(logdir: Path, run: str):
    with pytest.raises(RunError):
        resolve_run(run, logdir=logdir)


def test_without_runs_the_tip_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(RunError) as caught:
        resolve_run("x", logdir=tmp_path)
    assert caught.value.tip == "make one with: projector-export run CONFIG"
