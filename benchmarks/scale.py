"""How fast the whole job is, at the article's size and others.

    python benchmarks/scale.py                      all of it, about ten minutes
    python benchmarks/scale.py --only training      or: job, start

training  our vectors and the references on generated books of the article's size: final figures,
          and seconds from pairs in memory to vectors, without imports
job       `projector-export run` without t-SNE and UMAP at 0.1, 1 and 4 times that size: seconds of
          each stage, and the peak memory of the process
start     cold start of `--help` and of `neighbors` on the run of size 1, and one query in a running
          process
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import vectors  # first, because it silences TensorFlow
from generated_books import generate_books

from training.data.books import write_books
from training.run_folder import Vectors

SIZES = (0.1, 1.0, 4.0)
PROGRAM = (sys.executable, "-m", "projector_export")
RECIPES = {
    "the article's recipe (15 epochs)": vectors.METHODS["the article's recipe (15 epochs)"],
    "implicit ALS, regularization 0.05, alpha 10": vectors.METHODS[
        "implicit ALS, regularization 0.05, alpha 10"
    ],
    "implicit ALS, regularization 10, alpha 20": vectors.METHODS[
        "implicit ALS, regularization 10, alpha 20"
    ],
    "implicit ALS, IDF weights, rare links too": vectors.METHODS[
        "implicit ALS, IDF weights, rare links too"
    ],
    "ours, 1 epoch": lambda pairs, seed: vectors.ours(pairs, seed=seed, epochs=1),
    "ours, 2 epochs": lambda pairs, seed: vectors.ours(pairs, seed=seed, epochs=2),
    "ours, 3 epochs": lambda pairs, seed: vectors.ours(pairs, seed=seed, epochs=3),
    "**ours, the default**": vectors.ours,
}


def main() -> None:
    """Print Markdown tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--only", choices=["training", "job", "start"])
    only = parser.parse_args().only
    if only in {None, "training"}:
        _training()
    if only in {None, "job", "start"}:
        with tempfile.TemporaryDirectory() as folder:
            sizes = SIZES if only != "start" else (1.0,)
            _jobs(Path(folder), sizes)
            if only != "job":
                _start(Path(folder))


def _training() -> None:
    books = generate_books(1.0)
    pairs, genres = books.pair_set(seed=0), [str(genre) for genre in books.genres]
    print(f"\n{pairs.num_books:,} books, {pairs.num_links:,} links, {len(pairs.train):,} pairs\n")
    print(vectors.heading("latent"), end="")
    vectors.ours(generate_books(0.01).pair_set(seed=0), seed=0, epochs=2)  # imports, not tracing
    for name, recipe in RECIPES.items():
        run = vectors.timed(recipe, pairs, genres, 0)
        print(vectors.markdown({"method": name, **vectors.mean_and_spread([run])}), flush=True)


def _jobs(folder: Path, sizes: tuple[float, ...]) -> None:
    print(
        "\n| size | books | pairs | load | train | evaluate | export | check | total | peak memory |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size in sizes:
        books_path, run = folder / f"{size}.ndjson", f"size-{size}"
        with books_path.open("w", encoding="utf-8") as file:
            write_books(generate_books(size).books(), file)
        settings = [
            f"dataset.books={books_path}",
            f"run={run}",
            f"logdir={folder}",
            "export.layouts=[]",
        ]
        config = folder / "config.yaml"
        config.write_text("run: any\n")
        seconds, peak = _run(
            [*PROGRAM, "run", str(config), "-q", *(f"--set={s}" for s in settings)]
        )
        metrics = json.loads((folder / run / "metrics.json").read_text())
        stages = metrics["seconds"]
        names = ("load", "train", "evaluate", "export")
        check = seconds - sum(stages[name] for name in names)  # includes the start of Python
        cells = [f"{stages[name]:.1f} s" for name in names]
        sizes_ = metrics["dataset"]
        print(
            f"| {size} | {sizes_['num_books']:,} | {sizes_['num_pairs']:,} | {' | '.join(cells)} | "
            f"{check:.1f} s | {seconds:.1f} s | {peak / 1024:.0f} MB |",
            flush=True,
        )


def _start(folder: Path) -> None:
    run = str(folder / "size-1.0")
    title = Vectors.load(Path(run)).book_titles[123]
    for words in (["--help"], ["neighbors", run, title]):
        best = min(_run([*PROGRAM, *words])[0] for _ in range(5))
        print(f"\n`projector-export {words[0]}`: {best:.2f} s from a cold start")
    from projector_export.explore.neighbors import cosines, rank_by_similarity
    from projector_export.prepare.geometry import sphereize, viewer_ready

    learned = Vectors.load(Path(run))
    shown = sphereize(viewer_ready(learned.books))
    start = time.perf_counter()
    for row in range(20):
        rank_by_similarity(cosines(shown, shown[row]), left_out=[row], k=10)
    print(f"\none query in a running process: {(time.perf_counter() - start) / 20 * 1000:.1f} ms")


def _run(command: list[str]) -> tuple[float, int]:
    """Run a command; return its seconds and its peak memory in KiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed")
    return time.perf_counter() - start, usage.ru_maxrss


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
