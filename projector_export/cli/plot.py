"""`projector-export plot`: pictures of a run's finished maps."""

from __future__ import annotations

from pathlib import Path

import click

from projector_export.cli.console import logdir_option, result, verbosity_options
from projector_export.cli.runs import resolve_run
from projector_export.export_folder import ExportFolder


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The folder to write to.  [default: RUN/plots]",
)
@logdir_option
@verbosity_options
def plot(run: str, output: Path | None, logdir: Path) -> None:
    """Draw each finished map as a picture.

    The colors are those of the viewer.

    \b
    projector-export plot starter
    """
    from projector_export.explore.plots import plot_upload_set

    run_path = resolve_run(run, logdir=logdir)
    for path in plot_upload_set(ExportFolder(run_path).upload_set(), output or run_path / "plots"):
        result(str(path))
