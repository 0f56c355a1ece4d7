"""UMAP's process reports failures in one line, and ends with its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from projector_export.errors import JobFailedError
from projector_export.prepare.layouts.base import LayoutInput
from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts
from projector_export.prepare.layouts.neighbors import neighbor_graph
from projector_export.prepare.layouts.process import LayoutProcess, layout_process

ROWS = np.random.default_rng(0).normal(size=(100, 8)).astype(np.float32)


def put_another_umap_first(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    (folder / "umap.py").write_text(source)
    monkeypatch.syspath_prepend(str(folder))


def test_a_failure_is_reported_in_one_line(tmp_path, monkeypatch) -> None:
    put_another_umap_first(tmp_path, monkeypatch, "raise ImportError('no UMAP today')")
    with pytest.raises(JobFailedError, match=r"^UMAP failed: ImportError: no UMAP today$"):
        compute_layouts(ROWS, LayoutOptions(names=("tsne", "umap")))


def test_a_killed_process_is_reported_with_its_signal() -> None:
    with layout_process("umap") as process:
        given = LayoutInput(ROWS, ROWS[:, :2], neighbor_graph(ROWS, 14), 0)
        process.begin(given, lambda _done, _total: None)
        os.kill(process._process.pid, signal.SIGKILL)
        with pytest.raises(JobFailedError, match=r"^UMAP failed: signal 9 ended its process$"):
            process.result()


def test_nothing_is_left_of_it_if_the_caller_fails() -> None:
    started: list[LayoutProcess] = []

    def interrupted() -> None:
        with layout_process("umap") as process:
            started.append(process)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert started[0]._process.returncode == -signal.SIGKILL
    assert not started[0]._folder.exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_it_ends_with_its_parent(number) -> None:
    script = (
        "import numpy as np\n"
        "from projector_export.prepare.layouts import compute\n"
        "rows = np.random.default_rng(0).normal(size=(30_000, 8)).astype('f')\n"
        "def report(task, done, total, note=''):\n"
        "    if task == 't-SNE':\n"
        "        print('both are at work', flush=True)\n"
        "options = compute.LayoutOptions(names=('tsne', 'umap'))\n"
        "compute.compute_layouts(rows, options, on_progress=report)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert parent.stdout
    parent.stdout.readline()
    if number == signal.SIGINT:
        os.killpg(parent.pid, number)  # as Ctrl-C does
    else:
        parent.kill()
    parent.wait(60)
    parent.stdout.close()
    wait_for_end_of_group(parent.pid)


def wait_for_end_of_group(group: int) -> None:
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the child is still there")


@pytest.mark.slow
def test_this_process_imports_neither_umap_nor_tensorflow() -> None:
    script = (
        "import sys, numpy as np\n"
        "from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts\n"
        "rows = np.random.default_rng(0).normal(size=(100, 8)).astype('f')\n"
        "compute_layouts(rows, LayoutOptions(names=('umap',)))\n"
        "print({'umap', 'numba', 'tensorflow'} & sys.modules.keys())\n"
    )
    words = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert words.stdout == "set()\n"
