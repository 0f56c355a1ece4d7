"""Every path of a run, named once; a run's folder appears complete or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from projector_export.arrays import Float32Matrix, StringVector
from projector_export.errors import (
    InputError,
    JobFailedError,
    RunError,
    UserFacingError,
    WriteError,
)
from projector_export.files import existing_file, put_in_place, write_text_whole, writing
from projector_export.locks import delete, delete_leftovers, locked
from projector_export.read.formats.base import damage_as_input_error
from projector_export.write.tensorboard_folder import refuse_unfindable
from training.config.loading import config_yaml
from training.config.models import Config
from training.config.source import ConfigSource
from training.data.books import sha256

REQUIRED_PROVENANCE = {"books_path", "books_sha256"}
PACKAGES = ("projector-export", "numpy", "pandas", "tensorflow", "tensorboard")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @property
    def config_path(self) -> Path:
        """The resolved config, with the package versions and the hash of the books."""
        return self.path / "config.yaml"

    @property
    def metrics_path(self) -> Path:
        """The metrics of the run, and the seconds of each stage."""
        return self.path / "metrics.json"

    @property
    def vectors_path(self) -> Path:
        """The learned vectors, with titles."""
        return self.path / "vectors.npz"

    @property
    def checkpoints_path(self) -> Path:
        """The state of training, for `--resume`."""
        return self.path / "checkpoints"

    @property
    def events_path(self) -> Path:
        """Loss, learning rate and held-out figures by epoch, for TensorBoard."""
        return self.path / "train"

    @property
    def layouts_path(self) -> Path:
        """Finished layouts, so that the next export does not compute them again."""
        return self.path / "layouts"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Vectors:
    """The result of training. The score of a pair is books @ links.T + link_bias.

    Attributes:
        books: float32 (N, D).
        links: float32 (L, D).
        book_titles: (N,).
        link_titles: (L,).
        link_bias: float32 (L,), or None if the objective has none.
    """

    books: Float32Matrix
    links: Float32Matrix
    book_titles: StringVector
    link_titles: StringVector
    link_bias: Float32Matrix | None = None

    def save(self, path: Path) -> None:
        """Write an .npz file that can be read without pickle."""
        arrays: dict[str, Any] = {
            "books": self.books,
            "links": self.links,
            "book_titles": self.book_titles,
            "link_titles": self.link_titles,
        }
        if self.link_bias is not None:
            arrays["link_bias"] = self.link_bias
        with writing(path):
            np.savez(path, **arrays)

    @classmethod
    def load(cls, run_path: Path) -> Vectors:
        """Read a run's vectors.

        Raises:
            RunError: the folder has no vectors.
            InputError: the file is damaged.
        """
        path = RunFolder(run_path).vectors_path
        if not path.is_file():
            raise RunError(
                f"{run_path} has no vectors.npz", tip="train with: projector-export run CONFIG"
            )
        with damage_as_input_error(path, "a run's vectors"):  # noqa: SIM117
            with np.load(path, allow_pickle=False) as arrays:
                return cls(**{name: arrays[name] for name in arrays.files})


@contextmanager
def new_run(config: Config, *, force: bool, resume: bool) -> Iterator[RunFolder]:
    """Yield a hidden folder to build a run in; at the end it is renamed to the run's folder.

    The folder is kept for `resume` if the job was interrupted or the disk is full. That of another
    failed run is removed, except where only the request to resume it was wrong.

    Raises:
        UsageError: TensorFlow would find no checkpoint below the logdir.
        RunError: the run exists and `force` is not set; an unfinished one exists and neither
            `force` nor `resume` is set; or there is no unfinished run to resume.
    """
    refuse_unfindable(config.run_path)
    unfinished = unfinished_path(config)
    if resume and not unfinished.exists():
        raise RunError(f"there is no unfinished run to resume for {config.run_path}")
    with locked(config.run_path):
        _refuse_to_overwrite(config.run_path, unfinished, force=force, resume=resume)
        delete_leftovers(config.run_path)
        if not resume:
            delete(unfinished)
        with writing(config.run_path):
            unfinished.mkdir(parents=True, exist_ok=True)
        try:
            yield RunFolder(unfinished)
        except WriteError as error:
            if RunFolder(unfinished).config_path.exists():
                error.tip = "make room on the disk, then continue with --resume"
            else:
                delete(unfinished)
            raise
        except UserFacingError as error:
            if not resume or isinstance(error, JobFailedError):
                delete(unfinished)
            raise
        with writing(config.run_path):
            put_in_place(unfinished, config.run_path)


def unfinished_path(config: Config) -> Path:
    """Return the hidden folder in which a run is built."""
    return config.run_path.with_name(f".{config.run}.unfinished")


def _refuse_to_overwrite(finished: Path, unfinished: Path, *, force: bool, resume: bool) -> None:
    if finished.exists() and not force:
        raise RunError(
            f"{finished} already exists",
            tip="choose another name with --set run=NAME, or replace it with --force",
        )
    if unfinished.exists() and not (force or resume):
        raise RunError(
            f"{finished} was started and not finished",
            tip="continue with --resume, or start over with --force",
        )


def provenance_of(books_path: Path) -> dict[str, Any]:
    """Return what a run is trained on, and with which package versions."""
    return {
        "books_path": str(books_path.resolve()),
        "books_sha256": sha256(books_path),
        "packages": {name: version(name) for name in PACKAGES},
    }


def read_provenance(run_folder: RunFolder) -> dict[str, Any]:
    """Read the provenance from a run's config.

    Raises:
        InputError: it was removed.
        ConfigError: the config is damaged.
    """
    path = existing_file(run_folder.config_path, "a run's config")
    provenance = ConfigSource(str(path), path.read_bytes()).values.get("provenance")
    known = provenance if isinstance(provenance, dict) else {}
    if not all(isinstance(known.get(key), str) for key in REQUIRED_PROVENANCE):
        raise InputError(
            f"{run_folder.config_path} has no `provenance`: the path and hash of the books",
            tip="train again with: projector-export run CONFIG --force",
        )
    return known


def write_config(run_folder: RunFolder, config: Config, provenance: dict[str, Any]) -> None:
    """Write the resolved config, followed by the provenance."""
    text = config_yaml(config) + yaml.safe_dump({"provenance": provenance}, sort_keys=False)
    write_text_whole(run_folder.config_path, text)


def write_metrics(run_folder: RunFolder, metrics: dict[str, Any]) -> None:
    """Write the metrics as JSON."""
    write_text_whole(run_folder.metrics_path, json.dumps(metrics, indent=2) + "\n")


def read_metrics(run_folder: RunFolder) -> dict[str, Any]:
    """Read a run's metrics; empty if they are missing or not JSON."""
    try:
        metrics = json.loads(run_folder.metrics_path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return metrics if isinstance(metrics, dict) else {}
