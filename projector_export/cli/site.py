"""`projector-export site`: a web page that opens on the map."""

from __future__ import annotations

from pathlib import Path

import click

from projector_export.cli.console import logdir_option, remark, result, verbosity_options
from projector_export.cli.runs import resolve_run
from projector_export.errors import RunError
from projector_export.export_folder import ExportFolder


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The folder to write, or the HTML file.  [default: RUN/site or RUN/site.html]",
)
@click.option(
    "--single-file", is_flag=True, help="Write one HTML file, which opens by a double click."
)
@click.option("--force", is_flag=True, help="Replace what is there.")
@logdir_option
@verbosity_options
def site(run: str, output: Path | None, logdir: Path, *, single_file: bool, force: bool) -> None:
    """Write a web page that opens on the colored map.

    It needs no server but a plain static host, and asks nothing of any other.

    \b
    projector-export site starter -o public
    projector-export site starter -o map.html --single-file
    """
    from projector_export.files import whole_folder
    from projector_export.write.site.page import write_single_file, write_site

    run_path = resolve_run(run, logdir=logdir)
    upload_folder = ExportFolder(run_path).upload_set()
    output = output or run_path / ("site.html" if single_file else "site")
    if single_file:
        _refuse_present(output, force=force)
        write_single_file(output, upload_folder)
        result(f"{output}: open it by a double click ({output.stat().st_size / 1e6:.1f} MB)")
        return
    with whole_folder(output, when_present="replace" if force else "refuse") as folder:
        write_site(folder, upload_folder)
    result(f"{output}: put it on any static host; browsers open it over http, not from the disk")
    remark(f"to look at it here: projector-export view {output}; or write one --single-file")


def _refuse_present(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise RunError(f"{path} is a folder; --single-file writes an HTML file")
    if path.exists() and not force:
        raise RunError(f"{path} is already there", tip="choose another name, or add --force")
