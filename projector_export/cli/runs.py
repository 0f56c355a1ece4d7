"""Find the folder that a user means by RUN."""

from __future__ import annotations

from pathlib import Path

from projector_export.errors import RunError
from projector_export.nearest import nearest_names

LOGDIR = Path("logs")
CONFIG_NAME = "config.yaml"  # what makes a folder a run


def resolve_run(run: str, *, logdir: Path = LOGDIR) -> Path:
    """Find a run by its name under `logdir` or by its path.

    Raises:
        RunError: neither is a folder; the tip names the existing runs.
    """
    known = run_names(logdir)
    if run in known:
        return logdir / run
    if run and Path(run).is_dir():
        return Path(run)
    close = nearest_names(run, known) or known[:5]
    tip = (
        f"existing runs are: {', '.join(close)}"
        if close
        else "make one with: projector-export run CONFIG"
    )
    raise RunError(f"there is no run {run!r} in {logdir}/, and no folder with that path", tip=tip)


def run_names(logdir: Path) -> list[str]:
    """List the finished runs under `logdir`, by name."""
    if not logdir.is_dir():
        return []
    return sorted(
        folder.name
        for folder in logdir.iterdir()
        if folder.is_dir() and not folder.name.startswith(".")
    )
