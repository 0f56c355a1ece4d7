"""Runs that several tests look at: trained once, on books whose neighbors are known."""

from __future__ import annotations

from pathlib import Path

import pytest
from planted_books import write_planted_books

from projector_export.cli import main

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def planted_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole run on 200 planted books, in a logdir of its own."""
    folder = tmp_path_factory.mktemp("planted")
    run_planted(folder, "planted")
    return folder / "logs" / "planted"


def run_planted(folder: Path, run: str, *settings: str, command: str = "run") -> None:
    """Run the program's main job on planted books, in this process."""
    books_path, config_path = folder / "books.ndjson", folder / "config.yaml"
    if not books_path.exists():
        write_planted_books(books_path)
        config_path.write_text(
            f"dataset:\n  books: {books_path}\n  held_out_links_per_book: 1\n"
            f"logdir: {folder / 'logs'}\n"
            "export:\n  layouts: []\n"
        )
    changes = [f"--set={setting}" for setting in (f"run={run}", *settings)]
    assert exit_code([command, str(config_path), "-q", *changes]) == 0


def exit_code(arguments: list[str]) -> int:
    """Run the program as the shell does and return what it leaves with."""
    try:
        main(arguments)
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.fixture(scope="session")
def starter_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter library, trained as the README says, but for the layouts."""
    logdir = tmp_path_factory.mktemp("starter")
    config_path = str(PROJECT / "configs" / "starter.yaml")
    settings = [f"--set=logdir={logdir}", "--set=export.layouts=[]"]
    assert exit_code(["run", config_path, "-q", *settings]) == 0
    return logdir / "starter"
