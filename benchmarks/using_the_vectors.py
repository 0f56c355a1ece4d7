"""Measure what docs/using_the_vectors.md says: vectors as input of other models.

    python benchmarks/using_the_vectors.py logs/starter logs/p15

Genre, country and century of books are predicted from their vectors, beside the most frequent value
and beside the links themselves; then missing genres are guessed, and their reliability is checked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))

from projector_export.prepare.geometry import viewer_ready  # noqa: E402
from training.config.loading import load_config  # noqa: E402
from training.data.genres import NO_GENRE  # noqa: E402
from training.dataset import Dataset, load_dataset  # noqa: E402
from training.neighbor_genres import guess_genres  # noqa: E402
from training.resume_checks import trained_books_path  # noqa: E402
from training.run_folder import RunFolder, Vectors, read_provenance  # noqa: E402

MIN_BOOKS = 20  # with a value; rarer ones are left out
NUM_FOLDS, NUM_SPLITS, SEED = 5, 10, 0
BINS = (0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0001)
SURE = 0.8


def main() -> None:
    """Print the tables of each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path)
    for path in parser.parse_args().runs:
        dataset, vectors = read_run(path)
        print(f"\n{path.name}: {len(dataset.table):,} books\n")
        print_accuracies(dataset, vectors)
        print_reliability(dataset, vectors)


def read_run(path: Path) -> tuple[Dataset, Vectors]:
    """Read the books of a run again, and its vectors."""
    folder = RunFolder(path)
    config = load_config(folder.config_path, [])
    books = trained_books_path(path, read_provenance(folder))
    return load_dataset(config, books), Vectors.load(path)


def print_accuracies(dataset: Dataset, vectors: Vectors) -> None:
    """Print the accuracy of a logistic regression in five folds, beside two others."""
    print("| predicted | books | values | most frequent | from the links | from 50 numbers |")
    print("|---|---|---|---|---|---|")
    links = link_matrix(dataset)
    for name, values in labels_of(dataset.table).items():
        rows = values.index.to_numpy()
        folds = StratifiedKFold(NUM_FOLDS, shuffle=True, random_state=SEED)
        models = {
            "most frequent": (DummyClassifier(), links[rows]),
            "links": (make_pipeline(MaxAbsScaler(), classifier()), links[rows]),
            "vectors": (make_pipeline(StandardScaler(), classifier()), vectors.books[rows]),
        }
        scores = [
            cross_val_score(model, features, values, cv=folds).mean()
            for model, features in models.values()
        ]
        cells = " | ".join(f"{score:.3f}" for score in scores)
        print(f"| {name} | {len(values):,} | {values.nunique()} | {cells} |")


def classifier() -> LogisticRegression:
    """Return the model, with enough steps to converge."""
    return LogisticRegression(max_iter=2_000)


def labels_of(table: pd.DataFrame) -> Mapping[str, pd.Series]:
    """Return genre, country and century of the books that have one, without rare values."""
    known = {
        "genre": table["genre"][~table["genre"].isin(NO_GENRE)],
        "country": table["country"][table["country"] != ""],
        "century": (table["year"].dropna() // 100 + 1).astype(int).astype(str),
    }
    return {
        name: values[values.map(values.value_counts()) >= MIN_BOOKS]
        for name, values in known.items()
    }


def link_matrix(dataset: Dataset) -> csr_matrix:
    """Return which book has which link, of those that training saw: 0 or 1, (N, L)."""
    pairs = dataset.pairs
    books, links = pairs.train.T
    ones = np.ones(len(books))
    return csr_matrix((ones, (books, links)), shape=(pairs.num_books, pairs.num_links))


def print_reliability(dataset: Dataset, vectors: Vectors) -> None:
    """Print how often guessed genres are right, by their reliability: ten times a fifth withheld."""
    genres = dataset.table["genre"].tolist()
    known = np.flatnonzero([genre not in NO_GENRE for genre in genres])
    compared = viewer_ready(vectors.books)
    said, was = [], []
    for seed in range(NUM_SPLITS):
        shuffled = np.random.default_rng(seed).permutation(known)
        rows, others = np.split(shuffled, [len(known) // 5])
        guesses = guess_genres(compared, genres, known=others, rows=rows)
        said.append(guesses.reliabilities)
        was.append(np.array(guesses.genres) == np.array(genres, dtype=object)[rows])
    reliability, is_right = np.concatenate(said), np.concatenate(was)
    print(f"\nguesses are right: {is_right.mean():.3f}")
    is_sure = reliability >= SURE
    print(
        f"from {SURE} on: {is_sure.mean():.0%} of the guesses, right: {is_right[is_sure].mean():.3f}"
    )
    print("\n| reliability | guesses | mean reliability | right |")
    print("|---|---|---|---|")
    for low, high in pairwise(BINS):
        is_in = (reliability >= low) & (reliability < high)
        if not is_in.any():
            continue
        figures = f"{reliability[is_in].mean():.3f} | {is_right[is_in].mean():.3f}"
        print(f"| {low} to {min(high, 1)} | {is_in.sum():,} | {figures} |")


if __name__ == "__main__":
    main()
