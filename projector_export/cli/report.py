"""`projector-export report`: one page about a run or any export."""

from __future__ import annotations

from pathlib import Path

import click

from projector_export.cli.console import logdir_option, result, verbosity_options
from projector_export.cli.runs import resolve_run


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write.  [default: RUN/report.html]",
)
@logdir_option
@verbosity_options
def report(run: str, output: Path | None, logdir: Path) -> None:
    """Write a page with the maps, their figures, neighbors and findings.

    It is one HTML file that needs nothing else. RUN is a run or the folder of any export.

    \b
    projector-export report map
    """
    from projector_export.explore.report import write_report

    result(str(write_report(resolve_run(run, logdir=logdir), output=output)))
