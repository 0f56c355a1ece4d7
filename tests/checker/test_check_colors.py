"""Columns to color by are judged by coverage, by how evenly values spread, and by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from projector_export.checker.check import check
from projector_export.checker.findings import Finding, Report
from projector_export.checker.grouping import hidden_columns, is_groupable, is_uninformative
from projector_export.checker.model.columns import Column
from projector_export.checker.model.metadata import Metadata
from projector_export.checker.model.value_counts import MAX_VALUES, ValueCounts
from projector_export.errors import InputError
from projector_export.fixer.fix import write_fixed
from tests.helpers.article_pair import write_article_pair
from tests.helpers.check_cases import plain_pair
from tests.helpers.check_exports import Export, good_rows, good_vectors, text_vectors, tsv


def column(name: str, cells: list[str]) -> Column:
    made = Column(name)
    made.add(cells, range(1, len(cells) + 1), num_safe=len(cells))
    return made


def spread(num_common: int, num_rare: int, num_blank: int = 0, num_values: int = 5) -> list[str]:
    """Cells: the first have one of a few values, the next have unique ones, the rest are blank."""
    common = [f"value {row % num_values}" for row in range(num_common)]
    return common + [f"rare {row}" for row in range(num_rare)] + [""] * num_blank


def about(report: Report, code: str) -> dict[str, Finding]:
    return {f.place.column or "": f for f in report.findings if f.code == code}


def metadata_of(report: Report) -> Metadata:
    metadata = report.views[0].tensors[0].metadata
    assert metadata is not None
    return metadata


def test_genre_is_named_as_the_column_with_too_many_values_although_language_is_offered(
    tmp_path: Path,
):
    report = check(*write_article_pair(tmp_path))
    hidden = about(report, "W20")
    assert list(hidden) == ["genre", "country"]  # the one named like a group comes first
    assert "values, 30% blank) is not offered; language is" in hidden["genre"].message
    assert hidden["genre"].is_fixable


def test_the_fixed_copy_has_twins_of_genre_and_country_and_says_so(tmp_path: Path):
    fixed = write_fixed(*write_article_pair(tmp_path / "in"), tmp_path / "out")
    assert "book_info.tsv: columns added: genre_top_10, country_top_10" in fixed.changes
    report = check(fixed.path)
    assert about(report, "W20") == {}
    genre = next(c for c in metadata_of(report).columns if c.name == "genre_top_10")
    assert len(genre.legend) == 10
    assert dict(genre.legend)["Unknown"] == 900  # three in ten
    assert max(dict(genre.legend), key=dict(genre.legend).get) != "Other"


def test_one_value_in_one_cell_is_uninformative_before_and_after_the_fix(tmp_path: Path):
    rows = [[*row, "[[File" if number == 7 else ""] for number, row in enumerate(good_rows())]
    rows[0][-1] = "language"
    path = Export(tmp_path / "in", rows=rows).write()
    assert about(check(path), "W02")["language"].message == (
        "'[[File' in 1 row, and no value in 59 rows"
    )
    fixed = write_fixed(path, None, tmp_path / "out")
    assert list(about(check(fixed.path), "W02")) == ["language"]


@pytest.mark.parametrize(
    ("cells", "is_empty_talk"),
    [
        (["a"] * 100, True),
        (["a"] * 99 + [""], True),
        (["a"] + [""] * 99, True),
        (["a"] + ["Unknown"] * 99, True),
        (["", *["Unknown"] * 99], True),
        (["a"] * 50 + [""] * 50, False),  # those points have a color
        (["a"] * 99 + ["b"], False),  # one point is marked
        (["1"] * 100, True),
        ([str(number) for number in range(100)], False),
    ],
)
def test_a_column_is_uninformative_if_all_points_look_the_same(
    cells: list[str], *, is_empty_talk: bool
):
    assert is_uninformative(column("c", cells)) == is_empty_talk


@pytest.mark.parametrize(
    ("cells", "can_be_grouped"),
    [
        (spread(140, 60), True),
        (spread(60, 140), False),  # 145 values of 200: nearly every one is unique
        (spread(20, 20, 160), False),  # 25 values in 40 informative cells
        (spread(30, 5, 165), True),
        ([f"author {row // 2}" for row in range(400)], False),  # nine of 200 values: 4.5 %
    ],
)
def test_a_column_is_grouped_only_if_its_values_repeat(cells: list[str], *, can_be_grouped: bool):
    assert is_groupable(column("c", cells)) == can_be_grouped


def test_a_column_named_like_a_group_wins_over_a_more_informative_one():
    genre, place = column("genre", spread(120, 80)), column("place", spread(180, 60)[:200])
    place = column("place", spread(120, 80, num_values=9))
    assert [found.name for found in hidden_columns([place, genre])] == ["genre", "place"]


def test_if_a_column_to_color_by_is_offered_another_is_not_a_finding():
    topic = column("topic", [f"topic {row % 4}" for row in range(200)])
    shelf = column("shelf", [f"shelf {row % 4}" for row in range(200)])
    genre, place = column("genre", spread(120, 80)), column("place", spread(120, 80))
    assert hidden_columns([topic, genre, place]) == []
    assert hidden_columns([shelf, genre, place]) == [genre]
    assert hidden_columns([shelf, place]) == []


def test_color_by_chooses_the_column(tmp_path: Path):
    pair = write_article_pair(tmp_path / "in")
    report = check(*pair, color_by="country")
    assert list(about(report, "W20")) == ["country"]
    assert about(report, "W20")["country"].severity == "error"
    fixed = write_fixed(*pair, tmp_path / "out", color_by="country")
    assert "book_info.tsv: columns added: country_top_10" in fixed.changes
    assert about(check(fixed.path, color_by="country"), "W20") == {}


def test_color_by_a_column_of_titles_cannot_be_fixed(tmp_path: Path):
    pair = write_article_pair(tmp_path)
    finding = about(check(*pair, color_by="author"), "W20")["author"]
    assert finding.message.endswith("not offered; no value is frequent enough for a group")
    assert not finding.is_fixable


def test_color_by_a_column_that_does_not_exist_names_the_nearest(tmp_path: Path):
    with pytest.raises(InputError, match="no metadata has a column 'gnere'") as raised:
        check(Export(tmp_path).write(), color_by="gnere")
    assert raised.value.tip == "did you mean 'genre'?"


def test_a_file_of_labels_gets_no_twin(tmp_path: Path):
    labels = tsv([[f"Label {row}"] for row in range(200)])
    pair = plain_pair(tmp_path / "in", labels, text_vectors(good_vectors(200)))
    (finding,) = about(check(*pair), "W01").values()
    assert finding.message == (
        "more than 50 different values in 'label', and no value is frequent enough for a group"
    )
    assert not finding.is_fixable
    write_fixed(*pair, tmp_path / "out")
    assert (tmp_path / "out" / "metadata.tsv").read_bytes() == labels


def test_a_count_is_not_a_warning_next_to_a_genre(tmp_path: Path):
    counts = ["num_links", *(str(row % 13) for row in range(60))]
    rows = [[*row, count] for row, count in zip(good_rows(), counts, strict=True)]
    assert about(check(Export(tmp_path / "beside", rows=rows).write()), "W03") == {}
    alone = [[row[0], row[2]] for row in rows]
    report = check(Export(tmp_path / "alone", rows=alone).write())
    assert list(about(report, "W03")) == ["num_links"]
    assert not about(report, "W03")["num_links"].is_fixable


def test_the_original_of_a_grouped_column_is_not_a_warning(tmp_path: Path):
    raw = ["genre_raw", *(f"{row % 12}th drama" for row in range(60))]
    rows = [[*row, cell] for row, cell in zip(good_rows(), raw, strict=True)]
    assert check(Export(tmp_path, rows=rows).write()).findings == []


def test_counts_of_frequent_values_are_right_with_any_number_of_rare_ones():
    counts = ValueCounts()
    for batch in range(10):
        rare = {f"{batch} {row}": 1 for row in range(MAX_VALUES // 2)}
        counts.add({"drama": 30, "epic": 20, **rare})
    assert counts.num_values is None
    assert counts.most_common(2) == [("drama", 300), ("epic", 200)]
    assert len(counts._counts) <= MAX_VALUES


def test_of_values_with_equal_counts_the_first_by_name_are_kept():
    counts = ValueCounts()
    counts.add({"c": 2, "a": 1, "d": 1, "b": 1})
    assert counts.most_common(2) == [("c", 2), ("a", 1)]
    assert counts.num_values == 4
