"""The quality of vectors: ours and the references, on the same books, in one run.

    python benchmarks/vectors.py BOOKS.ndjson            real books
    python benchmarks/vectors.py --generated 1           generated ones, 1 for 37,020 of them

Protocol: links that occur at least 4 times, without the four ignored ones; one link held out from
each book that has at least 4. Ranks are among all links, without the known pairs. Genre purity is the
one that a run reports: the share of the 10 nearest books by cosine with the same canonical genre,
without books that have none. For generated books it is latent purity: the genre is the one from which
their links were drawn, and 12,000 books are evaluated. Scores are books @ links.T + link_bias; ours
are those of the exported vectors.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import references
from generated_books import generate_books

from training import evaluation
from training.config.models import Config
from training.data.books import read_books
from training.data.pairs import PairSet, build_pairs
from training.data.tables import books_table
from training.objectives import new_learner
from training.objectives.base import Learned

MOST_ASKED = 4_000  # of generated books: enough for three digits

Method = Callable[..., Learned]


def ours(pairs: PairSet, *, seed: int, objective: str = "softmax", epochs: int = 0) -> Learned:
    """Train like `projector-export run` with its defaults; return the content of vectors.npz."""
    raw = {"seed": seed, "model": {"objective": objective}}
    if epochs:
        raw["training"] = {"epochs": epochs}
    config = Config.model_validate(raw).with_epochs_for(len(pairs.train))
    hyperparameters = config.hyperparameters()
    learner = new_learner(objective, pairs, hyperparameters)
    for epoch in range(1, hyperparameters.num_epochs + 1):
        learner.train_epoch(epoch)
    return learner.learned()


METHODS: dict[str, Method] = {
    "popularity": references.popularity,
    "the article's recipe (15 epochs)": references.article,
    "PPMI + SVD": references.ppmi_svd,
    "implicit ALS, regularization 0.05, alpha 10": references.implicit_als,
    "implicit ALS, regularization 10, alpha 20": partial(
        references.implicit_als, regularization=10.0, alpha=20.0
    ),
    "implicit ALS, IDF weights, rare links too": partial(
        references.implicit_als, regularization=10.0, alpha=10.0, weights="idf"
    ),
    "EASE, rare links too, not limited to 50 numbers": references.ease,
    "ours, `regression` (15 epochs)": partial(ours, objective="regression"),
    "ours, `regression` (300 epochs)": partial(ours, objective="regression", epochs=300),
    "**ours, `softmax`, the default**": ours,
}


def main() -> None:
    """Measure, print Markdown, and write JSON if a file is named."""
    arguments = _arguments()
    rows = []
    for name, method in METHODS.items():
        is_too_large = arguments.generated and method is references.ease
        if is_too_large or (arguments.only and not re.search(arguments.only, name)):
            continue
        seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
        runs = [_measured(method, arguments, seed) for seed in seeds]
        rows.append({"method": name, **mean_and_spread(runs)})
        first = heading("latent" if arguments.generated else "genre") * (len(rows) == 1)
        print(first + markdown(rows[-1]), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")


def real_books(path: Path, seed: int) -> tuple[PairSet, list[str]]:
    """Read books; return their pairs and their genres."""
    books, _ = read_books(path)
    dataset = Config().dataset
    pairs = build_pairs(
        books,
        min_link_count=dataset.min_link_count,
        ignore_links=dataset.ignore_links,
        held_out_links_per_book=1,
        seed=seed,
        count_links_once=dataset.count_links_once,
    )
    return pairs, books_table(books)["genre"].tolist()


def _measured(method: Method, arguments: argparse.Namespace, seed: int) -> dict[str, float]:
    if arguments.generated:
        books = generate_books(arguments.generated, seed=seed)
        pairs, genres = books.pair_set(seed=seed), [str(genre) for genre in books.genres]
    else:
        pairs, genres = real_books(arguments.books, seed)
    return timed(method, pairs, genres, seed)


def timed(method: Method, pairs: PairSet, genres: Sequence[str], seed: int) -> dict[str, float]:
    """Return the figures and the seconds of a method."""
    start, cpu = time.perf_counter(), time.process_time()
    learned = method(pairs, seed=seed)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {**figures(learned, pairs, genres), "seconds": seconds, "cpu_seconds": cpu}


def figures(learned: Learned, pairs: PairSet, genres: Sequence[str]) -> dict[str, float]:
    """Return MRR, hits@20 and purity@10 of the given genres."""
    ranks = evaluation.held_out_ranks(
        learned.books,
        learned.links,
        learned.link_bias,
        held_out=evaluation.take_evenly(pairs.held_out, MOST_ASKED),
        known=pairs.train,
    )
    chosen = np.random.default_rng(0).permutation(pairs.num_books)[: 3 * MOST_ASKED]
    return {
        "mrr": evaluation.mean_reciprocal_rank(ranks),
        "hits@20": evaluation.hits_at(ranks, 20),
        "purity@10": evaluation.purity(learned.books[chosen], [genres[book] for book in chosen]),
    }


def mean_and_spread(runs: list[dict[str, float]]) -> dict[str, list[float]]:
    """Return the mean and the standard deviation of each figure."""
    return {
        key: [float(np.mean([run[key] for run in runs])), float(np.std([run[key] for run in runs]))]
        for key in runs[0]
    }


def heading(purity: str = "genre") -> str:
    """Return the header of a table; `purity` names the kind of purity."""
    return f"| | MRR | hits@20 | {purity} purity@10 | seconds |\n|---|---|---|---|---|\n"


def markdown(row: dict[str, Any]) -> str:
    """Return one row of a table."""
    means = ["{:.3f} ± {:.3f}".format(*row[key]) for key in ("mrr", "hits@20", "purity@10")]
    return f"| {row['method']} | {' | '.join(means)} | {row['seconds'][0]:.1f} |"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("books", type=Path, nargs="?")
    parser.add_argument("--generated", type=float, metavar="SIZE")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--first-seed", type=int, default=0, help="10 for splits nothing was chosen by"
    )
    parser.add_argument("--only", metavar="REGEX")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    if not (arguments.books or arguments.generated):
        parser.error("name a books file, or --generated SIZE")
    return arguments


if __name__ == "__main__":
    main()
