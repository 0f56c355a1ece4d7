"""Every path of a run, named once, and the way a run comes into being: whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from projector_export.arrays import Float32Matrix, StringVector
from projector_export.errors import InputError, JobFailedError, RunError, UserFacingError
from projector_export.files import put_in_place, write_text_whole
from training.config.loading import config_yaml
from training.config.models import Config
from training.data.books import sha256

PACKAGES = ("projector-export", "numpy", "pandas", "tensorflow", "tensorboard")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @property
    def config_path(self) -> Path:
        """The resolved config, with the versions of packages and the input's hash."""
        return self.path / "config.yaml"

    @property
    def metrics_path(self) -> Path:
        """Every figure that the run claims."""
        return self.path / "metrics.json"

    @property
    def vectors_path(self) -> Path:
        """The learned vectors and their titles."""
        return self.path / "vectors.npz"

    @property
    def checkpoints_path(self) -> Path:
        """The state of training, to resume from."""
        return self.path / "checkpoints"

    @property
    def events_path(self) -> Path:
        """Loss, learning rate and held-out figures by epoch, for TensorBoard."""
        return self.path / "train"

    @property
    def layouts_path(self) -> Path:
        """Finished maps, kept so that a second export need not compute them again."""
        return self.path / "layouts"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Vectors:
    """What training ends with. The score of a pair is books @ links.T + link_bias.

    Attributes:
        books: float32 (N, D).
        links: float32 (L, D).
        book_titles: (N,).
        link_titles: (L,).
        link_bias: float32 (L,), or None where the objective has none.
    """

    books: Float32Matrix
    links: Float32Matrix
    book_titles: StringVector
    link_titles: StringVector
    link_bias: Float32Matrix | None = None

    def save(self, path: Path) -> None:
        """Write an .npz that needs no pickle to be read."""
        arrays: dict[str, Any] = {
            "books": self.books,
            "links": self.links,
            "book_titles": self.book_titles,
            "link_titles": self.link_titles,
        }
        if self.link_bias is not None:
            arrays["link_bias"] = self.link_bias
        np.savez(path, **arrays)

    @classmethod
    def load(cls, run_path: Path) -> Vectors:
        """Read a run's vectors.

        Raises:
            RunError: the folder holds none.
            InputError: the file is damaged.
        """
        path = RunFolder(run_path).vectors_path
        if not path.is_file():
            raise RunError(
                f"{run_path} holds no vectors.npz", tip="train with: projector-export run CONFIG"
            )
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(**{name: arrays[name] for name in arrays.files})
        except (ValueError, TypeError, OSError, EOFError, KeyError) as error:
            raise InputError(f"{path} is damaged: {error}") from error


@contextmanager
def new_run(config: Config, *, force: bool, resume: bool) -> Iterator[RunFolder]:
    """Give the folder to build a run in; it appears under its name only when all went well.

    An interrupted run stays beside it, hidden, for `resume`. A failed one is cleared away, unless
    it was a mistake in asking for it to be resumed.

    Raises:
        RunError: the run is there and `force` is not set, an unfinished one is there and neither
            `force` nor `resume` is set, or there is none to resume.
    """
    unfinished = config.run_path.with_name(f".{config.run}.unfinished")
    _refuse_to_overwrite(config.run_path, unfinished, force=force, resume=resume)
    if not resume:
        shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, exist_ok=True)
    directory = RunFolder(unfinished)
    try:
        yield directory
    except UserFacingError as error:
        if not resume or isinstance(error, JobFailedError):
            shutil.rmtree(unfinished, ignore_errors=True)
        raise
    put_in_place(unfinished, config.run_path)


def _refuse_to_overwrite(finished: Path, unfinished: Path, *, force: bool, resume: bool) -> None:
    if finished.exists() and not force:
        raise RunError(
            f"{finished} is already there",
            tip="choose another name with --set run=NAME, or replace it with --force",
        )
    if resume and not unfinished.exists():
        raise RunError(f"there is no unfinished run to resume for {finished}")
    if unfinished.exists() and not (force or resume):
        raise RunError(
            f"{finished} was begun and not finished",
            tip="continue with --resume, or start again with --force",
        )


def provenance_of(books_path: Path) -> dict[str, Any]:
    """Note what a run is trained on, and with which versions of packages."""
    return {
        "books_path": str(books_path.resolve()),
        "books_sha256": sha256(books_path),
        "packages": {name: version(name) for name in PACKAGES},
    }


def read_provenance(directory: RunFolder) -> dict[str, Any]:
    """Read what a run noted beside its config.

    Raises:
        InputError: somebody took it out.
    """
    noted = yaml.safe_load(directory.config_path.read_text("utf-8")).get("provenance")
    if not isinstance(noted, dict) or not {"books_path", "books_sha256"} <= noted.keys():
        raise InputError(
            f"{directory.config_path} has lost its `provenance`: the path and hash of the books",
            tip="train again with: projector-export run CONFIG --force",
        )
    return noted


def write_config(directory: RunFolder, config: Config, provenance: dict[str, Any]) -> None:
    """Write the resolved config, and beside it what it ran with and on."""
    text = config_yaml(config) + yaml.safe_dump({"provenance": provenance}, sort_keys=False)
    write_text_whole(directory.config_path, text)


def write_metrics(directory: RunFolder, metrics: dict[str, Any]) -> None:
    """Write the run's figures."""
    write_text_whole(directory.metrics_path, json.dumps(metrics, indent=2) + "\n")
