"""Results on stdout, and the options that commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from projector_export.cli.messages import show_messages
from projector_export.cli.runs import LOGDIR

_JOINERS = "\u200c\u200d"  # Persian words and some emoji are spelled with these


def verbosity_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `-q` and `-v`."""
    quiet = click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_lower,
        help="Say nothing but results and errors.",
    )
    verbose = click.option(
        "-v", "--verbose", count=True, expose_value=False, callback=_raise, help="Say more."
    )
    return quiet(verbose(command))


def logdir_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--logdir`, where it looks up a RUN by its name."""
    return click.option(
        "--logdir",
        type=click.Path(path_type=Path),
        default=LOGDIR,
        show_default=True,
        help="The folder in which a RUN is looked up by name.",
    )(command)


def styled(text: str, color: str) -> str:
    """Color text for stderr, unless the user set NO_COLOR (no-color.org)."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=color)


def result(text: str) -> None:
    """Print a result."""
    click.echo(text)


def printable(text: str) -> str:
    """Take the control characters out of text that others wrote, which could steer a terminal."""
    return "".join(
        character if character.isprintable() or character in _JOINERS else "\ufffd"
        for character in text
    )


def _lower(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001
    # Also without -q, so that no command inherits what the one before it was asked for.
    show_messages(-1 if value else 0)


def _raise(_context: click.Context, _parameter: click.Parameter, value: int) -> None:
    if value:
        show_messages(value)
