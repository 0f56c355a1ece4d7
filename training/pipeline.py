"""The main job: load, train, evaluate, export, check, report; one log line per stage."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from projector_export.embedding import AUTO
from projector_export.explore.open_export import OpenExport, open_export
from projector_export.explore.report import write_report
from projector_export.export_check import check_exports, require_no_errors, summary
from projector_export.export_folder import ExportFolder
from projector_export.exporter import write_exports
from projector_export.files import updated_folder
from projector_export.native_libraries import load_tensorflow
from projector_export.prepare.colors import coloring_summary, is_mostly_other
from projector_export.prepare.layouts.compute import LayoutOptions
from projector_export.progress import ProgressCallback, no_progress
from projector_export.write.site.about import About
from training.config.loading import load_config
from training.config.models import Config
from training.dataset import INDENT, Dataset, find_books, load_dataset
from training.exported import color_column, embeddings, require_tour
from training.metrics import compute_metrics, metrics_summary
from training.neighbor_genres import with_neighbor_genres
from training.report_notes import report_notes
from training.resume_checks import require_same_job, require_same_training, trained_books_path
from training.run_folder import (
    RunFolder,
    Vectors,
    new_run,
    provenance_of,
    read_metrics,
    read_provenance,
    write_config,
    write_metrics,
)

logger = logging.getLogger(__name__)


def run(
    config: Config,
    *,
    force: bool = False,
    resume: bool = False,
    on_progress: ProgressCallback = no_progress,
) -> Path:
    """Do the whole job; return the finished run's folder.

    Raises:
        UserFacingError: see `train`; also if a layout's package is not installed.
        JobFailedError: the export has an error.
    """
    layouts = _layout_options(config)  # refuses what cannot be computed, before training
    with new_run(config, force=force, resume=resume) as run_folder:
        layouts = replace(layouts, cache_path=run_folder.layouts_path)
        dataset, vectors, metrics = _train(config, run_folder, on_progress)
        with _timed_stage("export", metrics) as notes:
            for line in _export(
                run_folder.path, dataset, vectors, config, layouts=layouts, on_progress=on_progress
            ):
                logger.info("%s%s", INDENT, line)
            opened = open_export(run_folder.path)
            metrics["faithfulness"] = _faithfulness(opened, config)
            notes.extend(part.name for part in ExportFolder(run_folder.path).parts)
        write_metrics(run_folder, metrics)
        with _timed_stage("check", metrics) as notes:
            checked = check_exports(run_folder.path, shown_as=config.run_path)
            notes.append(summary(checked))
        with _timed_stage("report", metrics) as notes:
            report_notes(metrics, dataset, config).save(run_folder.path)
            path = write_report(run_folder.path, name=config.run, opened=opened, checked=checked)
            notes.append(path.name)
        write_metrics(run_folder, metrics)  # with the seconds of check and report
    require_no_errors(checked, config.run_path)
    return config.run_path


def train(
    config: Config,
    *,
    force: bool = False,
    resume: bool = False,
    on_progress: ProgressCallback = no_progress,
) -> Path:
    """Load, train and evaluate, without the export; return the finished run's folder.

    Raises:
        InputError: the books cannot be read.
        RunError: see `new_run` and `require_same_job`.
        JobFailedError: training diverged.
    """
    with new_run(config, force=force, resume=resume) as run_folder:
        _, _, metrics = _train(config, run_folder, on_progress)
        write_metrics(run_folder, metrics)
    return config.run_path


def export_run(
    run_path: Path, overrides: Sequence[str], *, on_progress: ProgressCallback = no_progress
) -> bool:
    """Export a trained run again, with its own config and `overrides`, and save that config.

    Returns:
        False if the folder is not a run of books.

    Raises:
        RunError: the books that the run was trained on do not exist any more or have changed, or an
            override changes a key that only training uses.
    """
    run_folder = RunFolder(run_path)
    if not (run_folder.config_path.is_file() and run_folder.vectors_path.is_file()):
        return False
    config = load_config(run_folder.config_path, overrides)
    require_same_training(run_folder, config)
    layouts = replace(_layout_options(config), cache_path=run_folder.layouts_path)
    provenance = read_provenance(run_folder)
    dataset = load_dataset(config, trained_books_path(run_path, provenance))
    vectors = Vectors.load(run_path)
    with updated_folder(run_path) as new:
        for line in _export(
            new, dataset, vectors, config, layouts=layouts, on_progress=on_progress
        ):
            logger.info("%s", line)
        write_config(RunFolder(new), config, provenance)
        metrics = read_metrics(run_folder)
        opened = open_export(new)
        metrics["faithfulness"] = _faithfulness(opened, config)
        write_metrics(RunFolder(new), metrics)
        checked = check_exports(new, shown_as=run_path)
        report_notes(metrics, dataset, config).save(new)
        write_report(new, name=run_path.resolve().name, opened=opened, checked=checked)
    require_no_errors(checked, run_path)
    return True


def _train(
    config: Config, run_folder: RunFolder, on_progress: ProgressCallback
) -> tuple[Dataset, Vectors, dict[str, Any]]:
    """Load, train and evaluate; write everything except the metrics."""
    metrics: dict[str, Any] = {"seconds": {}}
    with _timed_stage("load", metrics) as notes:
        path = find_books(config, on_progress=on_progress)
        dataset = load_dataset(config, path)
        require_tour(config, dataset)
        config = config.with_epochs_for(len(dataset.pairs.train))
        provenance = provenance_of(path)
        require_same_job(run_folder, config, provenance)
        write_config(run_folder, config, provenance)
        sizes = metrics["dataset"] = dataset.sizes()
        notes.extend(f"{sizes[f'num_{name}']:,} {name}" for name in ("books", "links", "pairs"))
    with _timed_stage("train", metrics) as notes:
        train_vectors = _import_trainer()
        vectors = train_vectors(
            dataset.titles, dataset.pairs, config, run_folder, on_progress=on_progress
        )
        vectors.save(run_folder.vectors_path)
        notes.extend([f"{config.training.epochs} epochs", config.model.objective])
    with _timed_stage("evaluate", metrics) as notes:
        metrics |= compute_metrics(vectors, dataset)
        notes.extend(metrics_summary(metrics))
    return dataset, vectors, metrics


def _import_trainer() -> Callable[..., Vectors]:
    """Import TensorFlow, which takes seconds, only where it is used."""
    load_tensorflow()
    from training.trainer import train_vectors

    return train_vectors


def _export(
    folder: Path,
    dataset: Dataset,
    vectors: Vectors,
    config: Config,
    *,
    layouts: LayoutOptions,
    on_progress: ProgressCallback,
) -> list[str]:
    """Write what the viewers read; return lines about its colors."""
    dataset = with_neighbor_genres(dataset, vectors.books, config)
    tables = write_exports(
        folder,
        embeddings(config, dataset, vectors),
        title=config.export.title or config.run,
        max_colors=config.export.max_colors,
        layouts=layouts,
        tour=AUTO if config.export.tour is None else config.export.tour,
        about=About(source=config.export.source, url=config.export.url),
        on_progress=on_progress,
    )
    lines = [
        f"{table.name} are {coloring_summary(table.metadata, table.color_by)}"
        for table in tables
        if table.color_by
    ]
    if any(is_mostly_other(table.metadata, table.color_by) for table in tables):
        lines.append("tip: choose a column with fewer values with --set export.color_by=COLUMN")
    return lines


def _faithfulness(opened: OpenExport, config: Config) -> dict[str, Any]:
    """Measure the maps of the first table, by the column that the config colors it by."""
    column = color_column(opened.table().metadata, config)
    return opened.faithfulness(column=column, seed=config.seed).to_dict()


def _layout_options(config: Config) -> LayoutOptions:
    return LayoutOptions(names=tuple(config.export.layouts), seed=config.seed)


@contextmanager
def _timed_stage(name: str, metrics: dict[str, Any]) -> Iterator[list[str]]:
    """Time a stage; at its end log the seconds and the notes that were collected."""
    notes: list[str] = []
    start = time.perf_counter()
    yield notes
    seconds = metrics["seconds"][name] = round(time.perf_counter() - start, 3)
    logger.info("%-8s %6.1f s   %s", name, seconds, ", ".join(notes))
