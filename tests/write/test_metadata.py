"""Any table is written so that the viewer, which has no quoting, reads it back as intended."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.checker.model.javascript import format_number
from projector_export.errors import InputError
from projector_export.prepare.cells import UNKNOWN, clean_text, number_cell
from projector_export.write import metadata
from projector_export.write.metadata import metadata_tsv
from tests.helpers import projector_reader
from tests.helpers.projector_reader import OBJECT_NAMES, read_metadata

WORD_JOINER = "\u2060"  # keeps a title of digits from becoming a number
MISSING = [None, np.nan, pd.NA, pd.NaT]
HARD_CELLS = [
    *("", " ", "\t", "\n", "\r\n", "\u00a0", "\u200b", "\ufeff", "\x00", "\x7f", "\x85", "\u2028"),
    *("007", "1e3", "1E-3", "0x10", "0X1f", "0b11", "0o17", "1.", ".5", "+1", "-0", "  12\t"),
    *(
        "Infinity",
        "-Infinity",
        "+Infinity",
        "NaN",
        "inf",
        "1_000",
        "1,5",
        "\uff11\uff12",
        "9007199254740993",
    ),
    *("a\tb", "a\nb", "\ufeffa", "1\x002", "\ud800", "a\udfffb", "Q\u0308", "👩‍👩‍👧", "می‌خواهم"),
    *OBJECT_NAMES,
]
# Quotes are removed only around a whole cell; see the examples below.
any_text = st.text(st.characters(exclude_characters='"'), max_size=12)
any_cell = any_text | st.sampled_from(HARD_CELLS) | st.sampled_from(MISSING)
any_number = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(width=64),
    st.sampled_from([np.nan, np.inf, -np.inf, -0.0, 5e-324, 1e22, 2.0**53]),
)


def expected_text(value: object) -> str:
    """What the viewer should show of a cell, computed from Unicode's tables."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:  # noqa: PLR0124 (NaN)
        return UNKNOWN
    shown = ""
    for character in str(value):
        if character.isspace():
            shown += " "
        elif unicodedata.category(character) == "Cs":
            shown += "\ufffd"
        elif unicodedata.category(character) != "Cc" and character != "\ufeff":
            shown += character
    text = " ".join(shown.split(" ")).strip()
    while "  " in text:
        text = text.replace("  ", " ")
    return text if any(unicodedata.category(c) not in {"Cf", "Zs"} for c in text) else UNKNOWN


def text_column(cells: list[object]) -> pd.Series:
    return pd.Series(cells, dtype=object)


def is_encodable(text: str) -> bool:
    """Whether pandas can make a category of it, which it stores in Arrow."""
    return text == text.encode("utf-8", "ignore").decode()


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Any table of text and numbers, with at least one column and two rows."""
    num_rows = draw(st.integers(2, 6))
    columns = st.lists(any_cell, min_size=num_rows, max_size=num_rows).map(text_column)
    numbers = st.lists(any_number, min_size=num_rows, max_size=num_rows)
    kinds = st.one_of(
        columns,
        numbers.map(lambda cells: pd.Series(cells, dtype="float64")),
        st.lists(st.integers(0, 2**53), min_size=num_rows, max_size=num_rows).map(pd.Series),
        st.lists(
            st.none() | st.integers(-(2**31), 2**31), min_size=num_rows, max_size=num_rows
        ).map(lambda cells: pd.Series(cells, dtype="Int64")),
        st.lists(st.booleans(), min_size=num_rows, max_size=num_rows).map(pd.Series),
        st.lists(any_text.filter(is_encodable), min_size=num_rows, max_size=num_rows).map(
            lambda cells: pd.Series(cells, dtype=object).astype("category")
        ),
    )
    made = draw(st.lists(kinds, min_size=1, max_size=4))
    table = pd.concat(made, axis=1)
    names = st.text(st.characters(exclude_characters='"'), min_size=1, max_size=8).map(
        expected_text
    )
    usable = names.filter(lambda name: name not in {*OBJECT_NAMES, "__next__", "__seq_next__"})
    table.columns = pd.Index(
        draw(st.lists(usable, min_size=len(made), max_size=len(made), unique=True)), dtype=object
    )
    return table


def without_blanks(text: str) -> str:
    return text.replace(" ", "")


@settings(max_examples=80, deadline=None)
@given(tables())
def test_the_viewer_reads_any_table_back(table: pd.DataFrame):
    content = metadata_tsv(table)
    read = read_metadata(content)
    names = list(table.columns) if table.shape[1] > 1 else ["label"]
    assert read.names == names
    assert len(read.points) == len(table)
    assert content.count(b"\n") == len(table) + (table.shape[1] > 1)
    assert content.endswith(b"\n")
    for index, name in enumerate(names):
        assert_column_is_back(table.iloc[:, index], read.cells(name))


def assert_column_is_back(column: pd.Series, cells: list[object]) -> None:
    holds_numbers = column.dtype.kind in "iuf"
    for value, cell in zip(column, cells, strict=True):
        if holds_numbers and value is not pd.NA and np.isfinite(value):
            assert cell == float(value)
        elif holds_numbers:
            assert cell == UNKNOWN
        else:
            assert isinstance(cell, str)
            assert cell.removesuffix(WORD_JOINER) == expected_text(value).removesuffix(WORD_JOINER)


@settings(max_examples=80, deadline=None)
@given(tables())
def test_the_viewer_reads_no_text_column_as_numbers_and_counts_its_values(table: pd.DataFrame):
    read = read_metadata(metadata_tsv(table))
    for (_, column), seen in zip(table.items(), read.columns, strict=True):
        numbers = [value for value in column if value is not pd.NA]
        is_all_numbers = column.dtype.kind in "iuf" and np.isfinite(numbers).all()
        assert seen.is_numeric == (is_all_numbers and len(numbers) == len(column))
        assert sum(seen.counts.values()) == len(table)


@settings(max_examples=80, deadline=None)
@given(table=tables(), chunk_bytes=st.integers(4, 40))
def test_no_character_crosses_a_chunk_boundary(table: pd.DataFrame, chunk_bytes: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metadata, "CHUNK_BYTES", chunk_bytes)
        content = metadata_tsv(table)
    for end in range(chunk_bytes, len(content), chunk_bytes):
        content[:end].decode()
    read = read_metadata(content, chunk_bytes=chunk_bytes)
    assert read.points == read_metadata(content).points
    unpadded = read_metadata(metadata_tsv(table))
    assert list(map(without_blanks, read.names)) == list(map(without_blanks, unpadded.names))
    for name, plain_name in zip(read.names, unpadded.names, strict=True):
        for cell, plain in zip(read.cells(name), unpadded.cells(plain_name), strict=True):
            assert without_blanks(str(cell)) == without_blanks(str(plain))


def big_table(shift: int) -> pd.DataFrame:
    """Rows of three-byte characters, 2.2 MB of them, that begin `shift` bytes late."""
    titles = ["漢字" * 300 + f" №{row}" for row in range(1_200)]
    titles[0] = "x" * shift + titles[0]
    return pd.DataFrame({"title": titles, "genre": ["Поэзия", "Роман"] * 600})


def unpadded_size(table: pd.DataFrame) -> int:
    lines = [list(table.columns), *table.astype(str).itertuples(index=False)]
    return sum(len("\t".join(line).encode()) + 1 for line in lines)


def test_a_real_file_of_two_million_bytes_is_padded_in_its_gradient_alone():
    added = 0
    for shift in range(3):  # two of any three shifts split a character at the first chunk's end
        years = [1900 + row % 90 for row in range(len(big_table(shift)))]  # a gradient
        table = big_table(shift).assign(year=years)
        content = metadata_tsv(table)
        read = read_metadata(content)
        assert len(content) > 2_000_000
        assert read.cells("title") == table["title"].tolist()
        assert read.cells("genre") == table["genre"].tolist()
        assert read.cells("year") == years
        added += len(content) - unpadded_size(table)
    assert 2 <= added <= 3 * 2 * 2


def test_without_numbers_the_most_varied_column_gets_the_blanks():
    num_padded = 0
    for shift in range(3):
        table = big_table(shift).assign(read=[True, False] * 600)
        read = read_metadata(metadata_tsv(table))
        assert read.cells("genre") == table["genre"].tolist()
        assert set(read.cells("read")) == {"True", "False"}
        titles = read.cells("title")
        assert [title.rstrip(" ") for title in titles] == table["title"].tolist()
        num_padded += sum(title.endswith(" ") for title in titles)
    assert 2 <= num_padded <= 6


def test_a_cell_longer_than_two_chunks_is_written_and_read():
    table = pd.DataFrame({"title": ["a", "b"], "text": ["漢" * 900_000, "c"]})
    cells = read_metadata(metadata_tsv(table)).cells("text")
    assert [cell.replace(" ", "") for cell in cells] == table["text"].tolist()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("War  and\tPeace\n", "War and Peace"),
        ('"Quoted"', "Quoted"),
        ('"Surely You""re Joking"', 'Surely You"re Joking'),
        ('"""Gatsby"" and others"', '"Gatsby" and others'),
        ('"Yes" or "No"', '"Yes" or "No"'),
        ('6" pipes', '6" pipes'),
        ('"', UNKNOWN),
        ('"""', UNKNOWN),
        ('" "', UNKNOWN),
        ("\u200b\u200f", UNKNOWN),
        ("\ufeffDune", "Dune"),
        ("De\x00bug\x1b[31m", "Debug[31m"),
        ("a\u2028b\x85c", "a b c"),
        ("\ud83d", "\ufffd"),
        ("1984", "1984" + WORD_JOINER),
        (1984, "1984" + WORD_JOINER),
        (Decimal("1.50"), "1.50" + WORD_JOINER),
        ("1984 (novel)", "1984 (novel)"),
        ("constructor", "constructor" + WORD_JOINER),
        ("Constructor", "Constructor"),
        (True, "True"),
        (["a", "b"], "['a', 'b']"),
        (datetime(1922, 2, 2, tzinfo=UTC), "1922-02-02 00:00:00+00:00"),
        (None, UNKNOWN),
        (pd.NA, UNKNOWN),
        (float("nan"), UNKNOWN),
        (Decimal("nan"), UNKNOWN),
    ],
)
def test_one_cell_becomes(value: object, cell: str):
    table = pd.DataFrame({"title": text_column(["x", value]), "other": ["y", "z"]})
    assert metadata_tsv(table).decode() == f"title\tother\nx\ty\n{cell}\tz\n"


@settings(max_examples=80, deadline=None)
@given(st.text(st.characters() | st.sampled_from('"" \t'), max_size=20))
def test_cleaning_twice_changes_nothing_more(text: str):
    once = clean_text(text)
    assert clean_text(once) == once
    assert not set(once) & set("\t\n\r\v\f\x00\ufeff")


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (pd.Series([1.0, -0.0, 2.5]), ["1", "0", "2.5"]),
        (pd.Series([1e22, 1e-7, np.inf]), ["1e+22", "1e-7", UNKNOWN]),
        (pd.Series([0.1, 3.0, np.nan], dtype="float32"), ["0.10000000149011612", "3", UNKNOWN]),
        (pd.Series([1, None, -3], dtype="Int64"), ["1", UNKNOWN, "-3"]),
        (pd.Series([2**63 - 1, 0, -(2**63)]), ["9223372036854775807", "0", "-9223372036854775808"]),
        (pd.Series([True, None, False], dtype="boolean"), ["True", UNKNOWN, "False"]),
        (pd.Series([1 + 2j, 0j, 1j]), ["(1+2j)", "0j", "1j"]),
        (pd.Series(["1", "b", "1"], dtype="category"), ["1" + WORD_JOINER, "b", "1" + WORD_JOINER]),
    ],
)
def test_a_column_becomes(column: pd.Series, cells: list[str]):
    table = pd.DataFrame({"title": ["x", "y", "z"], "column": column})
    lines = metadata_tsv(table).decode().splitlines()[1:]
    assert [line.split("\t")[1] for line in lines] == cells


def test_one_column_has_no_header_because_the_viewer_would_read_it_as_a_row():
    assert metadata_tsv(pd.DataFrame({"title": ["Emma", ""]})) == b"Emma\nUnknown\n"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["title", ""], "column 2 has a blank name"),
        (["title", "\t\u200b"], "column 2 has a blank name"),
        (["title", " title "], "'title' exists twice"),
        (["title", "__proto__"], "'__proto__' has a special meaning"),
        (["title", "constructor"], "'constructor' has a special meaning"),
        (["__next__", "title"], "'__next__' has a special meaning"),
    ],
)
def test_a_column_name_that_the_viewer_cannot_use_is_refused(names: list[str], words: str):
    with pytest.raises(InputError, match=words):
        metadata_tsv(pd.DataFrame([["a", "b"]], columns=names))


def test_names_of_any_type_and_index_are_written_as_text():
    table = pd.DataFrame([["a", 1], ["b", 2]], columns=pd.Index(["title", 1984]), index=[7, 7])
    assert metadata_tsv(table) == b"title\t1984\na\t1\nb\t2\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" 12\n", 12.0),
        ("", 0.0),
        ("\ufeff", 0.0),
        ("0x1F", 31.0),
        ("-Infinity", -np.inf),
        ("1.", 1.0),
        (".5e1", 5.0),
    ],
)
def test_the_reader_knows_javascripts_numbers(text: str, value: float):
    assert projector_reader.number(text) == value


@pytest.mark.parametrize(
    "text",
    ["inf", "nan", "1_0", "\uff11", "-0x1", "0x", "0b2", ".", "1e", "++1", "--Infinity", "1 2"],
)
def test_the_reader_knows_what_is_not_a_number_in_javascript(text: str):
    assert np.isnan(projector_reader.number(text))


def test_the_reader_has_the_bugs_of_the_viewer():
    with pytest.raises(projector_reader.NeverEndsError):
        read_metadata(b"")
    with pytest.raises(projector_reader.NeverEndsError):
        read_metadata(b"no line end")
    assert read_metadata(b"a\tb\n \t\n1\t\n").points == [{"a": 1.0, "b": None}]
    assert read_metadata("é\n".encode(), chunk_bytes=1).points == [{"label": "\ufffd\ufffd"}]
    assert np.isnan(read_metadata(b"toString\n").columns[0].counts["toString"])


def numbers_with_a_gap(num_values: int) -> pd.DataFrame:
    years = [None, *range(1900, 1900 + num_values)]
    titles = [f"t{row}" for row in range(len(years))]
    return pd.DataFrame({"title": titles, "year": pd.array(years, dtype="Int64")})


def test_a_gap_leaves_more_than_fifty_numbers_a_gradient():
    column = read_metadata(metadata_tsv(numbers_with_a_gap(51))).columns[1]
    assert column.is_numeric
    assert column.too_many_values
    assert read_metadata(metadata_tsv(numbers_with_a_gap(51))).cells("year")[:2] == [None, 1900]


def test_a_gap_among_fewer_numbers_is_a_value_of_its_own():
    column = read_metadata(metadata_tsv(numbers_with_a_gap(49))).columns[1]
    assert list(column.counts)[:2] == [UNKNOWN, "1900"]


def test_a_gap_among_fifty_numbers_stays_as_text_of_51_values_has_no_colors():
    column = read_metadata(metadata_tsv(numbers_with_a_gap(50))).columns[1]
    assert column.is_numeric
    assert list(column.counts)[:2] == ["1900", "1901"]


def test_numbers_with_few_values_get_no_blanks_at_a_chunk_s_end():
    # "1900 " would be a separate value in the legend.
    table = big_table(1).assign(year=1900)
    assert list(read_metadata(metadata_tsv(table)).columns[2].counts) == ["1900"]


@pytest.mark.parametrize(
    "value",
    [0.1, -2.5, 1e-6, 1.5e-6, 1e-7, 1.25e-10, 1e16, 123456789012345680000.0, 1e20, 1e21, -3e300],
)
def test_a_number_is_spelled_as_javascript_spells_it(value: float):
    assert number_cell(value) == format_number(value)


def test_a_gap_among_labels_is_not_a_blank_line():
    table = numbers_with_a_gap(60)[["year"]]
    assert metadata_tsv(table).startswith(b"Unknown\n1900\n")
    assert metadata_tsv(table.assign(other=table["year"])).startswith(b"year\tother\nUnknown\t\n")


def test_blanks_before_a_chunk_s_end_are_not_put_into_a_gap():
    num_rows = 40_000  # 1.2 MB: a character of three bytes crosses the first chunk boundary
    for shift in range(3):
        titles = ["x" * shift + "書" * 8] * num_rows
        years = [None if row % 2 else 1900 + row % 140 for row in range(num_rows)]
        table = pd.DataFrame({"title": titles, "year": pd.array(years, dtype="Int64")})
        cells = read_metadata(metadata_tsv(table)).cells("year")
        assert cells == years
