"""Start the program as a user does, and kill it at a chosen moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PROGRAM = (sys.executable, "-m", "projector_export")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Killed:
    """What a process did after a signal.

    Attributes:
        number: the signal.
        delay: seconds from its start to the signal.
        code: its exit code, or minus the signal that ended it.
        seconds: from the signal to its end, on the clock.
        cpu_seconds: the same in its own processor time.
        lines: what it printed to stderr.
        had_started: whether the program ran when the signal came, and not only Python.
    """

    number: int
    delay: float
    code: int
    seconds: float
    cpu_seconds: float
    lines: list[str]
    had_started: bool

    @property
    def was_in_time(self) -> bool:
        """Whether the signal came before the process had finished by itself."""
        return self.code != 0


def start(arguments: Sequence[str], cwd: Path) -> subprocess.Popen[str]:
    """Start the program, or a script, in its own process group, as a terminal does."""
    is_script = arguments[0].endswith(".py")
    return subprocess.Popen(
        [sys.executable, *arguments] if is_script else [*PROGRAM, *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_listen_to_ctrl_c,  # noqa: PLW1509
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )


def _listen_to_ctrl_c() -> None:
    """Undo what a shell does for its background jobs, which these tests may be."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def kill_after(
    arguments: Sequence[str],
    cwd: Path,
    delay: float,
    number: int,
    *,
    is_time: Callable[[], bool] = lambda: True,
) -> Killed:
    """Start the program, wait `delay` seconds and until `is_time()`, signal it, wait for its end.

    A first argument that ends in `.py` is a script of Python to start instead.

    SIGINT goes to the whole group, as Ctrl-C does; other signals to the process, as `kill` does.
    """
    process = start(arguments, cwd)
    began = time.monotonic()
    while process.poll() is None and (time.monotonic() - began < delay or not is_time()):
        time.sleep(0.002)
    had_started = _catches_sigterm(process.pid)
    before, killed_at = _cpu_seconds(process.pid), time.monotonic()
    if process.poll() is None:
        (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    seconds, after = time.monotonic() - killed_at, _cpu_seconds(process.pid)
    _, errors = process.communicate()
    return Killed(
        number=number,
        delay=killed_at - began,
        code=process.returncode,
        seconds=seconds,
        cpu_seconds=max(0.0, after - before),
        lines=errors.strip().splitlines(),
        had_started=had_started,
    )


def _cpu_seconds(pid: int) -> float:
    """Read the processor time of a process that runs, or has ended and was not waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def _catches_sigterm(pid: int) -> bool:
    """Whether a process has its own handler, which Python alone has not."""
    status = Path(f"/proc/{pid}/status")
    try:
        caught = status.read_text().partition("SigCgt:")[2].split()[0]
    except (FileNotFoundError, IndexError):
        return False
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)
