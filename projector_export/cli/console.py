"""Results on stdout, and the options that commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from projector_export.cli.messages import show_messages
from projector_export.cli.runs import LOGDIR
from projector_export.cli.untrusted import printable_lines


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
    """Print a result; untrusted text in it cannot control the terminal."""
    click.echo(printable_lines(text))


def _lower(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001
    # Without -q too, so that a command does not inherit the level of the one before.
    show_messages(-1 if value else 0)


def _raise(_context: click.Context, _parameter: click.Parameter, value: int) -> None:
    if value:
        show_messages(value)
