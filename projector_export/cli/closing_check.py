"""The check that ends every export: what was written is read again by the viewer's rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from projector_export.cli.console import detail, remark
from projector_export.errors import JobFailedError


def check_exports(folders: Sequence[Path]) -> str:
    """Check exports, say what was found, and fail if something would not be shown as meant.

    Returns:
        A summary in a few words.

    Raises:
        JobFailedError: there is an error; the folders are left as they are, for a look.
    """
    from projector_export.check.checker import check_path

    num_errors = num_warnings = 0
    for folder in folders:
        report = check_path(folder)
        num_errors += report.num_errors
        num_warnings += report.num_warnings
        for finding in report.findings:
            say = remark if finding.severity == "error" else detail
            say(f"{finding.code} {finding.place.path}: {finding.message}")
    if num_errors:
        raise JobFailedError(
            f"what was written to {folders[0].parent} has {num_errors} errors",
            tip=f"see them with: projector-export check {folders[0].parent}",
        )
    return f"no errors, {num_warnings} warning{'s' * (num_warnings != 1)}"
