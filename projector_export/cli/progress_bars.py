"""Progress bars with the remaining time, on stderr."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from projector_export.progress import ProgressCallback, no_progress


@contextmanager
def progress_bars() -> Iterator[ProgressCallback]:
    """Yield a callback that draws a bar for each task; none with -q, or outside a terminal."""
    is_quiet = not logging.getLogger("projector_export").isEnabledFor(logging.INFO)
    if is_quiet or not sys.stderr.isatty():
        yield no_progress
        return
    from rich import progress as rich_progress
    from rich.console import Console

    columns = (
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.TaskProgressColumn(),
        rich_progress.TimeRemainingColumn(),
        rich_progress.TextColumn("{task.fields[note]}"),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, rich_progress.TaskID] = {}

        def draw(task: str, done: float, total: float | None, note: str = "") -> None:
            if task not in tasks:
                tasks[task] = bars.add_task(task, total=total, note=note)
            bars.update(tasks[task], completed=done, total=total, note=note)

        yield draw
