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
    """Serve a folder; give its address, and stop serving afterwards.

    Args:
        folder: what is served.
        host: the interface; the default is reachable from this machine alone.
        port: 0 takes any free one.

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
        logger.debug(format, *args)
