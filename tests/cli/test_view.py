"""`view`: which page it serves, at which address, and when it opens the browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.helpers.running import exit_code


def viewed(run: Path, *options: str, **variables: str) -> tuple[str, str, bytes]:
    """Start `view` in a terminal, read the page once, stop it; return address, log and page."""
    terminal, inside = os.openpty()
    command = [sys.executable, "-m", "projector_export", "view", str(run), "--port", "0", *options]
    environment = {key: value for key, value in os.environ.items() if key != "CI"} | variables
    with subprocess.Popen(
        command, stdout=inside, stderr=subprocess.PIPE, text=True, env=environment
    ) as viewer:
        os.close(inside)
        with open(terminal) as lines:  # noqa: PTH123
            address = lines.readline().strip()
        with urllib.request.urlopen(address) as answer:
            page = answer.read()
        # Not SIGINT, which background jobs of a shell ignore.
        viewer.send_signal(signal.SIGTERM)
        try:
            _, log = viewer.communicate(timeout=60)
        finally:
            viewer.kill()
    assert viewer.returncode == 0
    assert "stopped" in log
    assert address.startswith("http://127.0.0.1:")
    return address, log, page


@pytest.fixture
def browser(tmp_path: Path) -> tuple[str, Path]:
    """A command that Python uses as the browser, and the file in which it records addresses."""
    script, opened = tmp_path / "browser", tmp_path / "opened.txt"
    script.write_text(f'#!/bin/sh\necho "$1" >> {opened}\n')
    script.chmod(0o755)
    opened.touch()
    return str(script), opened


def test_in_a_terminal_the_page_of_a_run_opens_in_the_browser(planted_run, browser) -> None:
    command, opened = browser
    address, _, page = viewed(planted_run, BROWSER=command)
    assert opened.read_text().split() == [address]
    assert page == (planted_run / "site" / "index.html").read_bytes()


@pytest.mark.parametrize(("options", "variables"), [(("--no-open",), {}), ((), {"CI": "true"})])
def test_no_browser_opens_in_ci_or_with_no_open(planted_run, browser, options, variables) -> None:
    command, opened = browser
    viewed(planted_run, *options, BROWSER=command, **variables)
    assert opened.read_text() == ""


def test_no_browser_opens_if_the_output_is_not_a_terminal(planted_run, browser) -> None:
    command, opened = browser
    arguments = ["view", str(planted_run), "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "projector_export", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "BROWSER": command, "CI": ""},
    ) as viewer:
        assert viewer.stdout is not None
        assert viewer.stdout.readline().startswith(b"http://")
        viewer.send_signal(signal.SIGTERM)
        viewer.communicate(timeout=60)
    assert opened.read_text() == ""


@pytest.mark.slow
@pytest.mark.parametrize("folder", [".", "projector"])
def test_tensorboard_starts_on_request_or_if_there_is_no_page(planted_run, folder) -> None:
    options = ("--tensorboard",) if folder == "." else ()
    address, log, page = viewed(planted_run / folder, *options)
    assert address.endswith("/data/plugin/projector/projector_binary.html")
    assert f"starting TensorBoard on {planted_run / 'projector'}" in log
    assert b"vz-projector" in page


@pytest.mark.parametrize("page", ["--site", "--tensorboard"])
@pytest.mark.parametrize("port", ["0", "6006"])
def test_the_host_of_another_machine_is_refused(planted_run, capsys, page, port) -> None:
    arguments = ["view", str(planted_run), page, "--host", "999.1.1.1", "--port", port]
    assert exit_code(arguments) == 2
    message, tip = capsys.readouterr().err.splitlines()
    assert message.startswith("error: cannot listen on 999.1.1.1: ")
    assert tip.startswith("tip: --host 127.0.0.1 is this machine")


@pytest.mark.parametrize("page", ["--site", "--tensorboard"])
def test_a_port_that_is_taken_is_refused(planted_run, capsys, page) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert exit_code(["view", str(planted_run), page, "--port", port]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"error: cannot listen on port {port}: Address already in use",
        "tip: --port 0 takes any free port",
    ]
