"""Memory is flat over many epochs and many exports in one process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.planted_books import write_planted_books

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1800)]

MAX_GROWTH = 25  # MB

MEASURE = """
import gc, json, os, sys, warnings
from pathlib import Path
import numpy as np

megabytes = []
def measure():
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    megabytes.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
"""

# A megabyte of vectors, and as much metadata: one copy of either that stays is 45 MB at the end.
EXPORTS = """
import projector_export as px
rows = np.random.default_rng(0).normal(size=(5_000, 50)).astype(np.float32)
words = {"word": [f"word {row}" for row in range(5_000)], "topic": ["a", "b", "c", "d", "e"] * 1_000}
for _ in range(50):
    px.export(rows + np.float32(0.01), words, "map", layouts=("pca",), replace=True)
    measure()
"""

EPOCHS = """
from training import pipeline
from training.config.loading import load_config
config = load_config(Path("config.yaml"), ["training.epochs=200"])
pipeline.train(config, on_progress=lambda task, done, total, note="": measure() if done else None)
"""

# 0.4 MB of vectors: one copy an epoch is 72 MB at the end.
CALLBACK = """
import keras
from projector_export.keras import ProjectorCallback
layers = keras.layers
model = keras.Sequential([layers.Embedding(2_000, 50, name="words"), layers.Flatten(), layers.Dense(1)])
model.compile("sgd", "mse")
ids = np.arange(2_000).reshape(-1, 1)
measured = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: measure())
model.fit(ids, ids / 2_000, epochs=200, verbose=0, callbacks=[ProjectorCallback("fit"), measured])
"""


@pytest.mark.parametrize(
    ("what", "program", "early", "last"),
    [
        ("exports", EXPORTS, 5, 50),
        ("epochs of training", EPOCHS, 20, 200),
        ("epochs with the Keras callback", CALLBACK, 20, 200),
    ],
)
def test_memory_is_flat(tmp_path, figure, what, program, early, last) -> None:
    write_planted_books(tmp_path / "books.ndjson")
    (tmp_path / "config.yaml").write_text("run: books\ndataset: {books: books.ndjson}\n")
    megabytes = measured(program, tmp_path)
    assert len(megabytes) == last
    before, after = megabytes[early - 1], megabytes[-1]
    figure(f"{before:.0f} MB after {early} {what}, {after:.0f} MB after {last}")
    assert after - before < MAX_GROWTH


def measured(program: str, folder: Path) -> list[float]:
    """Run a program that measures; return the MB of memory each time that it did."""
    (folder / "program.py").write_text(f"{MEASURE}{program}\nprint(json.dumps(megabytes))\n")
    ended = subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return json.loads(ended.stdout.splitlines()[-1])
