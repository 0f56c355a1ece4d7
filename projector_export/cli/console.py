"""Results on stdout; progress and remarks on stderr, as many as the user asked for."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from projector_export.cli.messages import show_messages
from projector_export.cli.runs import LOGDIR

if TYPE_CHECKING:
    from rich.progress import Progress

_verbosity = 0
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


def remark(text: str) -> None:
    """Say what happens, unless the user asked for quiet."""
    if _verbosity >= 0:
        click.echo(text, err=True)


def detail(text: str) -> None:
    """Say it only to a user who asked for more."""
    if _verbosity > 0:
        click.echo(text, err=True)


def progress() -> Progress:
    """Make a progress bar with the time left, on stderr; where that is no terminal it is mute."""
    from rich import progress as bars
    from rich.console import Console

    return bars.Progress(
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TimeRemainingColumn(),
        bars.TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
        disable=_verbosity < 0 or not sys.stderr.isatty(),
        transient=True,
    )


@contextmanager
def quiet_native_libraries() -> Iterator[None]:
    """Keep what C++ libraries print while they load off the terminal; show it if loading fails.

    TensorFlow greets every machine without a GPU with lines that look like errors, and writes them
    to the file descriptor, past Python.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as said, os.fdopen(os.dup(2), "wb") as stderr:
        os.dup2(said.fileno(), 2)
        try:
            yield
        except BaseException:
            said.seek(0)
            stderr.write(said.read())
            raise
        finally:
            os.dup2(stderr.fileno(), 2)


def load_tensorflow() -> None:
    """Import TensorFlow and let it look for GPUs, which it does aloud, without a word."""
    with quiet_native_libraries():
        import tensorflow as tf

        tf.config.list_physical_devices()


def printable(text: str) -> str:
    """Take the control characters out of text that others wrote, which could steer a terminal."""
    return "".join(
        character if character.isprintable() or character in _JOINERS else "\ufffd"
        for character in text
    )


def _lower(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001
    # Also without -q, so that no command inherits what the one before it was asked for.
    _set_verbosity(-1 if value else 0)


def _raise(_context: click.Context, _parameter: click.Parameter, value: int) -> None:
    if value:
        _set_verbosity(value)


def _set_verbosity(level: int) -> None:
    global _verbosity  # noqa: PLW0603
    _verbosity = level
    show_messages(level)
