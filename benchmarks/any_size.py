"""What an export of very many rows takes, beside the least that one could write.

    python benchmarks/any_size.py                          1,000,000 x 128, no layouts
    python benchmarks/any_size.py --layouts tsne,umap,pca  with maps, which takes long

Each row of the table is a process of its own. Its memory is the most that it held, everything
included: Python, libraries and the vectors, which are read into memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

NUM_GROUPS = 20
ROWS_AT_ONCE = 50_000


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument("--layouts", default="")
    parser.add_argument("--step", choices=STEPS)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    if arguments.step:
        _measure(arguments)
        return
    size = 4e-6 * arguments.rows * arguments.dim
    print(f"{arguments.rows:,} x {arguments.dim}: the vectors are {size:,.0f} MB\n")
    print("| | seconds | most memory, MB |\n|---|---|---|")
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        _generate(Path(folder), arguments.rows, arguments.dim)
        for step in STEPS:
            options = [f"--step={step}", f"--folder={folder}", f"--layouts={arguments.layouts}"]
            command = [sys.executable, __file__, *options]
            answer = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            seconds, megabytes = json.loads(answer.stdout.splitlines()[-1])
            print(f"| {step} | {seconds:.0f} | {megabytes:,.0f} |", flush=True)


def _generate(folder: Path, num_rows: int, dim: int) -> None:
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(NUM_GROUPS, dim)).astype(np.float32)
    groups = rng.integers(NUM_GROUPS, size=num_rows)
    vectors = np.lib.format.open_memmap(
        folder / "vectors.npy", "w+", dtype=np.float32, shape=(num_rows, dim)
    )
    for start in range(0, num_rows, ROWS_AT_ONCE):
        some = groups[start : start + ROWS_AT_ONCE]
        noise = rng.normal(size=(len(some), dim))
        vectors[start : start + len(some)] = centers[some] + noise
    np.save(folder / "groups.npy", groups)


def _measure(arguments: argparse.Namespace) -> None:
    vectors = np.load(arguments.folder / "vectors.npy")
    groups = np.load(arguments.folder / "groups.npy")
    metadata = pd.DataFrame(
        {
            "word": [f"word {row}" for row in range(len(vectors))],
            "topic": [f"topic {group}" for group in groups],
        }
    )
    started = time.perf_counter()
    STEPS[arguments.step](vectors, metadata, arguments)
    seconds = time.perf_counter() - started
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000]))


def _nothing(_vectors: np.ndarray, _metadata: pd.DataFrame, _arguments: argparse.Namespace) -> None:
    """Hold vectors and metadata."""


def _load_tensorflow(
    _vectors: np.ndarray, _metadata: pd.DataFrame, _arguments: argparse.Namespace
) -> None:
    from projector_export.native_libraries import load_tensorflow

    load_tensorflow()


def _plain_files(
    vectors: np.ndarray, metadata: pd.DataFrame, arguments: argparse.Namespace
) -> None:
    np.save(arguments.folder / "plain.npy", vectors)
    np.savetxt(arguments.folder / "plain.tsv", vectors, fmt="%.9g", delimiter="\t")
    metadata.to_csv(arguments.folder / "metadata.tsv", sep="\t", index=False)


def _export(vectors: np.ndarray, metadata: pd.DataFrame, arguments: argparse.Namespace) -> None:
    import projector_export as px

    layouts = tuple(name for name in arguments.layouts.split(",") if name)
    px.export(vectors, metadata, arguments.folder / "map", layouts=layouts)


STEPS = {
    "vectors and metadata in memory": _nothing,
    "and TensorFlow loaded": _load_tensorflow,
    "numpy.save, numpy.savetxt and to_csv": _plain_files,
    "px.export, its check included": _export,
}

if __name__ == "__main__":
    main()
