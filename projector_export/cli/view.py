"""`projector-export view`: open an export on your own machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from projector_export.cli.console import logdir_option, result, verbosity_options
from projector_export.cli.runs import resolve_run


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

    The run's web page opens directly on the finished map. TensorBoard shows the same tables, and
    training curves.

    \b
    projector-export view starter
    projector-export view starter --tensorboard
    """
    from projector_export.serve.viewing import view_folder

    view_folder(
        resolve_run(run, logdir=logdir),
        uses_tensorboard=None if own_page is None else not own_page,
        host=host,
        port=port,
        open_browser=_has_browser() if opens_browser is None else opens_browser,
        on_address=result,
    )


def _has_browser() -> bool:
    """Whether there is a user with a screen, and not a script, a CI job or a remote shell."""
    if not sys.stdout.isatty() or os.environ.get("CI"):
        return False
    # Without a screen Python would start a text browser in this terminal.
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return not sys.platform.startswith("linux") or any(map(os.environ.get, screens))
