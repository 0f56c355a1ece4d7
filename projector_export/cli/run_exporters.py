"""Export a run, by the package that trained it."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

from projector_export.cli.console import result
from projector_export.cli.progress_bars import progress_bars
from projector_export.cli.runs import CONFIG_NAME, resolve_run
from projector_export.errors import InputError, RunError, UsageError, command_line

RUN_EXPORTERS = "projector_export.run_exporters"


def is_vectors(source: str) -> bool:
    """Whether RUN|VECTORS names vectors: a file, a folder that is no run, or an address."""
    from projector_export.read.formats import is_address, is_known_folder

    path = Path(source)
    is_folder_of_vectors = not (path / CONFIG_NAME).is_file() and is_known_folder(path)
    return path.is_file() or is_address(source) or is_folder_of_vectors


def run_to_export(source: str, *, logdir: Path, option: str | None) -> Path:
    """Find the run that RUN|VECTORS names, or explain what it is instead.

    Args:
        source: what the user named; it is not a file.
        logdir: the folder in which to find runs by name.
        option: an option that the user gave but that a run would ignore.

    Raises:
        InputError: vectors are meant, but the file does not exist.
        RunError: there is no such run, or the folder is not a run.
        UsageError: it is a run, and an option for vectors was given.
    """
    try:
        run_path = resolve_run(source, logdir=logdir)
    except RunError:
        if option or Path(source).suffix:
            raise InputError(
                f"{source} does not exist; expected a file of vectors, or a run in {logdir}/"
            ) from None
        raise
    if not (run_path / CONFIG_NAME).is_file():
        raise RunError(
            f"{run_path} is not a run; expected a file of vectors, or a run",
            tip="name a file, such as vectors.npy, or make a run with: projector-export run CONFIG",
        )
    if option:
        raise UsageError(
            f"{option} is for vectors; a run uses its config",
            tip="change the config, such as with --set export.max_colors=20",
        )
    return run_path


def export_run(run_path: Path, overrides: tuple[str, ...]) -> None:
    """Let the package that trained a run write its exports.

    Raises:
        RunError: no installed package can export the run.
    """
    for entry in entry_points(group=RUN_EXPORTERS):
        with progress_bars() as on_progress:
            is_exported = entry.load()(run_path, overrides, on_progress=on_progress)
        if is_exported:
            result(f"{run_path}: open it with  {command_line('view', run_path)}")
            return
    raise RunError(
        f"{run_path} is not a run with vectors to export",
        tip="make one with: projector-export run CONFIG",
    )
