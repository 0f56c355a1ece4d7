"""`projector-export site`: a web page that opens on the map."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from projector_export.cli.console import logdir_option, result, verbosity_options
from projector_export.cli.runs import resolve_run

logger = logging.getLogger(__name__)


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The folder to write, or the HTML file.  [default: RUN/site or RUN/site.html]",
)
@click.option(
    "--single-file", is_flag=True, help="Write one HTML file, which opens with a double click."
)
@click.option("--title", default="", help="What the page is called.  [default: as the export]")
@click.option("--source", default="", help="Where the data is from; visitors read it in About.")
@click.option("--url", default="", help="Where it will be; previews of links need it.")
@click.option("--force", is_flag=True, help="Replace an existing output.")
@logdir_option
@verbosity_options
def site(
    run: str, output: Path | None, logdir: Path, *, single_file: bool, force: bool, **about: str
) -> None:
    """Write a web page that opens on the colored map.

    It needs only a static host, and makes no requests to other hosts.

    \b
    projector-export site starter -o public
    projector-export site starter -o map.html --single-file --title "A map of everything"
    """
    from projector_export.write.site.about import About
    from projector_export.write.site.page import write_page

    run_path = resolve_run(run, logdir=logdir)
    output = output or run_path / ("site.html" if single_file else "site")
    write_page(run_path, output, single_file=single_file, replace=force, about=About(**about))
    if single_file:
        result(f"{output}: open it with a double click ({output.stat().st_size / 1e6:.1f} MB)")
        return
    result(f"{output}: put it on any static host; browsers open it over http, not from disk")
    logger.info("to open it here: projector-export view %s; or write a --single-file", output)
