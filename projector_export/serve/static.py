"""Serve a folder of static files on this machine."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from projector_export.serve.tensorboard import cannot_listen

logger = logging.getLogger(__name__)


@contextmanager
def serve_folder(folder: Path, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve a folder; yield its address, and stop afterwards.

    Args:
        folder: the folder to serve.
        host: the interface; the default can be reached from this machine only.
        port: 0 takes any free one.

    Raises:
        RunError: the port is taken, or the host is not an address of this machine.
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
    # The browser must not show files that it cached of an earlier export.
    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        logger.debug(format, *args)
