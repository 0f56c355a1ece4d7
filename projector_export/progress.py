"""Progress as a callback: the library reports it, and the caller decides what to show.

`px.export(..., on_progress=callback)` calls it as `callback("t-SNE", 200, 750)`; the command line
draws bars from the same calls.
"""

from __future__ import annotations

from typing import Protocol


class ProgressCallback(Protocol):
    """A function that is called with the progress of a task."""

    def __call__(self, task: str, done: float, total: float | None, note: str = "") -> None:
        """Handle progress.

        Args:
            task: what is being done, such as `t-SNE`; the same text at each call.
            done: how much of it is done, from 0.
            total: how much there is, None if unknown. At `total` the task has ended.
            note: text to show next to a bar, such as the loss.
        """


def no_progress(task: str, done: float, total: float | None, note: str = "") -> None:
    """Ignore progress."""
