"""`make audit` does not take "nothing could be looked up" for "nothing is known"."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.running import PROJECT

SKIPPED = {"name": "jinja2", "skip_reason": "Dependency not found and could not be audited"}
FINE = {"name": "numpy", "version": "2.0", "vulns": []}
KNOWN = {"id": "PYSEC-2021-66", "fix_versions": ["2.11.3"], "aliases": [], "description": ""}
VULNERABLE = {"name": "jinja2", "version": "2.10", "vulns": [KNOWN]}


def audited(report: Path) -> tuple[int, list[str]]:
    ended = subprocess.run(
        [sys.executable, ".ci/audit.py", str(report)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout.splitlines()


@pytest.mark.parametrize(
    ("packages", "code", "lines"),
    [
        ([FINE, FINE], 0, ["2 of 2 packages audited, 0 vulnerable"]),
        (
            [FINE, VULNERABLE, SKIPPED],
            1,
            [
                "jinja2 2.10 is vulnerable: PYSEC-2021-66",
                "2 of 3 packages audited, 1 vulnerable",
            ],
        ),
        ([SKIPPED], 0, ["NOT AUDITED: the list of known vulnerabilities cannot be reached"]),
    ],
)
def test_an_audit_fails_for_known_vulnerabilities_only(tmp_path, packages, code, lines) -> None:
    (tmp_path / "report.json").write_text(json.dumps({"dependencies": packages, "fixes": []}))
    assert audited(tmp_path / "report.json") == (code, lines)


def test_without_a_connection_the_audit_says_so(tmp_path) -> None:
    code, (line,) = audited(tmp_path / "missing.json")
    assert (code, line.split(":")[0]) == (0, "NOT AUDITED")
