"""Progress as a callback: the library reports, and whoever called it decides what to show.

`px.export(..., on_progress=callback)` calls it as `callback("t-SNE", 200, 750)`; the command line
draws bars from the same calls.
"""

from __future__ import annotations

from typing import Protocol


class ProgressCallback(Protocol):
    """Is told how far a task is."""

    def __call__(self, task: str, done: float, total: float | None, note: str = "") -> None:
        """Take note of progress.

        Args:
            task: what is being done, such as `t-SNE`; the same words at each call.
            done: how much of it is done, from 0.
            total: how much there is; None where that is not known. At `total` the task has ended.
            note: what else may be said beside a bar, such as the loss.
        """


def no_progress(task: str, done: float, total: float | None, note: str = "") -> None:
    """Ignore it."""
