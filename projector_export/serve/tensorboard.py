"""Start TensorBoard on an export and say where to look."""

from __future__ import annotations

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

from projector_export.errors import JobFailedError

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
        JobFailedError: TensorBoard ended, or did not answer in time; its own words are in it.
    """
    port = port or free_port(host)
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


def free_port(host: str) -> int:
    """Find a port of `host` that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


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
