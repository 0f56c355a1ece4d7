"""The figures of these tests, printed at their end."""

from __future__ import annotations

import signal
from collections import Counter, defaultdict
from collections.abc import Callable

import pytest

from tests.helpers.killing import Killed

_killed: dict[str, list[Killed]] = {}
_inputs: Counter[str] = Counter()
_figures: defaultdict[str, list[str]] = defaultdict(list)


@pytest.fixture
def killed(request: pytest.FixtureRequest) -> list[Killed]:
    """Collects the kills of a test; the summary has a line for it."""
    return _killed.setdefault(request.node.name, [])


@pytest.fixture
def count_input() -> Callable[[str], None]:
    """Counts an input of a reader."""
    return lambda name: _inputs.update([name])


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Prints a line of figures of a test in the summary."""
    return _figures[request.node.name].append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured: kills and how long they took, inputs, and more."""
    lines = [f"{name}: {_of_kills(kills)}" for name, kills in _killed.items()]
    if _killed:
        lines.append(
            f"all kills: {_of_kills([one for kills in _killed.values() for one in kills])}"
        )
    if _inputs:
        lines.append(f"{_inputs.total():,} inputs of {len(_inputs)} readers without a traceback")
    lines += [f"{name}: {line}" for name, lines in _figures.items() for line in lines]
    if lines:
        terminalreporter.section("reliability")
    for line in lines:
        terminalreporter.write_line(line)


def _of_kills(kills: list[Killed]) -> str:
    # Scripts that use the library, and Python before it has started, end as Python does.
    asked = [one for one in kills if one.code in (128 + signal.SIGINT, 128 + signal.SIGTERM)]
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
