"""What the library logs, as lines on stderr, as many as the user asked for."""

from __future__ import annotations

import logging
from importlib.metadata import entry_points

import click

COMMAND_GROUP = "projector_export.commands"
LEVELS = {-1: logging.ERROR, 0: logging.INFO}  # by how often -v was given less -q; more is all


class _Lines(logging.Handler):
    """Prints each message as a line of its own."""

    def emit(self, record: logging.LogRecord) -> None:
        click.echo(record.getMessage(), err=True)


_lines = _Lines()


def show_messages(verbosity: int) -> None:
    """Print what this package and those that plug in log: -1 for errors only, 1 for everything."""
    for package in {"projector_export", *_plugged_in()}:
        logger = logging.getLogger(package)
        logger.setLevel(LEVELS.get(verbosity, logging.DEBUG))
        if _lines not in logger.handlers:
            logger.addHandler(_lines)
            logger.propagate = False


def _plugged_in() -> set[str]:
    """Name the packages that commands come from."""
    return {entry.module.partition(".")[0] for entry in entry_points(group=COMMAND_GROUP)}
