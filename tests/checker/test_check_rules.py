"""For every rule: an export that breaks it gets only its code; one that barely follows it, none."""

from __future__ import annotations

from pathlib import Path

import pytest

from projector_export.checker.check import check
from projector_export.checker.rules import RULES
from tests.helpers.check_cases import CASES
from tests.helpers.check_exports import Export, good_rows, good_vectors


def codes(path: Path | tuple[Path, Path]) -> list[str]:
    report = check(*path) if isinstance(path, tuple) else check(path)
    return sorted({finding.code for finding in report.findings})


def test_every_rule_has_a_case():
    assert sorted(CASES) == sorted(RULES)


@pytest.mark.parametrize("code", sorted(CASES))
def test_an_export_that_breaks_a_rule_gets_its_code_and_no_other(code: str, tmp_path: Path):
    breaks, _ = CASES[code]
    assert codes(breaks(tmp_path)) == [code]


@pytest.mark.parametrize("code", sorted(CASES))
def test_an_export_that_barely_follows_a_rule_has_no_findings(code: str, tmp_path: Path):
    _, just_not = CASES[code]
    assert codes(just_not(tmp_path)) == []


@pytest.mark.parametrize(
    ("title", "is_found"),
    [
        ("War& nbsp;and Peace", True),
        ("< !-- a comment -- >", True),
        ("War & #160;Peace", True),
        ("United States < br / > England", True),
        ("a < b and c > d", False),
        ("War &nbsp;Peace", True),
        ("Sense & Sensibility; a < b", False),
        ("Q & A; or <3", False),
    ],
)
def test_entities_and_comments_are_seen_as_wikipedias_dumps_spell_them(
    title: str, *, is_found: bool, tmp_path: Path
):
    rows = [["title", "genre"], [title, "drama"], *good_rows()[2:]]
    assert codes(Export(tmp_path, rows=rows).write()) == (["W05"] if is_found else [])


@pytest.mark.parametrize(("dim", "expected"), [(3, []), (4, ["W12"])])
def test_vectors_of_three_numbers_need_no_layout_because_they_are_drawn_as_they_are(
    dim: int, expected: list[str], tmp_path: Path
):
    export = Export(tmp_path, vectors=good_vectors(5_001, dim), rows=good_rows(5_001))
    assert codes(export.write()) == expected
