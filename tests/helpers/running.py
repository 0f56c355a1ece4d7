"""Run the program's commands in the process of the test."""

from __future__ import annotations

from pathlib import Path

from projector_export.cli.main import main
from tests.helpers.planted_books import write_planted_books

PROJECT = Path(__file__).parents[2]


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
    """Run the program like the shell, and return its exit code."""
    try:
        main(arguments)
    except SystemExit as left:
        return int(left.code or 0)
    return 0
