"""The commands `run` and `train`; heavy modules are imported where they are used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from projector_export.cli.console import result, verbosity_options
from projector_export.cli.interrupts import AGAIN, current
from projector_export.cli.progress_bars import progress_bars
from projector_export.cli.runs import LOGDIR
from projector_export.errors import command_line

if TYPE_CHECKING:
    from training.config.models import Config


def job_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every job: a config, changes to it, what to do if the run exists."""
    for option in (
        click.argument("config", type=click.Path(path_type=Path)),
        click.option(
            "--set",
            "overrides",
            multiple=True,
            metavar="KEY.PATH=VALUE",
            help="Change a key of the config, such as training.epochs=5; may be repeated.",
        ),
        click.option("--force", is_flag=True, help="Replace the run if it exists."),
        click.option("--resume", is_flag=True, help="Continue an interrupted run."),
        verbosity_options,
    ):
        command = option(command)
    return command


@click.command()
@job_options
def run(config: Path, overrides: tuple[str, ...], *, force: bool, resume: bool) -> None:
    """Train, evaluate, export and check vectors of books.

    \b
    projector-export run configs/starter.yaml
    projector-export run configs/wikipedia.yaml --set dataset.books=books.ndjson
    """
    from training import pipeline
    from training.config.loading import load_config

    resolved = load_config(config, overrides)
    current().advise(lambda: _how_to_go_on(resolved))
    with progress_bars() as on_progress:
        path = pipeline.run(resolved, force=force, resume=resume, on_progress=on_progress)
    result(f"{path}: open it with  {command_line('view', _run_name(path))}")


@click.command()
@job_options
def train(config: Path, overrides: tuple[str, ...], *, force: bool, resume: bool) -> None:
    """Train and evaluate vectors of books, without exporting them.

    \b
    projector-export train configs/starter.yaml --set run=trial
    projector-export export trial
    """
    from training import pipeline
    from training.config.loading import load_config

    resolved = load_config(config, overrides)
    current().advise(lambda: _how_to_go_on(resolved))
    with progress_bars() as on_progress:
        path = pipeline.train(resolved, force=force, resume=resume, on_progress=on_progress)
    result(f"{path}: export it with  {command_line('export', _run_name(path))}")


def _how_to_go_on(config: Config) -> str:
    from training.run_folder import unfinished_path

    if not unfinished_path(config).exists():
        return AGAIN
    options = "--resume --force" if config.run_path.exists() else "--resume"
    return f"finished stages are kept; run the command again with {options}"


def _run_name(path: Path) -> str:
    """Return what other commands find the run by: its name, or its path in another logdir."""
    return path.name if path.parent == LOGDIR else str(path)
