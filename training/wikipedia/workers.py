"""Processes that read parts in parallel, and end when their parent ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from projector_export.errors import JobFailedError
from training.wikipedia.part_results import PartFiles, PartReader
from training.wikipedia.streams import Part

SECONDS_BETWEEN_UPDATES = 0.25

# Bytes read and books found, two numbers per job, written by its worker and read by the parent.
_progress: Any = None


@dataclass(frozen=True, slots=True)
class Job:
    """A part to read for books with one of the named templates, and the files for its results.

    Books with one of `excluded_names` are left out: an earlier reading found them.
    """

    part: Part
    names: tuple[str, ...]
    files: PartFiles
    excluded_names: tuple[str, ...] = ()

    @property
    def num_bytes(self) -> int:
        """The part's size in the file."""
        return self.part.end - self.part.start


def run_jobs(jobs: list[Job], *, num_workers: int) -> Iterator[tuple[int, int]]:
    """Run jobs, and yield the bytes read and the books found several times a second.

    Each worker is a new process, so a script that calls this must be importable:
    `if __name__ == "__main__":`.

    Raises:
        JobFailedError: a worker was killed.
    """
    if not jobs:
        return
    context = multiprocessing.get_context("spawn")
    progress = context.Array("q", 2 * len(jobs), lock=False)
    pool = ProcessPoolExecutor(
        min(num_workers, len(jobs)), context, initializer=_start_worker, initargs=(progress,)
    )
    try:
        running = {pool.submit(_run_job, number, job) for number, job in enumerate(jobs)}
        while running:
            done, running = wait(running, SECONDS_BETWEEN_UPDATES, return_when=FIRST_COMPLETED)
            _raise_first_error(done)
            yield sum(progress[0::2]), sum(progress[1::2])
    finally:
        _stop(pool)


def _raise_first_error(done: set[Future[None]]) -> None:
    try:
        for future in done:
            future.result()
    except BrokenProcessPool as error:
        raise JobFailedError(
            "a worker process was killed, perhaps because memory ran out",
            tip="finished parts are kept: continue with --resume and fewer --workers",
        ) from error


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers at once: a part that is half read leaves no files behind."""
    processes = list((pool._processes or {}).values())  # noqa: SLF001  (no public way before 3.14)
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()


def _start_worker(progress: Any) -> None:
    global _progress  # noqa: PLW0603
    _progress = progress
    # Ctrl-C reaches every process of a terminal; only the parent handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Exit when the parent is gone, even if it was killed."""
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def _run_job(number: int, job: Job) -> None:
    def report_progress(position: int, num_books: int) -> None:
        _progress[2 * number : 2 * number + 2] = [position - job.part.start, num_books]

    reader = PartReader(job.names, excluded_names=job.excluded_names)
    reader.read(job.part, on_progress=report_progress)
    reader.write(job.files)
    report_progress(job.part.end, len(reader.books))
