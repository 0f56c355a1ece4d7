"""Ctrl-C and a plain kill: one line that says how to go on, within two seconds.

Python runs signal handlers between two instructions of the main thread, and a KeyboardInterrupt
can get lost in a library's `except:`. So a thread reads each signal from a pipe, which the system
writes to at once, and ends the process if the main thread has not done so in time. What that
leaves on disk is hidden, and the next job deletes it (`projector_export/locks.py`).
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SECONDS_TO_CLEAN_UP = 1.0
AGAIN = "nothing is half-written; run the command again"


class Interrupts:
    """Which signal arrived, if any, and what the user can do then."""

    def __init__(self) -> None:
        self.signal_number: int | None = None
        self._advice: Callable[[], str] = lambda: AGAIN
        self._is_said = False

    def advise(self, advice: Callable[[], str]) -> None:
        """Say `advice()` after an interrupt; it is called when there is one."""
        self._advice = advice

    def caused(self, error: BaseException) -> bool:
        """Whether `error` is an interrupt, or what a library made of one."""
        return isinstance(error, KeyboardInterrupt) or self.signal_number is not None

    @property
    def exit_code(self) -> int:
        """What shells report after this signal: 130 or 143."""
        return 128 + (self.signal_number or signal.SIGINT)

    def say(self, complain: Callable[[str], None]) -> None:
        """Say once what happened and how to go on, in one line."""
        if not self._is_said:
            self._is_said = True
            complain(f"interrupted: {self._advice()}")

    def exit(self) -> NoReturn:
        """Exit after a signal; at once, as Python takes a second to take TensorFlow apart."""
        if self.signal_number is None:
            sys.exit(self.exit_code)
        atexit._run_exitfuncs()  # noqa: SLF001  (there is no public way)
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(self.exit_code)

    def on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Interrupt the main thread once; more signals would only disturb its cleaning up."""
        if self.signal_number is None:
            self.signal_number = number
            raise KeyboardInterrupt


_current = Interrupts()


def current() -> Interrupts:
    """Return the interrupts of the running program, to advise the user."""
    return _current


@contextmanager
def interruptible(*, is_whole_process: bool) -> Iterator[Interrupts]:
    """Turn SIGINT and SIGTERM into a KeyboardInterrupt, and into an exit if that takes long.

    After an interrupt the limit holds until the process ends, which waits for other threads.

    Args:
        is_whole_process: whether the process ends after this, which takes TensorFlow a second; the
            work is done then, and a signal is ignored.
    """
    global _current  # noqa: PLW0603
    _current = interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    received, sent = os.pipe()
    stderr = os.dup(2)  # fd 2 points elsewhere while TensorFlow is imported
    os.set_blocking(sent, False)
    previous = [
        (number, signal.signal(number, interrupts.on_signal))
        for number in SIGNALS
        if signal.getsignal(number) != signal.SIG_IGN  # as in background jobs, and with nohup
    ]
    previous_fd = signal.set_wakeup_fd(sent, warn_on_full_buffer=False)
    previous_hook, sys.unraisablehook = sys.unraisablehook, _silence_interrupts
    Thread(target=_exit_in_time, args=[interrupts, received, stderr], daemon=True).start()
    is_interrupted = False
    try:
        yield interrupts
    except BaseException:
        is_interrupted = interrupts.signal_number is not None
        raise
    finally:
        if not is_interrupted:  # also if the command handled a signal, as `view` does
            sys.unraisablehook = previous_hook
            for number, handler in previous:
                signal.signal(number, signal.SIG_IGN if is_whole_process else handler)
            signal.set_wakeup_fd(previous_fd)
            os.close(sent)


def _exit_in_time(interrupts: Interrupts, received: int, stderr: int) -> None:
    """Wait for a signal, then for the end of the command; end the process if that takes long."""
    numbers = iter(lambda: os.read(received, 1), b"")
    number = next((byte[0] for byte in numbers if byte[0] in SIGNALS), None)
    deadline = time.monotonic() + SECONDS_TO_CLEAN_UP
    while number:
        seconds_left = max(0.0, deadline - time.monotonic())
        if not select.select([received], [], [], seconds_left)[0]:
            interrupts.signal_number = number
            with os.fdopen(stderr, "w") as file:
                interrupts.say(lambda line: print(f"error: {line}", file=file))
            os._exit(interrupts.exit_code)
        if not os.read(received, 1):
            number = None
    os.close(received)
    os.close(stderr)


def _silence_interrupts(unraisable: sys.UnraisableHookArgs) -> None:
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
