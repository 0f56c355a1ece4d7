"""Processes that read parts side by side, and end with the one that started them."""

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

SECONDS_BETWEEN_NEWS = 0.25

# Of each job the bytes read and the books found, written by its worker and read by the parent.
_news: Any = None


@dataclass(frozen=True, slots=True)
class Job:
    """A part to be read for books with one of the named templates, and where its results go.

    Books with one of the taken templates were found by an earlier reading, and are left out.
    """

    part: Part
    names: tuple[str, ...]
    files: PartFiles
    taken: tuple[str, ...] = ()

    @property
    def num_bytes(self) -> int:
        """The part's size in the file."""
        return self.part.end - self.part.start


def finished_jobs(jobs: list[Job], *, num_workers: int) -> Iterator[tuple[int, int]]:
    """Run jobs, and tell several times a second how many bytes are read and how many books found.

    Each worker is a new process, so a script that calls this must be importable:
    `if __name__ == "__main__":`.
    """
    if not jobs:
        return
    context = multiprocessing.get_context("spawn")
    news = context.Array("q", 2 * len(jobs), lock=False)
    pool = ProcessPoolExecutor(
        min(num_workers, len(jobs)), context, initializer=_start_worker, initargs=(news,)
    )
    try:
        running = {pool.submit(_run_job, number, job) for number, job in enumerate(jobs)}
        while running:
            done, running = wait(running, SECONDS_BETWEEN_NEWS, return_when=FIRST_COMPLETED)
            _raise_first_error(done)
            yield sum(news[0::2]), sum(news[1::2])
    finally:
        _stop(pool)


def _raise_first_error(done: set[Future[None]]) -> None:
    try:
        for future in done:
            future.result()
    except BrokenProcessPool as error:
        raise JobFailedError(
            "a worker was ended from outside, perhaps for want of memory",
            tip="finished parts are kept: go on with --resume and fewer --workers",
        ) from error


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers at once: a part that is half read leaves nothing behind."""
    processes = list((pool._processes or {}).values())  # noqa: SLF001  (no public way before 3.14)
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()


def _start_worker(news: Any) -> None:
    global _news  # noqa: PLW0603
    _news = news
    # Ctrl-C reaches every process of a terminal; the parent is the one that answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the parent is gone, even if it was killed and could tell nobody."""
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def _run_job(number: int, job: Job) -> None:
    def tell(position: int, num_books: int) -> None:
        _news[2 * number : 2 * number + 2] = [position - job.part.start, num_books]

    reader = PartReader(job.names, taken=job.taken)
    reader.read(job.part, on_progress=tell)
    reader.write(job.files)
    tell(job.part.end, len(reader.books))
