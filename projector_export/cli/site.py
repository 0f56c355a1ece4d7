"""`projector-export site`, and the server that `view --site` runs."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import click

from projector_export.cli.console import (
    detail,
    logdir_option,
    remark,
    result,
    verbosity_options,
)
from projector_export.cli.runs import export_tip, resolve_run
from projector_export.errors import RunError
from projector_export.serve.tensorboard import cannot_listen


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
    upload_folder = upload_set_of(run_path)
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


def upload_set_of(run_path: Path) -> Path:
    """Find the upload set: the run's `upload/`, or a folder that is one itself.

    Raises:
        RunError: there is none.
    """
    for folder in (run_path / "upload", run_path):
        if (folder / "projector_config.json").is_file():
            return folder
    raise RunError(
        f"{run_path} holds no upload set to make a site of",
        tip=export_tip(run_path),
    )


def site_folder(run_path: Path) -> Path:
    """Find a site: the run's `site/`, or a folder that is one itself.

    Raises:
        RunError: there is none.
    """
    for folder in (run_path / "site", run_path):
        if (folder / "index.html").is_file():
            return folder
    raise RunError(
        f"{run_path} holds no site", tip=f"write one with: projector-export site {run_path}"
    )


@contextmanager
def site_server(folder: Path, *, host: str, port: int) -> Iterator[str]:
    """Serve a site's folder; give its address, and stop serving afterwards.

    Raises:
        RunError: the port is taken, or the host is none of this machine.
    """
    handler = functools.partial(_Handler, directory=str(folder))
    try:
        server = ThreadingHTTPServer((host, port), handler)
    except OSError as error:
        raise cannot_listen(host, port, error) from error
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{host}:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    # What a browser kept of an earlier export must not be shown for this one.
    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        detail(format % args)


def _refuse_present(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise RunError(f"{path} is a folder; --single-file writes an HTML file")
    if path.exists() and not force:
        raise RunError(f"{path} is already there", tip="choose another name, or add --force")
