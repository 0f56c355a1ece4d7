"""Show an export in the browser until Ctrl-C."""

from __future__ import annotations

import logging
import signal
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from projector_export.export_folder import ExportFolder
from projector_export.serve.static import serve_folder
from projector_export.serve.tensorboard import PROJECTOR_PAGE, free_port, tensorboard

logger = logging.getLogger(__name__)


def view_folder(
    path: Path,
    *,
    uses_tensorboard: bool | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    open_browser: bool = True,
    on_address: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve an export and open it in the browser; return after Ctrl-C.

    Args:
        path: the folder of an export, or of one of its parts.
        uses_tensorboard: start TensorBoard, or serve the page; None prefers the page.
        host: the interface to listen on.
        port: 0 takes any free one.
        open_browser: open the address; if False, only report it.
        on_address: called with the address once it answers.

    Raises:
        RunError: there is nothing to show, or the port is taken.
        JobFailedError: TensorBoard did not start.
    """
    folder = ExportFolder(path)
    server = _server(folder, uses_tensorboard=uses_tensorboard, host=host, port=port)
    with _sigterm_as_ctrl_c(), server as address:
        try:
            on_address(address)
            if open_browser and not webbrowser.open(address):
                logger.info("no browser could be opened; open the address yourself")
            _wait_for_interrupt()
        except KeyboardInterrupt:
            logger.info("stopped")


@contextmanager
def _server(
    folder: ExportFolder, *, uses_tensorboard: bool | None, host: str, port: int
) -> Iterator[str]:
    """Start the server of an export; yield the address to open."""
    if uses_tensorboard is None:
        uses_tensorboard = folder.find_site() is None
    if uses_tensorboard:
        logdir, port = folder.tensorboard_folder(), free_port(host, port)
        logger.info("starting TensorBoard on %s ...", logdir)
        with tensorboard(logdir, host=host, port=port) as address:
            yield f"{address}{PROJECTOR_PAGE}"
    else:
        with serve_folder(folder.site(), host=host, port=port) as address:
            yield address


@contextmanager
def _sigterm_as_ctrl_c() -> Iterator[None]:
    """Let a plain kill stop the server too; Python allows it in the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _wait_for_interrupt() -> None:
    logger.info("Press Ctrl-C to stop.")
    while True:
        time.sleep(3600)
