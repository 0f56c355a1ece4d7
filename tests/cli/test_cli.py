"""The command line: help, exit codes, one clear line per error."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from projector_export.cli.program import program as cli_program
from tests.helpers.running import PROJECT, exit_code


def program(*arguments: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "projector_export", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from projector_export.cli.program import program;"
        "program.main(['--help'], standalone_mode=False);"
        "heavy = {'tensorflow', 'pandas', 'numpy', 'umap', 'sklearn', 'pydantic'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    for command in ("run", "train", "export", "neighbors", "view"):
        assert f"\n  {command} " in answer.stdout


@pytest.mark.parametrize("command", ["run", "train", "export", "neighbors", "view"])
def test_every_command_s_help_fits_80_columns_and_shows_an_example(command, capsys) -> None:
    assert exit_code([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"projector-export {command} " in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_an_unknown_command_is_wrong_usage(capsys) -> None:
    assert exit_code(["fly"]) == 2
    assert "No such command 'fly'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nowhere.yaml"], "nowhere.yaml does not exist; expected a config file"),
        (["run", "."], ". is a folder; expected a config file"),
        (["neighbors", "no-such-run", "x"], "there is no run 'no-such-run' in logs/"),
        (["view", "tests"], "tests has nothing to show"),
        (
            ["export", "tests"],
            "tests is not a run; expected a file of vectors, or a run",
        ),
        (
            ["export", "v.npy", "-o", "x"],
            "v.npy does not exist; expected a file of vectors, or a run",
        ),
        (["export", "nothing"], "there is no run 'nothing' in logs/"),
        (
            ["export", "README.md", "-o", "x", "--max-colors", "8"],
            "the number of colors is 8; expected 10 to 50",
        ),
        (["export", "README.md"], "no output folder; name one with -o DIR"),
    ],
)
def test_errors_that_a_user_causes_are_one_line(arguments, words, capsys, monkeypatch) -> None:
    monkeypatch.chdir(PROJECT)
    assert exit_code(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    first, *tips = shown.err.splitlines()
    assert first.startswith("error: ")
    assert words in first
    assert all(line.startswith("tip: ") for line in tips)
    assert len(tips) <= 1


def test_the_version_is_that_of_the_package() -> None:
    from projector_export import __version__

    assert program("--version").stdout.strip().endswith(__version__)


def test_the_list_of_commands_shows_complete_summaries(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert exit_code(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "..." not in shown.split("Commands:")[1]
    assert max(map(len, shown.splitlines())) <= 80
    words = " ".join(shown.split())
    for name in program_commands():
        assert f"{name} {summary_of(name)}" in words


def program_commands() -> list[str]:
    return cli_program.list_commands(click.Context(cli_program))


def summary_of(name: str) -> str:
    command = cli_program.get_command(click.Context(cli_program), name)
    assert command is not None
    return " ".join((command.help or "").split(". ")[0].split("\n\n")[0].split()).removesuffix(".")


def test_the_help_for_any_vectors_does_not_mention_books() -> None:
    from projector_export.cli import commands

    for command in (cli_program, *commands.ALL):
        texts = [command.help, *(getattr(option, "help", None) for option in command.params)]
        words = " ".join(filter(None, texts)).casefold()
        assert "book" not in words, command.name
        assert "genre" not in words, command.name


@pytest.mark.parametrize(("variables", "is_colored"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_errors_are_colored_in_a_terminal_unless_no_color_is_set(variables, is_colored) -> None:
    shown = in_terminal("neighbors", "no-such-run", "x", **variables)
    assert "there is no run 'no-such-run'" in shown
    assert ("\x1b[31merror:" in shown) == is_colored
    assert ("\x1b" in shown) == is_colored


def in_terminal(*arguments: str, **variables: str) -> str:
    """Run the program with a terminal, and return what it printed there."""
    terminal, inside = os.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    command = [sys.executable, "-m", "projector_export", *arguments]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=inside, stderr=inside, env={**environment, **variables}
    ):
        os.close(inside)
        shown = b""
        with contextlib.suppress(OSError):  # the end of the terminal, when the program has exited
            while read := os.read(terminal, 4096):
                shown += read
    os.close(terminal)
    return shown.decode()
