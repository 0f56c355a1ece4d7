"""Runs that several tests use, trained once."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from projector_export.prepare.layouts.cache import FOLDER_VARIABLE
from tests.helpers.running import PROJECT, exit_code, run_planted

# A test that uses TensorFlow first, such as Keras's, would fix the number of its threads for those
# that train after it, and so the last digits of their sums.
os.environ["TF_NUM_INTRAOP_THREADS"] = "4"


@pytest.fixture(scope="session", autouse=True)
def _own_layout_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests from using the developer's own layout cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER_VARIABLE, str(tmp_path_factory.mktemp("layout-cache")))
        yield


@pytest.fixture(autouse=True)
def _command_line_messages_end_with_the_test() -> Iterator[None]:
    """Undo `show_messages`, which keeps the log from tests that read it."""
    yield
    for package in ("projector_export", "training"):
        logger = logging.getLogger(package)
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)
        logger.propagate = True


@pytest.fixture(scope="session")
def planted_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete run on 200 planted books, in its own logdir."""
    folder = tmp_path_factory.mktemp("planted")
    run_planted(folder, "planted")
    return folder / "logs" / "planted"


@pytest.fixture(scope="session")
def starter_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter library, trained as the README says, but without layouts."""
    logdir = tmp_path_factory.mktemp("starter")
    config_path = str(PROJECT / "configs" / "starter.yaml")
    settings = [f"--set=logdir={logdir}", "--set=export.layouts=[]"]
    assert exit_code(["run", config_path, "-q", *settings]) == 0
    return logdir / "starter"
