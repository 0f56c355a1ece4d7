"""Runs that several tests look at: trained once, on books whose neighbors are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.running import PROJECT, exit_code, run_planted


@pytest.fixture(scope="session")
def planted_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole run on 200 planted books, in a logdir of its own."""
    folder = tmp_path_factory.mktemp("planted")
    run_planted(folder, "planted")
    return folder / "logs" / "planted"


@pytest.fixture(scope="session")
def starter_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter library, trained as the README says, but for the layouts."""
    logdir = tmp_path_factory.mktemp("starter")
    config_path = str(PROJECT / "configs" / "starter.yaml")
    settings = [f"--set=logdir={logdir}", "--set=export.layouts=[]"]
    assert exit_code(["run", config_path, "-q", *settings]) == 0
    return logdir / "starter"
