"""What an export of very many rows takes, beside the least that one could write.

    python benchmarks/any_size.py                          1,000,000 x 128, no layouts
    python benchmarks/any_size.py --layouts tsne,umap,pca  with maps, which takes long

Each row of the table is a process of its own. Its memory is the most that it held, everything
included: Python, libraries and the vectors, which are read into memory. With layouts, a second table
says how faithful they are, and how often the nearest points are of a point's own group.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

NUM_GROUPS = 20
ROWS_AT_ONCE = 50_000
NUM_JUDGED = 5_000


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
        if arguments.layouts:
            _print_quality(Path(folder))


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
    print(json.dumps([seconds, _peak_megabytes()]))


def _peak_megabytes() -> float:
    """Return the most memory of this process; getrusage's counts the parent's before the start."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) * 1024 / 1e6


def _print_quality(folder: Path) -> None:
    """Print how faithful the maps are, beside how many of the nearest are of one group."""
    from scipy.spatial import KDTree

    import projector_export as px
    from projector_export.explore.exported_maps import read_layouts

    opened = px.open_export(folder / "map")
    faithfulness = opened.faithfulness()
    table = opened.tables[next(iter(opened.tables))]
    groups = table.metadata["topic"].to_numpy()
    rows = np.random.default_rng(0).choice(len(groups), NUM_JUDGED, replace=False)
    print("\n| | " + " | ".join([*next(iter(faithfulness.maps.values())), "own group"]) + " |")
    print("|---" * 6 + "|")
    layouts = read_layouts(opened.tables, table.name)
    for name, figures in faithfulness.maps.items():
        layout = layouts[name]
        nearest = KDTree(layout).query(layout[rows], 11)[1][:, 1:]
        share = (groups[nearest] == groups[rows, None]).mean()
        print(
            f"| {name} | "
            + " | ".join(f"{value:.3f}" for value in [*figures.values(), share])
            + " |"
        )


def _nothing(_vectors: np.ndarray, _metadata: pd.DataFrame, _arguments: argparse.Namespace) -> None:
    """Hold vectors and metadata."""


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
    "numpy.save, numpy.savetxt and to_csv": _plain_files,
    "px.export, its check included": _export,
}

if __name__ == "__main__":
    main()
