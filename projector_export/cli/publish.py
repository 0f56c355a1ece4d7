"""`projector-export publish`: put the page where others can open it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from projector_export.cli.console import logdir_option, result, verbosity_options
from projector_export.cli.runs import resolve_run
from projector_export.errors import UsageError

if TYPE_CHECKING:
    from projector_export.publisher.publish import Publication


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "--to",
    required=True,
    metavar="PLACE",
    help="github-pages, huggingface:USER/SPACE, or a folder.",
)
@click.option(
    "--repository",
    default=".",
    show_default=True,
    help="For github-pages: a clone of the git repository.",
)
@click.option(
    "--remote", default="origin", show_default=True, help="For github-pages: where to push."
)
@click.option("--yes", is_flag=True, help="Send it without asking.")
@click.option("--dry-run", is_flag=True, help="Only say what would be sent.")
@logdir_option
@verbosity_options
def publish(
    run: str, to: str, repository: str, remote: str, logdir: Path, *, yes: bool, dry_run: bool
) -> None:
    """Put a page where others can open it; say first what is sent, and ask.

    RUN is a run, any export, or a page that `site` wrote.

    \b
    projector-export publish starter --to github-pages
    projector-export publish starter --to huggingface:me/my-map
    projector-export publish starter --to public --dry-run
    """
    from projector_export.publisher.publish import publish as publish_page

    folder = resolve_run(run, logdir=logdir)
    options: Any = {"repository": repository, "remote": remote}
    planned = publish_page(folder, to, dry_run=True, **options)
    for line in _plan(planned):
        click.echo(line, err=True)
    if dry_run:
        return
    if not yes and not _is_wanted():
        click.echo("nothing was sent", err=True)
        return
    published = publish_page(folder, to, **options)
    place = published.place
    if not published.is_sent:
        click.echo("the same page is there already", err=True)
    result(place.address or place.name)
    if place.note:
        click.echo(place.note, err=True)


def _plan(planned: Publication) -> list[str]:
    place = planned.place
    appears = [f"it will appear at {place.address}"] if place.address else []
    return [
        f"{planned.num_files} files, {planned.num_bytes / 1e6:.1f} MB, go to {place.name}",
        "there is no page yet" if place.is_new else "they replace the page that is there",
        f"who can read them, with all names and metadata: {place.readers}",
        *appears,
    ]


def _is_wanted() -> bool:
    if not sys.stdin.isatty():
        raise UsageError(
            "publish asks before it sends, and there is no terminal to answer in",
            tip="add --yes",
        )
    return click.confirm("send it?", err=True)
