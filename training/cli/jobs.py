"""The commands that know books; what is heavy is imported where it is used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from projector_export.cli.console import result, verbosity_options
from projector_export.cli.runs import LOGDIR


def job_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what every job takes: a config, changes to it, what to do if it is there."""
    for option in (
        click.argument("config", type=click.Path(path_type=Path)),
        click.option(
            "--set",
            "overrides",
            multiple=True,
            metavar="KEY.PATH=VALUE",
            help="Change a key of the config, such as training.epochs=5; may be repeated.",
        ),
        click.option("--force", is_flag=True, help="Replace the run if it is already there."),
        click.option("--resume", is_flag=True, help="Continue a run that was interrupted."),
        verbosity_options,
    ):
        command = option(command)
    return command


@click.command()
@job_options
def run(config: Path, overrides: tuple[str, ...], *, force: bool, resume: bool) -> None:
    """Train, evaluate, export and check: the main job.

    \b
    projector-export run configs/starter.yaml
    projector-export run configs/wikipedia.yaml --set dataset.books=books.ndjson
    """
    from training import pipeline
    from training.config.loading import load_config

    path = pipeline.run(load_config(config, overrides), force=force, resume=resume)
    result(f"{path}: open it with  projector-export view {_run_name(path)}")


@click.command()
@job_options
def train(config: Path, overrides: tuple[str, ...], *, force: bool, resume: bool) -> None:
    """Learn and evaluate vectors, without writing the export.

    \b
    projector-export train configs/starter.yaml --set run=trial
    projector-export export trial
    """
    from training import pipeline
    from training.config.loading import load_config

    path = pipeline.train(load_config(config, overrides), force=force, resume=resume)
    result(f"{path}: write what the viewer reads with  projector-export export {_run_name(path)}")


def _run_name(path: Path) -> str:
    """Name a run as other commands find it: by its path if it lies in a logdir of its own."""
    return path.name if path.parent == LOGDIR else str(path)
