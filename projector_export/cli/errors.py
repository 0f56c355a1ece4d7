"""The error boundary: which line and which exit code an exception becomes."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import NoReturn

import click

from projector_export.cli.console import styled
from projector_export.cli.untrusted import printable, printable_lines
from projector_export.errors import UserFacingError


def exit_with(error: BaseException) -> NoReturn:
    """Print a user's error in one line, and exit with its code; raise anything else."""
    if isinstance(error, UserFacingError):
        complain(error.message, error.tip)
        sys.exit(error.exit_code)
    if isinstance(error, click.ClickException):
        shown = io.StringIO()
        error.show(file=shown)
        click.echo(printable_lines(shown.getvalue()), nl=False, err=True)
        sys.exit(2)
    if isinstance(error, BrokenPipeError):
        # The reader of the pipe, such as `head`, has stopped reading.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    if isinstance(error, OSError) and error.filename and error.errno != errno.ENOENT:
        complain(f"{os.fsdecode(error.filename)}: {error.strerror}")  # such as too long a name
        sys.exit(2)
    raise error


def complain(message: str, tip: str | None = None) -> None:
    """Print an error and its tip."""
    click.echo(f"{styled('error:', 'red')} {printable(message)}", err=True)
    if tip:
        click.echo(f"{styled('tip:', 'cyan')} {printable_lines(tip)}", err=True)
