"""Serve a folder of static files on this machine."""

from __future__ import annotations

import functools
import io
import ipaddress
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import BinaryIO
from urllib.parse import urlsplit

from projector_export.export_folder import INDEX_NAME
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
    """Serves the regular files of the folder, and nothing that a link in it points to elsewhere."""

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Refuse what only another site, or a hostile folder, would ask for."""
        if not self._is_asked_by_own_name():
            self.send_error(HTTPStatus.FORBIDDEN, "unknown Host")
            return None
        path = Path(self.translate_path(self.path))
        file = path / INDEX_NAME if path.is_dir() else path
        # A pipe or a device is not a file: reading one may never end.
        if not file.is_file() or not file.resolve().is_relative_to(Path(self.directory).resolve()):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def end_headers(self) -> None:
        """Keep the browser from showing files that it cached of an earlier export."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log a request for those who want to see it."""
        logger.debug(format, *args)

    def _is_asked_by_own_name(self) -> bool:
        """Whether the request names this machine.

        Any site can have its own name lead to 127.0.0.1, and its scripts would then read the map.
        Who listens on another interface is asked by names that are not known here.
        """
        host = self.headers.get("Host", "")
        name = urlsplit(f"//{host}").hostname if host.isascii() else None
        return not _is_loopback(self.connection.getsockname()[0]) or _is_loopback(name or "")


def _is_loopback(name: str) -> bool:
    try:
        return name.lower() == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
