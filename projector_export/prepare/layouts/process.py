"""Run a layout method in its own process, in parallel to the others.

Then t-SNE and UMAP together take as long as the slower one, and umap-learn is imported and compiled
while neighbors are still being searched, without TensorFlow, which its `__init__` would otherwise
import for six seconds. The child is a fresh interpreter, never a fork, which TensorFlow's threads
would not survive. It is started with `-m`, as `multiprocessing` would run a user's script again.

The parent writes the path of a folder to the child's standard input, the child writes its progress
("12 200", one line each) to its standard output, and files in the folder contain input and output.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.errors import JobFailedError
from projector_export.prepare.layouts import LAYOUTS
from projector_export.prepare.layouts.base import LayoutInput, Report
from projector_export.prepare.layouts.neighbors import NeighborGraph

logger = logging.getLogger(__name__)

INPUT_NAME, OUTPUT_NAME, ERRORS_NAME = "input.npz", "layout.npy", "errors.txt"
ONE_THREAD = dict.fromkeys(
    ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"], "1"
)
WARM_UP_ROWS = 64


class LayoutProcess:
    """The parent's side of a child that imports the method's library, then waits for its input."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder
        paths = os.pathsep.join(path for path in sys.path if path)
        with (folder / ERRORS_NAME).open("wb") as errors:
            self._process = subprocess.Popen(
                # -P: a umap.py in the working folder must not be imported
                [sys.executable, "-P", "-m", __name__, name],
                env={**os.environ, **ONE_THREAD, "PYTHONPATH": paths},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def begin(self, given: LayoutInput, report: Report) -> None:
        """Send the input; `report` is called from another thread."""
        np.savez(
            self._folder / INPUT_NAME,
            vectors=given.vectors,
            start=given.start,
            rows=given.graph.rows,
            distances=given.graph.distances,
            seed=given.seed,
        )
        if self._process.stdin:
            with suppress(BrokenPipeError):  # it has failed, and `result` will raise
                self._process.stdin.write(f"{self._folder}\n")
                self._process.stdin.flush()
        self._reader = Thread(target=self._follow, args=[report], daemon=True)
        self._reader.start()

    def result(self) -> Float32Matrix:
        """Wait for the layout (N, 2 or 3).

        Raises:
            JobFailedError: the child failed; the message includes its last line of output.
        """
        self._process.wait()
        self._reader.join()
        self.refuse_failure()
        return np.asarray(np.load(self._folder / OUTPUT_NAME))

    def refuse_failure(self) -> None:
        """Raise `JobFailedError` if the child has failed."""
        code = self._process.poll()
        if not code:
            return
        errors = (self._folder / ERRORS_NAME).read_text("utf-8", "replace").strip()
        logger.debug("%s", errors)
        reason = errors.split("\n")[-1] or "it printed nothing"
        if code < 0:
            reason = f"signal {-code} ended its process"
        raise JobFailedError(
            f"{LAYOUTS[self._name].title} failed: {reason}",
            tip=f"leave {self._name} out of the layouts; if memory ran out, export fewer rows",
        )

    def stop(self) -> None:
        """Kill the child if it is still running."""
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
def layout_process(name: str) -> Iterator[LayoutProcess]:
    """Start a child for the method called `name`; it does not outlive the block."""
    with tempfile.TemporaryDirectory(prefix="projector-export-") as folder:
        process = LayoutProcess(name, Path(folder))
        try:
            yield process
        finally:
            process.stop()


def main() -> None:
    """Warm up, wait for a folder, and lay out its input: the child's side."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both; the parent ends the child
    sys.modules["tensorflow"] = None  # type: ignore[assignment]
    folders: SimpleQueue[Path] = SimpleQueue()
    Thread(target=_listen, args=[folders], daemon=True).start()
    compute = LAYOUTS[sys.argv[1]].compute
    _warm_up(compute)
    folder = folders.get()
    with np.load(folder / INPUT_NAME) as arrays:
        graph = NeighborGraph(arrays["rows"], arrays["distances"])
        given = LayoutInput(arrays["vectors"], arrays["start"], graph, int(arrays["seed"]))
    layout = compute(given, lambda done, total: print(done, total, flush=True))  # noqa: T201
    np.save(folder / OUTPUT_NAME, layout)


def _warm_up(compute: Callable[[LayoutInput, Report], Float32Matrix]) -> None:
    """Lay out a ring, so that everything is imported and compiled before the input arrives."""
    rows = np.arange(WARM_UP_ROWS)[:, None]
    neighbors = (rows + np.arange(1, 15)) % WARM_UP_ROWS
    graph = NeighborGraph(neighbors, np.ones(neighbors.shape, np.float32))
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(WARM_UP_ROWS, 4)).astype(np.float32)
    start = rng.normal(size=(WARM_UP_ROWS, 2))
    compute(LayoutInput(vectors, start, graph, 0), lambda _done, _total: None)


def _listen(folders: SimpleQueue[Path]) -> None:
    """Pass on the folder; exit when standard input closes, as nobody waits for the layout then.

    A parent that was killed has not deleted the folder, which may be large.
    """
    if line := sys.stdin.readline().strip():
        folders.put(Path(line))
        sys.stdin.read()
        shutil.rmtree(line, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    main()
