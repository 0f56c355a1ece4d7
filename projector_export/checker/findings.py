"""Findings: what the viewer will not show, or show badly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from projector_export.checker.model.view import View

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The place of a finding: a file, and a line, row or byte in it.

    Attributes:
        path: the file or folder.
        line: counted from 1, as editors do.
        row: the vector's number, counted from 0, as the viewer does.
        byte: the offset from the file's start.
        column: the metadata column's name.
    """

    path: Path
    line: int | None = None
    row: int | None = None
    byte: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts = [str(self.path)]
        parts += [f"{self.line}"] if self.line is not None else []
        where = ":".join(parts)
        if self.row is not None:
            where += f" row {self.row}"
        if self.byte is not None:
            where += f" byte {self.byte:,}"
        return where + (f" column {self.column!r}" if self.column is not None else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong, where, what the viewer will do about it, and how to fix it."""

    code: str
    severity: Severity
    message: str
    place: Place
    viewer: str
    fix: str
    is_fixable: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as docs/checks.md describes it; places that do not apply are null."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "path": str(self.place.path),
            "line": self.place.line,
            "row": self.place.row,
            "byte": self.place.byte,
            "column": self.place.column,
            "viewer": self.viewer,
            "fix": self.fix,
            "is_fixable": self.is_fixable,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong with an export.

    Attributes:
        code: `E..` for what is not shown or shown wrongly, `W..` for what works badly.
        title: the problem in one line.
        viewer: what the viewer does.
        fix: how to fix it.
        autofix: what `--fix` does, or why it does nothing.
    """

    code: str
    title: str
    viewer: str
    fix: str
    autofix: str

    @property
    def severity(self) -> Severity:
        """The severity of a finding of this rule, unless it is harmless."""
        return "error" if self.code.startswith("E") else "warning"

    @property
    def is_fixable(self) -> bool:
        """Whether `--fix` can do something about it."""
        return not self.autofix.startswith("Nothing")

    def finding(
        self,
        message: str,
        path: Path,
        *,
        severity: Severity | None = None,
        viewer: str | None = None,
        fix: str | None = None,
        is_fixable: bool | None = None,
        **place: Any,
    ) -> Finding:
        """Create a finding; `severity` to `is_fixable` override those of the rule."""
        return Finding(
            code=self.code,
            severity=severity or self.severity,
            message=message,
            place=Place(path=path, **place),
            viewer=viewer or self.viewer,
            fix=fix or self.fix,
            is_fixable=self.is_fixable if is_fixable is None else is_fixable,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What the viewer shows, and what is wrong with it.

    Attributes:
        views: one for each way to open what was checked.
        findings: errors first.
        changes: what was fixed, if this is a fixed copy.
    """

    views: Sequence[View]
    findings: list[Finding] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    @property
    def num_errors(self) -> int:
        """Number of findings that are errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def num_warnings(self) -> int:
        """Number of findings that are warnings."""
        return len(self.findings) - self.num_errors

    def only(self, select: Iterable[str], ignore: Iterable[str]) -> Report:
        """Keep findings whose code starts with one of `select`, if any, and none of `ignore`."""
        chosen, ignored = tuple(select), tuple(ignore)
        kept = [
            finding
            for finding in self.findings
            if (not chosen or finding.code.startswith(chosen))
            and not (ignored and finding.code.startswith(ignored))
        ]
        return replace(self, findings=kept)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as `--json` prints it; docs/checks.md describes it."""
        return {
            "views": [view.to_dict() for view in self.views],
            "findings": [finding.to_dict() for finding in self.findings],
            "num_errors": self.num_errors,
            "num_warnings": self.num_warnings,
        }


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Sort errors first, then by code; drop repeated findings."""
    unique = list(dict.fromkeys(findings))
    return sorted(unique, key=lambda finding: (finding.severity != "error", finding.code))
