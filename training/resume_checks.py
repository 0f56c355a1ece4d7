"""Checks that a run is resumed, or exported again, with the config and books of its training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from projector_export.errors import RunError, command_line
from training.config.loading import load_config
from training.config.models import Config
from training.config.source import as_written
from training.data.books import sha256
from training.run_folder import RunFolder, read_provenance

# What may differ when a job is resumed: where the results are written, what is exported, and the
# path of the books, which are identified by their hash.
EXPORT_MAY_CHANGE = ("export", "dataset.genres", "dataset.genres_from_neighbors")
RESUME_MAY_CHANGE = (*EXPORT_MAY_CHANGE, "run", "logdir", "dataset.books")


def require_same_job(run_folder: RunFolder, config: Config, provenance: dict[str, Any]) -> None:
    """Check that a resumed run was started with the same books and config.

    Raises:
        RunError: it was not; the message names the keys with their old and new values.
    """
    if not run_folder.config_path.is_file():
        return  # a new run
    if read_provenance(run_folder)["books_sha256"] != provenance["books_sha256"]:
        raise RunError(
            f"{config.run_path} was started with other books than {provenance['books_path']}",
            tip="start over with --force",
        )
    started = load_config(run_folder.config_path)
    if changed := changed_keys(started, config, except_for=RESUME_MAY_CHANGE):
        described = "; ".join(f"{key} {old}, not {new}" for key, (old, new) in changed.items())
        settings = " ".join(f"--set {key}={old}" for key, (old, _) in changed.items())
        raise RunError(
            f"{config.run_path} was started with {described}",
            tip=f"continue with --resume {settings}, or start over with --force",
        )


def changed_keys(
    old: Config, new: Config, *, except_for: tuple[str, ...]
) -> dict[str, tuple[str, str]]:
    """Return the keys whose values differ, with the old and new values as YAML.

    Args:
        old: the config that a run was started with.
        new: the config to compare it to.
        except_for: keys and sections to ignore.
    """
    before, after = _flat(old.model_dump()), _flat(new.model_dump())
    return {
        key: (as_written(before[key]), as_written(value))
        for key, value in after.items()
        if value != before[key] and not any(f"{key}.".startswith(f"{free}.") for free in except_for)
    }


def _flat(section: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in section.items():
        nested = isinstance(value, dict)
        flat |= _flat(value, f"{prefix}{key}.") if nested else {prefix + key: value}
    return flat


def require_same_training(run_folder: RunFolder, config: Config) -> None:
    """Refuse changes of keys that affect only training, so that the run's config stays true.

    Raises:
        RunError: a key was changed that an export cannot apply; the message names it.
    """
    trained = load_config(run_folder.config_path)
    for key, (old, new) in changed_keys(trained, config, except_for=EXPORT_MAY_CHANGE).items():
        raise RunError(
            f"{run_folder.path} was trained with {key} {old}; an export can change only "
            "export.*, dataset.genres and dataset.genres_from_neighbors",
            tip="train another run with: "
            + command_line("run", "CONFIG", "--set", "run=NAME", "--set", f"{key}={new}"),
        )


def trained_books_path(run_path: Path, provenance: dict[str, Any]) -> Path:
    """Return the path of the books that a run was trained on.

    Raises:
        RunError: the file does not exist any more, or has changed.
    """
    path = Path(provenance["books_path"])
    if not path.is_file() or sha256(path) != provenance["books_sha256"]:
        raise RunError(
            f"{path}, which {run_path} was trained on, does not exist any more or has changed",
            tip="train again with: projector-export run CONFIG --force",
        )
    return path
