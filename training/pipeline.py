"""The main job: load, train, evaluate, export, check; a line each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from projector_export.cli.console import remark
from projector_export.cli.progress_bars import progress_bars
from projector_export.embedding import Embedding
from projector_export.errors import InputError
from projector_export.export_folder import ExportFolder
from projector_export.exporter import check_exports, require_no_errors, write_exports
from projector_export.native_libraries import load_tensorflow
from projector_export.prepare.colors import coloring_summary, is_mostly_other
from projector_export.prepare.geometry import viewer_ready
from projector_export.prepare.layouts.compute import LayoutOptions
from training import evaluation
from training.config.models import Config, load_config
from training.data.books import STARTER, Book, read_books, starter_path
from training.data.genres import load_genre_map
from training.data.pairs import PairSet, build_pairs
from training.data.tables import books_table, links_table
from training.run_folder import (
    RunFolder,
    Vectors,
    new_run,
    provenance_of,
    read_provenance,
    write_config,
    write_metrics,
)
from training.resume_checks import refuse_other_job, refuse_to_train, unchanged_books
from training.wikipedia.download import published_set_path
from training.wikipedia.published_sets import known_sets

INDENT = " " * 20  # under what a step's line tells
MOST_RANKED = 10_000  # of the held-out pairs: MRR is within 0.003, and time stays linear
HITS_AT = (1, 10, 20, 50)
PURITY_AT = 10


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Books, where they were read from, and their links as pairs."""

    path: Path
    books: list[Book]
    pairs: PairSet
    table: pd.DataFrame


def run(config: Config, *, force: bool = False, resume: bool = False) -> Path:
    """Do the whole job; return the finished run's folder."""
    with new_run(config, force=force, resume=resume) as directory:
        dataset, vectors, metrics = _trained(config, directory)
        with _stage("export", metrics) as told:
            for line in _export(directory.path, dataset, vectors, config):
                remark(f"{INDENT}{line}")
            told.append(", ".join(part.name for part in ExportFolder(config.run_path).parts))
        write_metrics(directory, metrics)
    with _stage("check", metrics) as told:
        told.append(require_no_errors(check_exports(config.run_path), config.run_path))
    return config.run_path


def train(config: Config, *, force: bool = False, resume: bool = False) -> Path:
    """Load, train and evaluate, without the export; return the finished run's folder."""
    with new_run(config, force=force, resume=resume) as directory:
        _, _, metrics = _trained(config, directory)
        write_metrics(directory, metrics)
    return config.run_path


def export_run(run_path: Path, overrides: Sequence[str]) -> bool:
    """Write a trained run's exports again, by its own config and `overrides`, which it then keeps.

    Returns:
        False if the folder is no run of books.

    Raises:
        RunError: the books that the run was trained on are gone or have changed, or an override
            is of a key that only training uses.
    """
    directory = RunFolder(run_path)
    if not (directory.config_path.is_file() and directory.vectors_path.is_file()):
        return False
    config = load_config(directory.config_path, overrides)
    refuse_to_train(directory, config)
    provenance = read_provenance(directory)
    books_path = unchanged_books(run_path, provenance)
    dataset = load_dataset(config, books_path)
    for line in _export(run_path, dataset, Vectors.load(run_path), config):
        remark(line)
    write_config(directory, config, provenance)
    require_no_errors(check_exports(run_path), run_path)
    return True


def load_dataset(config: Config, path: Path) -> Dataset:
    """Read books, say what was left out, and number their links."""
    books, report = read_books(path)
    for line in report.remarks():
        remark(f"{INDENT}{line}")
    pairs = build_pairs(
        books,
        min_link_count=config.dataset.min_link_count,
        ignore_links=config.dataset.ignore_links,
        held_out_links_per_book=config.dataset.held_out_links_per_book,
        seed=config.seed,
        count_links_once=config.dataset.count_links_once,
    )
    genre_map = load_genre_map(Path(config.dataset.genres) if config.dataset.genres else None)
    return Dataset(path, books, pairs, books_table(books, genre_map))


def books_path(config: Config) -> Path:
    """Find the books that the config names; a published set is fetched if need be.

    Raises:
        InputError: the name is neither a file's nor a published set's.
    """
    name = config.dataset.books
    if name == STARTER:
        return starter_path()
    path = Path(name)
    if path.exists():
        return path
    with progress_bars() as on_progress:
        downloaded = published_set_path(name, on_progress=on_progress)
    if downloaded:
        return downloaded
    if path.suffix or len(path.parts) > 1:
        return path  # reading it will say that it is not there
    raise InputError(
        f"dataset.books is {name!r}: no file of that path, and no published set of that name",
        tip=f"sets there are: {', '.join([STARTER, *known_sets()])}",
    )


def _trained(config: Config, directory: RunFolder) -> tuple[Dataset, Vectors, dict[str, Any]]:
    """Load, train and evaluate; write all of it but the metrics."""
    metrics: dict[str, Any] = {"seconds": {}}
    with _stage("load", metrics) as told:
        path = books_path(config)
        dataset = load_dataset(config, path)
        config = config.with_epochs_for(len(dataset.pairs.train))
        provenance = provenance_of(path)
        refuse_other_job(directory, config, provenance)
        write_config(directory, config, provenance)
        metrics["dataset"] = _sizes(dataset)
        told.append(
            "{num_books:,} books, {num_links:,} links, {num_pairs:,} pairs".format_map(
                metrics["dataset"]
            )
        )
    with _stage("train", metrics) as told:
        train_vectors = _trainer()
        with progress_bars() as on_progress:
            vectors = train_vectors(
                dataset.books, dataset.pairs, config, directory, on_progress=on_progress
            )
        vectors.save(directory.vectors_path)
        told.append(f"{config.training.epochs} epochs, {config.model.objective}")
    with _stage("evaluate", metrics) as told:
        metrics.update(evaluate(vectors, dataset))
        told.extend(_summary(metrics))
    return dataset, vectors, metrics


def _trainer() -> Callable[..., Vectors]:
    """Import TensorFlow, which takes seconds, only where it is used."""
    load_tensorflow()
    from training.trainer import train_vectors

    return train_vectors


def evaluate(vectors: Vectors, dataset: Dataset) -> dict[str, Any]:
    """Compute the figures of a run from the vectors that it exports."""
    metrics: dict[str, Any] = {}
    pairs = dataset.pairs
    if len(pairs.held_out):
        asked = evaluation.take_evenly(pairs.held_out, MOST_RANKED)
        ranks = evaluation.held_out_ranks(
            vectors.books,
            vectors.links,
            vectors.link_bias,
            held_out=asked,
            known=pairs.train,
        )
        metrics["held_out"] = {
            "num_pairs": len(asked),
            "mrr": evaluation.mean_reciprocal_rank(ranks),
            **{f"hits@{k}": evaluation.hits_at(ranks, k) for k in HITS_AT},
        }
    genres = dataset.table["genre"].tolist()
    metrics[f"genre_purity@{PURITY_AT}"] = {
        "learned": evaluation.purity(viewer_ready(vectors.books), genres, k=PURITY_AT),
        "shuffled": evaluation.shuffled_purity(genres),
    }
    return metrics


def _export(folder: Path, dataset: Dataset, vectors: Vectors, config: Config) -> list[str]:
    """Write what the viewers read; return what there is to say about its colors."""
    tables = {
        "books": (vectors.books, dataset.table[config.export.metadata]),
        "links": (vectors.links, links_table(dataset.pairs)),
    }
    shown = write_exports(
        folder,
        [
            Embedding(name, *tables[name], _color_column(tables[name][1], config))
            for name in config.export.tables
        ],
        title=config.run,
        max_colors=config.export.max_colors,
        layouts=LayoutOptions(
            names=tuple(config.export.layouts),
            seed=config.seed,
            cache_path=RunFolder(folder).layouts_path,
        ),
    )
    lines = [
        f"{table.name} are {coloring_summary(table.metadata, table.color_by)}"
        for table in shown
        if table.color_by
    ]
    if any(is_mostly_other(table.metadata, table.color_by) for table in shown):
        lines.append("tip: name a column of fewer values with --set export.color_by=COLUMN")
    return lines


def _color_column(metadata: pd.DataFrame, config: Config) -> str | None:
    """Books and links have different columns, so one of them may have no such column."""
    column = config.export.color_by
    return column if column in metadata.columns else None


def _sizes(dataset: Dataset) -> dict[str, int]:
    return {
        "num_books": len(dataset.books),
        "num_links": dataset.pairs.num_links,
        "num_pairs": len(dataset.pairs.train),
        "num_held_out_pairs": len(dataset.pairs.held_out),
    }


def _summary(metrics: dict[str, Any]) -> Iterator[str]:
    if held_out := metrics.get("held_out"):
        yield f"held-out MRR {held_out['mrr']:.3f}"
        yield f"hits@10 {held_out['hits@10']:.3f}"
    found = metrics[f"genre_purity@{PURITY_AT}"]
    if found["learned"] is None:
        yield f"genre purity@{PURITY_AT} can't be computed: fewer than two genres are named"
    else:
        yield f"genre purity@{PURITY_AT} {found['learned']:.3f} (by chance {found['shuffled']:.3f})"


@contextmanager
def _stage(name: str, metrics: dict[str, Any]) -> Iterator[list[str]]:
    """Time a step, and tell in one line how long it took and what it came to."""
    told: list[str] = []
    start = time.perf_counter()
    yield told
    seconds = metrics["seconds"][name] = round(time.perf_counter() - start, 3)
    remark(f"{name:<8} {seconds:6.1f} s   {', '.join(told)}")
