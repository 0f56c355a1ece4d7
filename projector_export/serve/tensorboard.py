"""Start TensorBoard on an export and say where to look."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from projector_export.errors import JobFailedError, RunError

PROJECTOR_ROUTE = "/data/plugin/projector"
# The page of the projector alone. The tab in TensorBoard appears only once TensorBoard has looked
# for embeddings in the background, so the first visit to `/#projector` may find it missing.
PROJECTOR_PAGE = f"{PROJECTOR_ROUTE}/projector_binary.html"
START_SECONDS = 120


@contextmanager
def tensorboard(logdir: Path, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Run TensorBoard on `logdir`; give its address once it answers, and stop it afterwards.

    Args:
        logdir: what `--logdir` is set to.
        host: the interface; the default is reachable from this machine alone.
        port: 0 takes any free one.

    Raises:
        RunError: the port is taken, or the host is none of this machine.
        JobFailedError: TensorBoard ended, or did not answer in time; its own words are in it.
    """
    port = free_port(host, port)
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "tensorboard.main"),
            *("--logdir", str(logdir), "--host", host, "--port", str(port)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
    )
    address = f"http://{host}:{port}"
    try:
        _wait_until_it_answers(server, address)
        yield address
    finally:
        server.terminate()
        server.communicate()


def free_port(host: str, port: int = 0) -> int:
    """Find a port of `host` that nobody listens on; see that `port` is one, unless it is 0.

    Raises:
        RunError: the port is taken, or the host is none of this machine.
    """
    with socket.socket() as probe:
        # A server that has just ended may leave connections behind, which do not hold its port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise cannot_listen(host, port, error) from error
        return int(probe.getsockname()[1])


def cannot_listen(host: str, port: int, error: OSError) -> RunError:
    """Say why no server can be reached under an address of this machine."""
    if error.errno in (errno.EADDRINUSE, errno.EACCES):
        return RunError(
            f"cannot listen on port {port}: {os.strerror(error.errno)}",
            tip="--port 0 takes any free port",
        )
    return RunError(
        f"cannot listen on {host}: {error.strerror}",
        tip="--host 127.0.0.1 is this machine alone, --host 0.0.0.0 everyone on its network",
    )


def _wait_until_it_answers(server: subprocess.Popen[str], address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            _, words = server.communicate()
            last = words.strip().splitlines()[-1:] or ["it said nothing"]
            raise JobFailedError(f"TensorBoard ended at once: {last[0]}")
        try:
            with urllib.request.urlopen(f"{address}{PROJECTOR_ROUTE}/runs", timeout=60) as answer:  # noqa: S310
                json.load(answer)
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise JobFailedError(f"TensorBoard did not answer at {address} within {START_SECONDS} s")
