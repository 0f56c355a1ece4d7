"""The commands in the docs exist, and every command is in the docs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from projector_export.cli.program import program
from tests.helpers.running import PROJECT

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
COMMAND_LINE = re.compile(r"^(?:    |`)?projector-export ([^`#\n]+)", re.MULTILINE)


def commands_in_docs() -> list[tuple[str, str]]:
    return [
        (page.name, line.strip())
        for page in PAGES
        for line in COMMAND_LINE.findall(page.read_text("utf-8"))
    ]


def names() -> list[str]:
    return program.list_commands(click.Context(program))


@pytest.mark.parametrize(("page", "line"), commands_in_docs())
def test_commands_in_the_docs_exist_with_their_options(page: str, line: str) -> None:
    name, *words = shlex.split(line)
    if name.startswith("-"):
        return
    assert name in names(), f"{page}: {line}"
    command = program.get_command(click.Context(program), name)
    assert command is not None
    options = {
        text
        for parameter in command.params
        for text in (*parameter.opts, *parameter.secondary_opts)
    }
    for word in words:
        if word.startswith("-"):
            assert word.split("=")[0] in options, f"{page}: {line}"


def test_every_command_is_in_the_readme() -> None:
    text = (PROJECT / "README.md").read_text("utf-8")
    assert [name for name in names() if f"projector-export {name}" not in text] == []


def test_every_code_on_the_troubleshooting_page_is_a_rule() -> None:
    from projector_export.checker.rules import RULES

    page = (PROJECT / "docs" / "troubleshooting.md").read_text("utf-8")
    named = set(re.findall(r"\b[EW]\d\d\b", page))
    assert len(named) > 10
    assert named <= set(RULES)


def test_the_readme_activates_the_environment_before_it_uses_the_program() -> None:
    text = (PROJECT / "README.md").read_text("utf-8")
    activated = text.index("    source .venv/bin/activate")
    assert activated < text.index("\n    projector-export ")


@pytest.mark.parametrize("page", [*PAGES, PROJECT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_links_in_the_docs_point_to_existing_files(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} -> {target}"


def test_every_shipped_config_is_valid_and_says_what_to_expect() -> None:
    from training.config.loading import load_config

    for path in sorted((PROJECT / "configs").glob("*.yaml")):
        load_config(path)
        head = path.read_text("utf-8").split("\nrun:")[0]
        for word in ("projector-export run", "cores", "minutes", "expect"):
            assert word in head, f"{path.name}: {word}"
