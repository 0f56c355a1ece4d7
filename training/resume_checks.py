"""Whether a job that goes on, or is exported again, is still the one that was begun."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from projector_export.errors import RunError
from training.config.loading import load_config
from training.config.models import Config
from training.config.source import as_written
from training.data.books import sha256
from training.run_folder import RunFolder, read_provenance

# What may differ in a job that is resumed: where its results stand, how they are shown, and the
# place of the books, which are known by their hash.
FREE_TO_CHANGE = ("run", "logdir", "export", "dataset.books", "dataset.genres")
SHOWN_KEYS = ("export", "dataset.genres")  # what an export of a trained run may change


def refuse_other_job(directory: RunFolder, config: Config, provenance: dict[str, Any]) -> None:
    """See that an unfinished run, if this is one, was begun with the same data and config.

    Raises:
        RunError: it was not; the message names the keys, their old and their new values.
    """
    if not directory.config_path.is_file():
        return
    if read_provenance(directory)["books_sha256"] != provenance["books_sha256"]:
        raise RunError(
            f"{config.run_path} was begun with other books than {provenance['books_path']} holds",
            tip="start again with --force",
        )
    if changed := changed_keys(load_config(directory.config_path), config, besides=FREE_TO_CHANGE):
        described = "; ".join(f"{key} {old}, not {new}" for key, (old, new) in changed.items())
        settings = " ".join(f"--set {key}={old}" for key, (old, _) in changed.items())
        raise RunError(
            f"{config.run_path} was begun with {described}",
            tip=f"continue with --resume {settings}, or start again with --force",
        )


def changed_keys(
    old: Config, new: Config, *, besides: tuple[str, ...]
) -> dict[str, tuple[str, str]]:
    """List the keys whose values differ, with both as a config would hold them.

    Args:
        old: as it was.
        new: as it is.
        besides: keys and sections that do not count.
    """
    before, after = _flat(old.model_dump()), _flat(new.model_dump())
    return {
        key: (as_written(before[key]), as_written(value))
        for key, value in after.items()
        if value != before[key] and not any(f"{key}.".startswith(f"{free}.") for free in besides)
    }


def _flat(section: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in section.items():
        nested = isinstance(value, dict)
        flat |= _flat(value, f"{prefix}{key}.") if nested else {prefix + key: value}
    return flat


def refuse_to_train(directory: RunFolder, config: Config) -> None:
    """Refuse changes to keys that an export leaves as they were, so that the config stays true.

    Raises:
        RunError: there is one; the message names it.
    """
    trained = load_config(directory.config_path)
    for key, (old, new) in changed_keys(trained, config, besides=SHOWN_KEYS).items():
        raise RunError(
            f"{directory.path} was trained with {key} {old}; export can change only export.* "
            "and dataset.genres",
            tip=f"train another with: projector-export run CONFIG --set run=NAME --set {key}={new}",
        )


def unchanged_books(run_path: Path, provenance: dict[str, Any]) -> Path:
    """Return where the books of a trained run are.

    Raises:
        RunError: they are gone, or others stand in their place.
    """
    path = Path(provenance["books_path"])
    if not path.is_file() or sha256(path) != provenance["books_sha256"]:
        raise RunError(
            f"{path}, which {run_path} was trained on, is gone or has changed",
            tip="train again with: projector-export run CONFIG --force",
        )
    return path
