"""The check after every export: read the files back by the viewer's rules."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from projector_export.errors import JobFailedError, command_line
from projector_export.export_folder import ExportFolder
from projector_export.native_libraries import return_free_memory

if TYPE_CHECKING:
    from projector_export.checker.findings import Finding, Report

logger = logging.getLogger(__name__)


def check_exports(path: Path, *, shown_as: Path | None = None) -> Report:
    """Check an export by the viewer's rules; leave out findings about what was intended.

    The page is made of the upload set, so that is what is checked.

    Args:
        path: the export.
        shown_as: where it will be, if it is checked before it is moved there; findings name that.
    """
    from projector_export.checker.check import check
    from projector_export.checker.findings import Report, sort_findings

    return_free_memory()  # what writing has freed; the check of a large export needs as much again
    folder = ExportFolder(path)
    reports = [check(part) for part in (folder.tensorboard_path, folder.upload_path)]
    return Report(
        [view for report in reports for view in report.views],
        sort_findings(
            _moved(finding, path, shown_as or path)
            for report in reports
            for finding in report.findings
            if not _is_intended(finding)
        ),
    )


def _moved(finding: Finding, path: Path, shown_as: Path) -> Finding:
    place = finding.place
    if shown_as == path or not place.path.is_relative_to(path):
        return finding
    return replace(finding, place=replace(place, path=shown_as / place.path.relative_to(path)))


def _is_intended(finding: Finding) -> bool:
    """Whether it is about cells that `metadata_tsv` leaves empty to keep a gradient."""
    return finding.code == "W10" and not finding.is_fixable


def summary(report: Report) -> str:
    """Count errors and warnings in a few words."""
    errors = f"{report.num_errors or 'no'} error{'s' * (report.num_errors != 1)}"
    return f"{errors}, {report.num_warnings} warning{'s' * (report.num_warnings != 1)}"


def require_no_errors(report: Report, path: Path) -> None:
    """Log the findings of an export.

    Raises:
        JobFailedError: there is an error; the export stays, so that it can be inspected.
    """
    for finding in report.findings:
        level = logging.INFO if finding.severity == "error" else logging.DEBUG
        logger.log(level, "%s %s: %s", finding.code, finding.place.path, finding.message)
    if report.num_errors:
        raise JobFailedError(
            f"the export in {path} has {report.num_errors} error{'s' * (report.num_errors != 1)}",
            tip=f"see what is wrong with: {command_line('check', path)}",
        )
