"""Print what the library logs to stderr, at the level that the user chose."""

from __future__ import annotations

import logging
from importlib.metadata import entry_points

import click

from projector_export.cli.untrusted import printable

COMMAND_GROUP = "projector_export.commands"
LEVELS = {-1: logging.ERROR, 0: logging.INFO}  # by the number of -v, or -1 for -q; more means all


class _Lines(logging.Handler):
    """Prints each message on its own line."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(printable(record.getMessage()), err=True)


_lines = _Lines()


def show_messages(verbosity: int) -> None:
    """Print what this package and its plug-ins log: -1 for errors only, 1 for everything."""
    for package in {"projector_export", *_plugged_in()}:
        logger = logging.getLogger(package)
        logger.setLevel(LEVELS.get(verbosity, logging.DEBUG))
        if _lines not in logger.handlers:
            logger.addHandler(_lines)
            logger.propagate = False


def _plugged_in() -> set[str]:
    """Return the names of the packages that commands come from."""
    return {entry.module.partition(".")[0] for entry in entry_points(group=COMMAND_GROUP)}
