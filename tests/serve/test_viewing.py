"""An export is served until it is interrupted, and its port is free again afterwards."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import projector_export as px
from projector_export.errors import JobFailedError, RunError
from projector_export.serve.static import serve_folder
from projector_export.serve.tensorboard import free_port, tensorboard

VECTORS = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
# A user's script, in its own process that can be interrupted.
SCRIPT = """
import signal, sys
import projector_export as px
exported = px.export([[1, 0, 0], [0, 1, 0]], ["a", "b"], sys.argv[1], layouts=())
exported.view(open_browser=False, tensorboard=sys.argv[2] == "tensorboard")
print("after view", signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("viewed") / "map"
    px.export(VECTORS, ["a", "b", "c"], path, name="letters", layouts=())
    return path


def read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        content: bytes = answer.read()
    return content


def assert_stopped(address: str) -> None:
    """Fail if something still listens there."""
    place = urlsplit(address)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((place.hostname, place.port), timeout=10)


@pytest.mark.parametrize("server", ["page", pytest.param("tensorboard", marks=pytest.mark.slow)])
def test_view_prints_the_address_and_returns_when_it_is_interrupted(tmp_path, server) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-c", SCRIPT, str(tmp_path / "map"), server],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as script:
        assert script.stdout is not None
        address = script.stdout.readline().strip()
        page = read(address)
        script.send_signal(signal.SIGTERM)  # not SIGINT, which background jobs ignore
        rest, errors = script.communicate(timeout=60)
    assert address.startswith("http://127.0.0.1:")
    if server == "page":
        assert page == (tmp_path / "map/site/index.html").read_bytes()
    else:
        assert b"vz-projector" in page
    assert (rest, script.returncode) == ("after view True\n", 0), errors
    assert_stopped(address)


def test_a_folder_is_served_as_it_is_and_never_from_the_browsers_cache(folder: Path) -> None:
    with serve_folder(folder / "site") as address:
        assert read(address) == (folder / "site/index.html").read_bytes()
        with urllib.request.urlopen(f"{address}config.json.gz") as answer:
            assert answer.headers["Cache-Control"] == "no-cache"
    assert_stopped(address)


def test_nothing_outside_the_folder_is_served(folder: Path) -> None:
    with serve_folder(folder / "site") as address:
        for path in ("../upload/README.md", "%2e%2e/upload/README.md"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                read(address + path)


@pytest.mark.slow
def test_tensorboard_lists_the_tables_and_stops_with_the_block(folder: Path) -> None:
    with tensorboard(folder / "projector") as address:
        runs = json.loads(read(f"{address}/data/plugin/projector/runs"))
        info = json.loads(read(f"{address}/data/plugin/projector/info?run={runs[0]}"))
    assert [table["tensorName"] for table in info["embeddings"]] == ["letters"]
    assert_stopped(address)


def test_the_last_line_of_a_tensorboard_that_exits_is_in_the_error(tmp_path, monkeypatch) -> None:
    (tmp_path / "tensorboard").mkdir()
    (tmp_path / "tensorboard/__init__.py").touch()
    broken = "import sys\nprint('loading')\nsys.exit('no space left for plugins')\n"
    (tmp_path / "tensorboard/main.py").write_text(broken)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        pytest.raises(JobFailedError, match=r"^TensorBoard exited: no space left for plugins$"),
        tensorboard(tmp_path),
    ):
        pytest.fail("it did not exit")


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RunError, match=f"cannot listen on port {port}"):
            free_port("127.0.0.1", port)


def test_port_zero_is_any_free_port() -> None:
    port = free_port("127.0.0.1")
    assert port > 0
    assert free_port("127.0.0.1", port) == port
