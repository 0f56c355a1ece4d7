"""Fixing a fixed copy changes no byte, and one fix leaves nothing fixable."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector_export.checker.check import check
from projector_export.checker.model.metadata import read_metadata
from projector_export.fixer.fix import write_fixed
from projector_export.fixer.metadata import fix_metadata_bytes
from tests.helpers.article_pair import write_article_pair
from tests.helpers.check_cases import CASES
from tests.helpers.check_exports import good_vectors, text_vectors

MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PIECES = st.sampled_from(
    [
        *(
            "a",
            "é",
            '"',
            '""',
            ",",
            " ",
            "  ",
            "&amp;",
            "&amp;amp;",
            "& nbsp;",
            "&quot;",
            "\r",
            "\x00",
        ),
        *(
            "007",
            "1.0",
            "5",
            "-",
            "constructor",
            "__proto__",
            "Unknown",
            "Other",
            "<ref>",
            "\u00a0",
        ),
    ]
)
CELLS = st.lists(PIECES, max_size=4).map("".join) | st.sampled_from(["", "drama", "epic", "7"])
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=4).map("\t".join), min_size=1, max_size=8)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@MANY
@given(LINES, st.none() | st.integers(1, 8))
def test_fixed_metadata_is_not_changed_by_another_fix(lines: list[str], num_points: int | None):
    fixed = fix_metadata_bytes("\n".join(lines).encode(), num_points)
    assert fix_metadata_bytes(fixed, num_points) == fixed


@MANY
@given(st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=30))
def test_fixing_a_fixed_cell_changes_nothing(rows: list[tuple[str, str]]):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "in")
        folder.mkdir()
        table = "".join("\t".join(row) + "\n" for row in [("title", "genre"), *rows])
        (folder / "metadata.tsv").write_bytes(table.encode())
        vectors = text_vectors(good_vectors(len(rows)))
        (folder / "vectors.tsv").write_bytes(vectors)
        once = write_fixed(folder, None, Path(root, "once"))
        twice = write_fixed(once.path, None, Path(root, "twice"))
        assert contents(twice.path) == contents(once.path)
        assert [f for f in check(once.path).findings if f.is_fixable] == []


@pytest.mark.parametrize("code", sorted(CASES))
def test_the_fixed_copy_of_every_case_is_fixed_for_good(code: str, tmp_path: Path):
    path = CASES[code][0](tmp_path / "in")
    once = write_fixed(*(path if isinstance(path, tuple) else (path, None)), tmp_path / "once")
    assert [f for f in check(once.path, once.metadata_path).findings if f.is_fixable] == []
    write_fixed(once.path, once.metadata_path, tmp_path / "twice")
    assert contents(tmp_path / "twice") == contents(tmp_path / "once")


def test_a_published_pair_is_fixed_once_and_for_all(tmp_path: Path):
    once = write_fixed(*write_article_pair(tmp_path / "in"), tmp_path / "once")
    twice = write_fixed(once.path, None, tmp_path / "twice")
    assert twice.changes == []
    assert contents(tmp_path / "twice") == contents(tmp_path / "once")
    report = check(once.path)
    assert report.num_errors == 0
    assert [f.code for f in report.findings if f.is_fixable] == []


@pytest.mark.parametrize(
    ("written", "fixed"),
    [
        ('"""Heroes"" and more"', '"Heroes" and more'),
        ('"""Heroes"""', '"Heroes"\u2060'),  # quotes of the title, inside those of the CSV writer
        ('"Heroes"', '"Heroes"'),  # no CSV writer puts quotes around one word
        ('"Smith, John"', "Smith, John"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("a& nbsp;b", "a\u00a0b"),
    ],
)
def test_quotes_that_belong_to_a_title_stay(written: str, fixed: str, tmp_path: Path):
    table = f"title\tgenre\n{written}\tdrama\nPlain\tepic\n".encode()
    once = fix_metadata_bytes(table, 2)
    assert once.decode().split("\n")[1] == f"{fixed}\tdrama"
    assert fix_metadata_bytes(once, 2) == once
    (tmp_path / "m.tsv").write_bytes(once)
    column = read_metadata(tmp_path / "m.tsv").columns[0]
    assert not column.csv_quotes
    assert not column.untidy


def test_quotes_around_every_cell_are_those_of_a_csv_writer():
    table = b'"title"\t"genre"\n"One"\t"drama"\n"Two"\t"epic"\n'
    assert fix_metadata_bytes(table, 2) == b"title\tgenre\nOne\tdrama\nTwo\tepic\n"
