"""The time and quality of finished maps, compared to the defaults of openTSNE and umap-learn.

    python benchmarks/maps.py                           37,020 generated books, three seeds
    python benchmarks/maps.py --vectors logs/starter/vectors.npz --seeds 1

Each job is a separate Python process, one after the other: wall and processor seconds are those of
the process and its children, from start to end, including imports and compilation. "t-SNE" and
"UMAP" get finished neighbors; "both in parallel" is what an export does, including neighbors. The
defaults find their own neighbors, by Euclidean distances, which for rows of length 1 have the same
order as cosines.

Trustworthiness@15 (scikit-learn's definition) is of 2,000 rows, drawn with seed 0, among all rows;
recall is the share of all rows' 10 nearest by cosine that are among their 10 nearest on the map.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from projector_export.prepare.geometry import unit_norm, viewer_ready
from projector_export.prepare.layouts import LAYOUTS
from projector_export.prepare.layouts.base import LayoutInput, common_start
from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts
from projector_export.prepare.layouts.neighbors import NeighborGraph, neighbor_graph
from projector_export.prepare.neighbor_ranks import neighbor_figures

TRUST_AT, RECALL_AT, NUM_SAMPLED = 15, 10, 2_000
VECTORS_NAME, GRAPH_NAME = "vectors.npy", "graph.npz"

Maps = dict[str, np.ndarray]


def main() -> None:
    """Print a Markdown table, and write JSON if a file is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--vectors", type=Path, help="a run's vectors.npz, or an .npy (N, D)")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    parser.add_argument("--job", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.job:
        _do(*arguments.job)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        vectors = viewer_ready(_vectors(arguments.vectors))
        np.save(folder / VECTORS_NAME, vectors)
        rows = [_measured(job, vectors, folder, arguments.seeds) for job in JOBS]
    print(_markdown(rows, vectors.shape, arguments.seeds))
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")


def _vectors(path: Path | None) -> np.ndarray:
    if path is None:
        import vectors as training_benchmark
        from generated_books import generate_books

        return training_benchmark.ours(generate_books().pair_set(seed=0), seed=0).books
    loaded = np.load(path)
    return loaded["books"] if path.suffix == ".npz" else loaded


def _neighbors(vectors: np.ndarray, _seed: int, folder: Path) -> Maps:
    num_neighbors = max(method.num_neighbors(len(vectors)) for method in LAYOUTS.values())
    graph = neighbor_graph(vectors, num_neighbors)
    np.savez(folder / GRAPH_NAME, rows=graph.rows, distances=graph.distances)
    return {}


def _tsne(vectors: np.ndarray, seed: int, folder: Path) -> Maps:
    return {"t-SNE": _laid_out("tsne", vectors, seed, folder)}


def _umap(vectors: np.ndarray, seed: int, folder: Path) -> Maps:
    sys.modules["tensorflow"] = None  # type: ignore[assignment]  # like the export's own process
    return {"UMAP": _laid_out("umap", vectors, seed, folder)}


def _both(vectors: np.ndarray, seed: int, _folder: Path) -> Maps:
    layouts = compute_layouts(vectors, LayoutOptions(names=("tsne", "umap"), seed=seed))
    return {"t-SNE": layouts["tsne"], "UMAP": layouts["umap"]}


def _default_tsne(vectors: np.ndarray, seed: int, _folder: Path) -> Maps:
    from openTSNE import TSNE

    return {"t-SNE": np.asarray(TSNE(random_state=seed).fit(vectors))}


def _default_umap(vectors: np.ndarray, _seed: int, _folder: Path) -> Maps:
    from umap import UMAP  # with a seed it would run in one thread: slower than its default

    return {"UMAP": UMAP().fit_transform(vectors)}


JOBS: dict[str, Callable[[np.ndarray, int, Path], Maps]] = {
    "neighbors": _neighbors,
    "t-SNE": _tsne,
    "UMAP": _umap,
    "**both in parallel, neighbors included**": _both,
    "openTSNE's defaults": _default_tsne,
    "umap-learn's defaults": _default_umap,
}


def _laid_out(name: str, vectors: np.ndarray, seed: int, folder: Path) -> np.ndarray:
    start = common_start(vectors, dimensions=2, seed=seed)
    with np.load(folder / GRAPH_NAME) as arrays:
        graph = NeighborGraph(arrays["rows"], arrays["distances"])
    given = LayoutInput(vectors, start, graph, seed)
    return LAYOUTS[name].compute(given, lambda _done, _total: None)


def _do(job: str, seed: str, folder: str) -> None:
    """Do one job in this process; leave its maps in the folder."""
    maps = JOBS[job](np.load(Path(folder) / VECTORS_NAME), int(seed), Path(folder))
    for name, layout in maps.items():
        np.save(Path(folder) / f"map {name}.npy", layout)


def _measured(job: str, vectors: np.ndarray, folder: Path, num_seeds: int) -> dict[str, Any]:
    runs = []
    for seed in range(num_seeds):
        command = [sys.executable, __file__, "--job", job, str(seed), str(folder)]
        start = time.perf_counter()
        process = subprocess.Popen(command)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{job} failed")
        wall, processor = time.perf_counter() - start, usage.ru_utime + usage.ru_stime
        run: dict[str, float] = {"wall": wall, "processor": processor}
        for path in sorted(folder.glob("map *.npy")):
            layout, name = np.load(path), path.stem.removeprefix("map ")
            run[f"trust {name}"] = trustworthiness(vectors, layout)
            run[f"recall {name}"] = recall(vectors, layout)
            path.unlink()
        runs.append(run)
        print(f"{job}, seed {seed}: {run}", file=sys.stderr, flush=True)
    return {"job": job, **{key: [run[key] for run in runs] for key in runs[0]}}


def trustworthiness(vectors: np.ndarray, layout: np.ndarray) -> float:
    """Sample the trustworthiness of a map."""
    sampled = np.random.default_rng(0).permutation(len(vectors))[:NUM_SAMPLED]
    figures = neighbor_figures(unit_norm(vectors), {"map": layout}, sampled, k=TRUST_AT)
    return figures["map"]["trustworthiness"]


def recall(vectors: np.ndarray, layout: np.ndarray) -> float:
    """Share of each row's nearest rows that are also nearest on the map."""
    every = np.arange(len(vectors))
    figures = neighbor_figures(unit_norm(vectors), {"map": layout}, every, k=RECALL_AT)
    return figures["map"]["neighbor_recall"]


def _markdown(rows: list[dict[str, Any]], shape: tuple[int, ...], num_seeds: int) -> str:
    head = ["", "wall", "processor", "trust of t-SNE", "recall", "trust of UMAP", "recall"]
    lines = [
        f"{shape[0]:,} x {shape[1]} vectors, means over {num_seeds} seeds, {os.cpu_count()} cores\n",
        f"| {' | '.join(head)} |",
        "|---" * len(head) + "|",
    ]
    figures = ("trust t-SNE", "recall t-SNE", "trust UMAP", "recall UMAP")
    for row in rows:
        cells = [row["job"], f"{mean(row['wall']):.1f} s", f"{mean(row['processor']):.1f} s"]
        cells += [_spread(row[key]) if key in row else "" for key in figures]
        lines.append(f"| {' | '.join(cells)} |")
    *_, both, default_tsne, default_umap = rows
    for seconds in ("wall", "processor"):
        defaults = mean(default_tsne[seconds]) + mean(default_umap[seconds])
        ratio = defaults / mean(both[seconds])
        lines.append(
            f"\n{seconds}: {ratio:.1f} times sooner than the two defaults, one after the other"
        )
    return "\n".join(lines)


def _spread(values: list[float]) -> str:
    return f"{mean(values):.4f} ± {(max(values) - min(values)) / 2:.4f}"


if __name__ == "__main__":
    main()
