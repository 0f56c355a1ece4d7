"""Run TensorBoard on an export."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from projector_export.errors import JobFailedError, RunError
from projector_export.viewer_facts import PROJECTOR_ROUTE, RUNS_ROUTE

# The projector's own page. The tab in TensorBoard appears only after TensorBoard has searched for
# embeddings in the background, so it may be missing on the first visit to `/#projector`.
PROJECTOR_PAGE = f"{PROJECTOR_ROUTE}/projector_binary.html"
START_SECONDS = 120
STOP_SECONDS = 0.5  # an interrupted command has one second to clean up


@contextmanager
def tensorboard(logdir: Path, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Run TensorBoard on `logdir`; yield its address once it answers, and stop it afterwards.

    Args:
        logdir: the value of `--logdir`.
        host: the interface; the default can be reached from this machine only.
        port: 0 takes any free one.

    Raises:
        RunError: the port is taken, or the host is not an address of this machine.
        JobFailedError: TensorBoard exited (the message includes its last line), or did not answer
            in time.
    """
    port = free_port(host, port)
    address = f"http://{host}:{port}"
    # A file, as a full pipe would block TensorBoard.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "tensorboard.main"),
                *("--logdir", str(logdir), "--host", host, "--port", str(port)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
        )
        try:
            _wait_until_it_answers(server, address, errors)
            yield address
        finally:
            _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End TensorBoard, which takes seconds to leave by itself and has nothing to save."""
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def free_port(host: str, port: int = 0) -> int:
    """Return `port` if it is free, or any free port of `host` if it is 0.

    Raises:
        RunError: the port is taken, or the host is not an address of this machine.
    """
    with socket.socket() as probe:
        # A server that has just stopped may leave connections behind, which do not block its port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise cannot_listen(host, port, error) from error
        return int(probe.getsockname()[1])


def cannot_listen(host: str, port: int, error: OSError) -> RunError:
    """Return the error that explains why a server cannot listen."""
    if error.errno in (errno.EADDRINUSE, errno.EACCES):
        return RunError(
            f"cannot listen on port {port}: {os.strerror(error.errno)}",
            tip="--port 0 takes any free port",
        )
    return RunError(
        f"cannot listen on {host}: {error.strerror}",
        tip="--host 127.0.0.1 is this machine only, --host 0.0.0.0 everyone on its network",
    )


def _wait_until_it_answers(server: subprocess.Popen[bytes], address: str, errors: TextIO) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            errors.seek(0)
            last = errors.read().strip().splitlines()[-1:] or ["it printed nothing"]
            raise JobFailedError(f"TensorBoard exited: {last[0]}")
        try:
            runs_url = f"{address}{PROJECTOR_ROUTE}{RUNS_ROUTE}"
            with urllib.request.urlopen(runs_url, timeout=60) as answer:  # noqa: S310
                json.load(answer)
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise JobFailedError(f"TensorBoard did not answer at {address} within {START_SECONDS} s")
