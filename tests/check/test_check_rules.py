"""Every rule: an export that breaks it gives that code and no other; one that just does not, none."""

from __future__ import annotations

from pathlib import Path

import pytest

from projector_export.check.checker import check_path
from projector_export.check.rules import RULES
from tests.helpers.check_cases import CASES


def codes(path: Path | tuple[Path, Path]) -> list[str]:
    report = check_path(*path) if isinstance(path, tuple) else check_path(path)
    return sorted({finding.code for finding in report.findings})


def test_every_rule_has_a_case():
    assert sorted(CASES) == sorted(RULES)


@pytest.mark.parametrize("code", sorted(CASES))
def test_an_export_that_breaks_a_rule_gives_its_code_and_no_other(code: str, tmp_path: Path):
    breaks, _ = CASES[code]
    assert codes(breaks(tmp_path)) == [code]


@pytest.mark.parametrize("code", sorted(CASES))
def test_an_export_that_just_keeps_a_rule_gives_nothing(code: str, tmp_path: Path):
    _, just_not = CASES[code]
    assert codes(just_not(tmp_path)) == []
