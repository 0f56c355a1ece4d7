"""`projector-export view`: look at an export on one's own machine."""

from __future__ import annotations

import os
import signal
import sys
import time
import webbrowser
from pathlib import Path

import click

from projector_export.cli.console import logdir_option, remark, result, verbosity_options
from projector_export.cli.runs import export_tip, resolve_run
from projector_export.cli.site import site_folder, site_server
from projector_export.errors import RunError


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "--site/--tensorboard",
    "own_page",
    default=None,
    help="Show the run's web page, or start TensorBoard.  [default: the page, if there is one]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The interface to listen on.")
@click.option(
    "--port",
    default=6006,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 takes any free port.",
)
@click.option(
    "--open/--no-open",
    "opens_browser",
    default=None,
    help="Open the browser, or only print the address.  [default: open it, in a terminal]",
)
@logdir_option
@verbosity_options
def view(
    run: str,
    host: str,
    port: int,
    logdir: Path,
    *,
    own_page: bool | None,
    opens_browser: bool | None,
) -> None:
    """Open a map in the browser; Ctrl-C stops the server.

    The run's own web page opens on the finished map at once. TensorBoard shows the same tables,
    and the curves of training.

    \b
    projector-export view starter
    projector-export view starter --tensorboard
    """
    from projector_export.serve.tensorboard import PROJECTOR_PAGE, free_port, tensorboard

    run_path = resolve_run(run, logdir=logdir)
    opens_browser = _has_browser() if opens_browser is None else opens_browser
    if own_page is None:
        own_page = _holds_site(run_path)
    if own_page:
        with site_server(site_folder(run_path), host=host, port=port) as address:
            _serve_until_interrupted(address, opens_browser=opens_browser)
        return
    folder, port = shown_folder(run_path), free_port(host, port)
    remark(f"starting TensorBoard on {folder} ...")
    with tensorboard(folder, host=host, port=port) as address:
        _serve_until_interrupted(f"{address}{PROJECTOR_PAGE}", opens_browser=opens_browser)


def shown_folder(run_path: Path) -> Path:
    """Find what TensorBoard is pointed at: the run's `projector/`, or a folder that is one itself.

    Raises:
        RunError: neither holds a projector config.
    """
    for folder in (run_path / "projector", run_path):
        if (folder / "projector_config.pbtxt").is_file():
            return folder
    raise RunError(
        f"{run_path} holds nothing to show",
        tip=export_tip(run_path),
    )


def _holds_site(run_path: Path) -> bool:
    try:
        site_folder(run_path)
    except RunError:
        return False
    return True


def _has_browser() -> bool:
    """Tell a person at a terminal with a screen from a script, a job in CI or a remote shell."""
    if not sys.stdout.isatty() or os.environ.get("CI"):
        return False
    # Without a screen Python would start a browser for text, in this very terminal.
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return not sys.platform.startswith("linux") or any(map(os.environ.get, screens))


def _serve_until_interrupted(address: str, *, opens_browser: bool) -> None:
    # A plain kill stops the server too, instead of leaving it behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    result(address)
    if opens_browser and not webbrowser.open(address):
        remark("no browser could be opened; open the address yourself")
    remark("Press Ctrl-C to stop.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        remark("stopped")
