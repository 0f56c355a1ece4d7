"""An interrupt ends the program with one line, whatever it is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

# A command that does not react to interrupts, in the place of the program's own.
STUBBORN = """
import sys, time, types
fake = types.ModuleType("projector_export.cli.program")
def run_program(arguments):
    news = ["started"]
    while True:
        try:
            while news:
                print(news.pop(), flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            {reaction}
fake.run_program = run_program
sys.modules["projector_export.cli.program"] = fake
from projector_export.cli.main import main
main()
"""


def end_after(number: int, reaction: str, *, times: int = 1) -> tuple[int, list[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN.format(reaction=reaction)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(times):
            os.kill(process.pid, number)
        _, errors = process.communicate(timeout=60)
    return process.returncode, errors.splitlines()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("reaction", ["raise", "pass", "raise ImportError", "time.sleep(60)"])
def test_one_line_and_the_shells_exit_code(number, code, reaction) -> None:
    line = "error: interrupted: nothing is half-written; run the command again"
    assert end_after(number, reaction) == (code, [line])


def test_an_impatient_user_gets_one_line_too() -> None:
    code, lines = end_after(signal.SIGINT, "raise", times=20)
    assert code == 130
    assert len(lines) == 1


def test_a_command_that_ends_by_itself_is_not_ended() -> None:
    assert end_after(signal.SIGTERM, "return time.sleep(0.1)") == (0, [])
