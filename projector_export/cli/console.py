"""Results on stdout, and the options that commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from projector_export.cli.messages import show_messages
from projector_export.cli.runs import LOGDIR

_JOINERS = "\u200c\u200d"  # Persian words and some emoji need these


def verbosity_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `-q` and `-v` to a command."""
    quiet = click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_lower,
        help="Print only results and errors.",
    )
    verbose = click.option(
        "-v", "--verbose", count=True, expose_value=False, callback=_raise, help="Print more."
    )
    return quiet(verbose(command))


def logdir_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--logdir` to a command, the folder in which it finds a RUN by its name."""
    return click.option(
        "--logdir",
        type=click.Path(path_type=Path),
        default=LOGDIR,
        show_default=True,
        help="The folder in which to find RUN by its name.",
    )(command)


def styled(text: str, color: str) -> str:
    """Color text for stderr, unless the user set NO_COLOR (no-color.org)."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=color)


def result(text: str) -> None:
    """Print a result."""
    click.echo(text)


def printable(text: str) -> str:
    """Replace control characters in untrusted text, which could control the terminal."""
    return "".join(
        character if character.isprintable() or character in _JOINERS else "\ufffd"
        for character in text
    )


def _lower(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001
    # Without -q too, so that a command does not inherit the level of the one before.
    show_messages(-1 if value else 0)


def _raise(_context: click.Context, _parameter: click.Parameter, value: int) -> None:
    if value:
        show_messages(value)
