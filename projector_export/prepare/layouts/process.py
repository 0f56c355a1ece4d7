"""UMAP in a process of its own, beside t-SNE.

So both maps take as long as the longer one, umap-learn is imported and compiled while neighbors
are still searched, and without TensorFlow, which its `__init__` would import for six seconds if it
could. A fresh interpreter, never a fork: TensorFlow's threads would not survive one. It starts by
`-m` and not by `multiprocessing`, which would run a user's script again.

The parent writes the name of a folder to the child's standard input, the child writes its progress
("12 200", a line each) to its standard output, and files in the folder hold what goes in and out.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.cli.console import detail
from projector_export.errors import JobFailedError
from projector_export.prepare.layouts.methods import umap
from projector_export.prepare.layouts.neighbors import NeighborGraph, Report

INPUT_NAME, OUTPUT_NAME, ERRORS_NAME = "input.npz", "layout.npy", "errors.txt"
ONE_THREAD = dict.fromkeys(
    ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"], "1"
)
WARM_UP_ROWS = 32


class UmapProcess:
    """A child that imports umap-learn, then waits for a graph; the parent's side."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        paths = os.pathsep.join(path for path in sys.path if path)
        with (folder / ERRORS_NAME).open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__],  # -P: no umap.py of the working folder
                env={**os.environ, **ONE_THREAD, "PYTHONPATH": paths},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def begin(self, graph: NeighborGraph, start: Float32Matrix, seed: int, report: Report) -> None:
        """Hand over the graph and `start` (N, 2 or 3); `report` is called from another thread."""
        path = self._folder / INPUT_NAME
        np.savez(path, rows=graph.rows, distances=graph.distances, start=start, seed=seed)
        if self._process.stdin:
            with suppress(BrokenPipeError):  # it has failed, as `result` will say
                self._process.stdin.write(f"{self._folder}\n")
                self._process.stdin.flush()
        self._reader = Thread(target=self._follow, args=[report], daemon=True)
        self._reader.start()

    def result(self) -> Float32Matrix:
        """Wait for the layout (N, 2 or 3).

        Raises:
            JobFailedError: there is none; what the child said last is in it.
        """
        self._process.wait()
        self._reader.join()
        self.refuse_failure()
        return np.asarray(np.load(self._folder / OUTPUT_NAME))

    def refuse_failure(self) -> None:
        """Raise `JobFailedError` if the child has ended, and not well."""
        code = self._process.poll()
        if not code:
            return
        errors = (self._folder / ERRORS_NAME).read_text("utf-8", "replace").strip()
        detail(errors)
        reason = errors.split("\n")[-1] or "it said nothing"
        if code < 0:
            reason = f"signal {-code} ended its process"
        raise JobFailedError(
            f"UMAP failed: {reason}",
            tip="leave umap out of the layouts; if memory ran out, give it fewer rows",
        )

    def stop(self) -> None:
        """End the child, if it is still there."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()

    def _follow(self, report: Report) -> None:
        for line in self._process.stdout or []:
            done, total = line.split()
            report(int(done), int(total))


@contextmanager
def umap_process() -> Iterator[UmapProcess]:
    """Start the child; it does not outlive the block."""
    with tempfile.TemporaryDirectory(prefix="projector-export-") as folder:
        process = UmapProcess(Path(folder))
        try:
            yield process
        finally:
            process.stop()


def main() -> None:
    """Compile UMAP, wait for a folder, and lay out what lies there; the child's side."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to both; the parent ends the child
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    _warm_up()
    folder = Path(sys.stdin.readline().strip())
    if not folder.name:  # the parent needs no UMAP after all, or is gone
        return
    Thread(target=_leave_with_parent, daemon=True).start()
    with np.load(folder / INPUT_NAME) as arrays:
        graph = NeighborGraph(arrays["rows"], arrays["distances"])
        start, seed = arrays["start"], int(arrays["seed"])
    layout = umap(graph, start, seed, lambda done, total: print(done, total, flush=True))  # noqa: T201
    np.save(folder / OUTPUT_NAME, layout)


def _warm_up() -> None:
    """Lay out a ring, so that everything is imported and compiled before it is needed."""
    rows = np.arange(WARM_UP_ROWS)[:, None]
    neighbors = (rows + np.arange(1, 15)) % WARM_UP_ROWS
    graph = NeighborGraph(neighbors, np.ones(neighbors.shape, np.float32))
    start = np.random.default_rng(0).normal(size=(WARM_UP_ROWS, 2))
    umap(graph, start, 0, lambda _done, _total: None)


def _leave_with_parent() -> None:
    """End when standard input does: the parent was killed, and nobody waits for the layout."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
