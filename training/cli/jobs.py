"""The commands that know books; what is heavy is imported where it is used."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from projector_export.cli.console import printable, result, verbosity_options
from projector_export.cli.runs import resolve_run


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
    from training.config.models import load_config

    path = pipeline.run(load_config(config, overrides), force=force, resume=resume)
    result(f"{path}: open it with  projector-export view {path.name}")


@click.command()
@job_options
def train(config: Path, overrides: tuple[str, ...], *, force: bool, resume: bool) -> None:
    """Learn and evaluate vectors, without writing the export.

    \b
    projector-export train configs/starter.yaml --set run=trial
    projector-export export trial
    """
    from training import pipeline
    from training.config.models import load_config

    path = pipeline.train(load_config(config, overrides), force=force, resume=resume)
    result(f"{path}: write what the viewer reads with  projector-export export {path.name}")


@click.command()
@click.argument("run", metavar="RUN")
@click.argument("title")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1), help="How many.")
@click.option("--least", is_flag=True, help="The least similar instead of the closest.")
@click.option(
    "--table",
    type=click.Choice(["books", "links"]),
    default="books",
    show_default=True,
    help="What to look in: TITLE is a book's, or a link's name.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@verbosity_options
def neighbors(run: str, title: str, k: int, table: str, *, least: bool, as_json: bool) -> None:
    """Print what is closest to a book, or to a link, by cosine similarity.

    \b
    projector-export neighbors starter "War and Peace"
    projector-export neighbors starter "science fiction" --table links -k 5
    """
    from projector_export.explore.neighbors import find_neighbors, find_row
    from projector_export.prepare.geometry import sphereize, viewer_ready
    from training.run_folder import Vectors

    vectors = Vectors.load(resolve_run(run))
    learned, titles = (
        (vectors.books, vectors.book_titles)
        if table == "books"
        else (vectors.links, vectors.link_titles)
    )
    names = [str(name) for name in titles]
    row = find_row(names, title, what=table.removesuffix("s"))
    shown = sphereize(viewer_ready(learned))
    order = "least" if least else "nearest"
    found = find_neighbors(shown, names, row, k=k, order=order)
    if as_json:
        answer = {"title": names[row], "table": table, "order": order}
        result(json.dumps({**answer, "neighbors": [asdict(n) for n in found]}, ensure_ascii=False))
        return
    heading = "Least similar to" if least else "Closest to"
    result(f"{heading} {printable(names[row])}")
    for neighbor in found:
        result(f"{neighbor.rank:4}  {neighbor.similarity:6.3f}  {printable(neighbor.label)}")
