"""The figures of these tests, printed at their end."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable

import pytest

from tests.helpers.killing import Killed

_killed: dict[str, list[Killed]] = {}
_inputs: Counter[str] = Counter()


@pytest.fixture
def killed(request: pytest.FixtureRequest) -> list[Killed]:
    """Collects the kills of a test; the summary has a line for it."""
    return _killed.setdefault(request.node.name, [])


@pytest.fixture
def count_inputs() -> Callable[[str], None]:
    """Counts an input of a reader."""
    return lambda name: _inputs.update([name])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many processes were killed, and how long they took to end."""
    if not _killed:
        return
    terminalreporter.section("reliability")
    for name, kills in _killed.items():
        terminalreporter.write_line(f"{name}: {_figures(kills)}")
    total = [one for kills in _killed.values() for one in kills]
    terminalreporter.write_line(f"all: {_figures(total)}")


def _figures(kills: list[Killed]) -> str:
    asked = [one for one in kills if one.was_in_time and one.number != signal.SIGKILL]
    counts = f"{sum(one.was_in_time for one in kills)} of {len(kills)} killed before they ended"
    if not asked:
        return counts
    clock = sorted(one.seconds for one in asked)
    own = sorted(one.cpu_seconds for one in asked)
    late = sum(seconds > 2 for seconds in clock)
    return (
        f"{counts}; of {len(asked)} interrupted, {late} took more than 2 s; "
        f"median {clock[len(clock) // 2]:.2f} s, most {clock[-1]:.2f} s "
        f"({own[-1]:.2f} s of processor time)"
    )
