"""Columns of any type become text and numbers that the viewer shows as intended."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import projector_export as px
from projector_export.embedding import Embedding
from projector_export.errors import InputError
from projector_export.prepare.columns import MAX_TEXT_LENGTH, viewer_columns
from projector_export.prepare.table import prepare
from projector_export.write.metadata import metadata_tsv
from tests.helpers.projector_reader import read_metadata

JOINER = "\u2060"


def shown(column: Any, **options: Any) -> list[object]:
    """Return what the viewer reads of a column beside a label."""
    return [cell.removesuffix(JOINER) if isinstance(cell, str) else cell for cell in seen(column)]


def seen(column: Any) -> list[object]:
    table = pd.DataFrame({"label": [f"row {row}" for row in range(len(column))], "x": column})
    return read_metadata(metadata_tsv(viewer_columns(table))).cells("x")


PLUS_2 = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        # dates
        (pd.to_datetime(["2024-03-01", None]), ["2024-03-01", "Unknown"]),
        (
            pd.to_datetime(["2024-03-01 00:00", "2024-03-01 13:05"]),
            ["2024-03-01T00:00:00", "2024-03-01T13:05:00"],
        ),
        (pd.to_datetime(["2024-03-01 13:05:00.25"]), ["2024-03-01T13:05:00.250"]),
        (
            pd.to_datetime(["2024-03-01 13:05"]).tz_localize("Europe/Berlin"),
            ["2024-03-01T12:05:00Z"],
        ),
        (pd.to_datetime(["2024-03-01"]).tz_localize("Europe/Berlin"), ["2024-03-01"]),
        ([date(867, 1, 2), None], ["0867-01-02", "Unknown"]),
        (
            [datetime(2024, 3, 1, 1, tzinfo=PLUS_2), datetime(2024, 3, 1, tzinfo=UTC)],
            ["2024-02-29T23:00:00Z", "2024-03-01T00:00:00Z"],
        ),
        (pd.Series([pd.Timestamp("2024-03-01"), pd.NaT], dtype=object), ["2024-03-01", "Unknown"]),
        (pd.Series([np.datetime64("2024-03")], dtype=object), ["2024-03-01"]),
        (pd.Categorical(pd.to_datetime(["2024-03-01"])), ["2024-03-01"]),
        # ISO 8601 as text, such as from a file
        (["2024-03-01", "", None, "NaT"], ["2024-03-01", "Unknown", "Unknown", "Unknown"]),
        (["2024-03-01", "2024-03-01 13:05"], ["2024-03-01T00:00:00", "2024-03-01T13:05:00"]),
        (["2024-03-01T13:05:00.25"], ["2024-03-01T13:05:00.250"]),
        (
            ["2024-03-01 01:00+02:00", "2024-03-01T00:00Z"],
            ["2024-02-29T23:00:00Z", "2024-03-01T00:00:00Z"],
        ),
        (["2024-03-01 00:00+02", "2024-03-02 00:00+01"], ["2024-03-01", "2024-03-02"]),
        (pd.Series(["2024-03-01", None], dtype="string"), ["2024-03-01", "Unknown"]),
        (pd.Categorical(["2024-03-01 00:00"]), ["2024-03-01"]),
        # what could be another date, or none, stays text
        (["2024-03-01 00:00", "soon"], ["2024-03-01 00:00", "soon"]),
        (["2024-03-01 00:00", "01/02/03"], ["2024-03-01 00:00", "01/02/03"]),
        (["2024-03-01 00:00", "2024-02-30"], ["2024-03-01 00:00", "2024-02-30"]),
        (["2024-03-01 00:00Z", "2024-03-01 00:00"], ["2024-03-01 00:00Z", "2024-03-01 00:00"]),
        (["2024-3-1", "2024-W01-1", "2024-060"], ["2024-3-1", "2024-W01-1", "2024-060"]),
        (["20240301", "1999"], ["20240301", "1999"]),
        (["2024-03-01 00:00", ["2024-03-02"]], ["2024-03-01 00:00", "2024-03-02"]),
        ([["2024-03-01 00:00"], "2024-03-01"], ["2024-03-01 00:00", "2024-03-01"]),
        (["", " "], ["Unknown", "Unknown"]),
        (pd.period_range("2024-03", periods=2, freq="M"), ["2024-03", "2024-04"]),
        # numbers
        (np.array([0.1, 2], "f4"), [0.1, 2]),
        (np.array([0.1, -0.0], "f2"), [0.1, 0]),
        (np.array([3, 255], "u1"), [3, 255]),
        (np.array([1, 2], ">i4"), [1, 2]),
        (pd.array([1, None], "Int64"), [1, "Unknown"]),
        (pd.array([0.1, None], "Float32"), [0.1, "Unknown"]),
        ([Decimal("0.1"), Decimal("NaN"), None], [0.1, "Unknown", "Unknown"]),
        ([Fraction(1, 4), 2, np.float32(0.1)], [0.25, 2, 0.1]),
        (pd.Series([1999, None], dtype=object), [1999, "Unknown"]),
        ([2**53, 1], [2**53, 1]),
        ([2**53 + 1, 1], ["9007199254740993", "1"]),
        ([2**70, 1], [str(2**70), "1"]),
        # text
        ([True, False], ["True", "False"]),
        (pd.array([True, None], "boolean"), ["True", "Unknown"]),
        (pd.Series([True, None, 3], dtype=object), ["True", "Unknown", "3"]),
        (pd.Categorical([3, None, 1]), ["3", "Unknown", "1"]),
        (["007", "1e3"], ["007", "1e3"]),
        ([b"caf\xc3\xa9", b"\xff"], ["caf\u00e9", "\ufffd"]),
        (np.array([b"ab", b"c"]), ["ab", "c"]),
        ([None, np.nan, pd.NaT, pd.NA, ""], ["Unknown"] * 5),
        ([1 + 2j, 3j], ["(1+2j)", "3j"]),
        # lists
        ([["a", "b"], ("c",), [], None], ["a; b", "c", "Unknown", "Unknown"]),
        ([[1, 2.5], [3]], ["1; 2.5", "3"]),
        ([{"b", "a"}, frozenset()], ["a; b", "Unknown"]),
        ([np.array(["x", "y"]), np.array([7])], ["x; y", "7"]),
        ([["a", None, np.nan], [b"b"]], ["a", "b"]),
    ],
    ids=str,
)
def test_a_column_of_any_type_is_shown_as_intended(column: Any, expected: list[object]) -> None:
    assert shown(pd.Series(column)) == expected


def test_a_label_is_text_even_if_it_is_a_number() -> None:
    table = pd.DataFrame({"id": [7, 8], "kind": ["a", "b"]})
    assert viewer_columns(table)["id"].tolist() == ["7" + JOINER, "8" + JOINER]
    assert viewer_columns(pd.DataFrame({"id": [1.5, np.nan]}))["id"].tolist() == [
        "1.5" + JOINER,
        "Unknown",
    ]


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ({"a": 1}, "a dict"),
        ([{"a": 1}], "lists or dicts in a list"),
        ([["a"], ["b"]], "lists or dicts in a list"),
        (np.zeros((2, 2)), "lists or dicts in a list"),
    ],
)
def test_nested_cells_are_refused_with_the_name_of_their_column(cell: Any, what: str) -> None:
    metadata = {"word": ["a", "b"], "parts": [None, cell]}
    with pytest.raises(InputError, match="'parts' is nested: row 1") as caught:
        Embedding("words", np.eye(2, 3), metadata)
    assert what in caught.value.message
    assert "json_normalize" in caught.value.tip


def test_many_dates_get_a_column_of_years_to_color_by() -> None:
    days = pd.date_range("2000-01-01", periods=60, freq="D").append(pd.DatetimeIndex([pd.NaT]))
    table = pd.DataFrame({"word": [f"w{n}" for n in range(61)], "seen": days})
    read = viewer_columns(table)
    assert list(read.columns) == ["word", "seen", "seen_year"]
    # 2000 had 366 days; January 31 is its 31st, 30 days after the start.
    assert read["seen_year"].iloc[[0, 30]].tolist() == [2000, round(2000 + 30 / 366, 6)]
    assert np.isnan(read["seen_year"].iloc[60])
    twice, vectors = pd.concat([table, table]), np.random.default_rng(0).normal(size=(122, 3))
    for color_by in (px.AUTO, "seen"):
        assert prepare(Embedding("words", vectors, twice, color_by)).color_by == "seen_year"


def test_few_dates_are_colored_one_by_one() -> None:
    table = pd.DataFrame(
        {"word": list("abcd"), "seen": pd.to_datetime(["2000-01-01", "2001-01-01"] * 2)}
    )
    prepared = prepare(Embedding("words", np.eye(4, 3), table, "seen"))
    assert (prepared.color_by, list(prepared.metadata)) == ("seen", ["word", "seen"])


def test_your_own_column_is_not_replaced_by_years() -> None:
    days = pd.date_range("2000-01-01", periods=60)
    table = pd.DataFrame({"word": range(60), "seen": days, "seen_year": ["mine"] * 60})
    assert viewer_columns(table)["seen_year"].tolist() == ["mine"] * 60


def test_long_text_is_shortened_and_kept_in_full_on_request() -> None:
    long = "word " * 100
    table = pd.DataFrame({"word": ["a", "b"], "story": [long, "short"]})
    cell = viewer_columns(table)["story"][0]
    assert len(cell) <= MAX_TEXT_LENGTH
    assert cell == ("word " * 40)[:199].rstrip() + "…"
    whole = viewer_columns(table, full_text=True)
    assert list(whole) == ["word", "story", "story_full"]
    assert whole["story_full"].tolist() == [long.strip(), "short"]
    embedding = Embedding("words", np.eye(2, 3), table, full_text=True)
    assert "story_full" in prepare(embedding).metadata


def test_categories_that_are_integers_are_grouped_like_others() -> None:
    codes = [code for code in range(12) for _ in range(14 - code)]
    table = {"word": [f"w{n}" for n in range(len(codes))], "cluster": pd.Categorical(codes)}
    prepared = prepare(Embedding("words", np.eye(len(codes), 3), table, "cluster"))
    counts = prepared.metadata["cluster"].value_counts()
    assert counts["Other"] == 5 + 4 + 3
    assert counts["0" + JOINER] == 14
    assert prepared.metadata["cluster_raw"].nunique() == 12
    read = read_metadata(metadata_tsv(prepared.metadata))
    legend = list(dict.fromkeys(read.cells("cluster")))
    assert legend == [f"{code}{JOINER}" for code in range(9)] + ["Other"]


def test_columns_may_be_named_by_numbers() -> None:
    table = pd.DataFrame({0: list("abcd"), 1: list("xyxy")})
    assert prepare(Embedding("words", np.eye(4, 3), table, "1")).color_by == "1"


@pytest.mark.parametrize(
    ("names", "message", "tip"),
    [
        (["a", ""], "metadata column 2 has a blank name; expected a name", "name it"),
        (["a", "a"], "metadata column 'a' exists twice", "columns are: a, a"),
        (["a", "__proto__"], "'__proto__' has a special meaning in the viewer", ""),
    ],
)
def test_names_that_the_viewer_cannot_distinguish_are_refused(names, message, tip) -> None:
    table = pd.DataFrame([["x", "y"], ["z", "w"]], columns=names)
    with pytest.raises(InputError, match=message) as caught:
        Embedding("words", np.eye(2, 3), table)
    assert tip in (caught.value.tip or "")


def moments_from(year: int) -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime(year, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001


SCALARS = {
    "datetime64[ns]": moments_from(1700) | st.none(),
    "datetime64[ns, Asia/Tokyo]": moments_from(1900) | st.none(),
    "timedelta64[ns]": st.timedeltas(timedelta(days=-999), timedelta(days=999)) | st.none(),
    "bool": st.booleans(),
    "boolean": st.booleans() | st.none(),
    "Int16": st.integers(-(2**15), 2**15 - 1) | st.none(),
    "float16": st.floats(width=16),
    "float32": st.floats(width=32),
    "Float64": st.floats() | st.none(),
    "uint64": st.integers(0, 2**64 - 1),
    "complex128": st.complex_numbers(),
    "string": st.text(max_size=5) | st.none(),
    "category": st.text(max_size=2) | st.integers(0, 9) | st.none(),
    "object": st.one_of(
        st.none(),
        st.text(max_size=5),
        st.binary(max_size=5),
        st.integers(),
        st.decimals(),
        st.fractions(),
        st.dates(),
        st.datetimes(timezones=st.none() | st.timezones()),
        st.times(),
        st.uuids(),
        st.lists(st.integers() | st.text(max_size=2) | st.none(), max_size=3),
        st.frozensets(st.integers(0, 5), max_size=3),
    ),
}


@settings(max_examples=150, deadline=None)
@given(data=st.data(), dtype=st.sampled_from(sorted(SCALARS)), num_rows=st.integers(0, 4))
def test_no_type_breaks_the_file(data: st.DataObject, dtype: str, num_rows: int) -> None:
    cells = data.draw(st.lists(SCALARS[dtype], min_size=num_rows + 2, max_size=num_rows + 2))
    column = pd.Series(cells, dtype=dtype)
    read = seen(column)
    assert len(read) == len(column)
    assert None not in read
    for value, cell in zip(column, read, strict=True):
        if isinstance(cell, float) and dtype not in {"object", "category"}:
            # float32 prints as short as it is told apart from others, so 78107368 as 78107370.
            assert np.dtype(column.dtype.name.lower()).type(cell) == value


@settings(max_examples=60, deadline=None)
@given(st.lists(moments_from(1678), min_size=2, max_size=8))
def test_dates_sort_as_their_text_does(moments: list[datetime]) -> None:
    order = np.argsort(np.array(moments, "M8[us]"), kind="stable").tolist()
    texts = seen(pd.Series(moments))
    assert [texts[row] for row in order] == sorted(texts)


ZONES = st.none() | st.sampled_from([UTC, PLUS_2])


@settings(max_examples=60, deadline=None)
@given(data=st.data(), zone=ZONES, gap=st.sampled_from("T "))
def test_iso_text_is_shown_like_the_dates_that_it_means(data, zone, gap: str) -> None:
    days = st.dates(date(1700, 1, 1), date(2200, 1, 1))
    moments = st.datetimes(
        datetime(1700, 1, 1),  # noqa: DTZ001
        datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.just(zone),
    )
    cells = data.draw(st.lists((days if zone is None else moments) | moments, min_size=1))
    texts = [
        cell.isoformat(gap) if isinstance(cell, datetime) else cell.isoformat() for cell in cells
    ]
    moments_of = [
        cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
        for cell in cells
    ]
    assert seen(pd.Series(texts)) == seen(pd.Series(moments_of, dtype=object))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("0123456789-/.:TZ ", max_size=12), min_size=1, max_size=4))
def test_text_that_is_no_date_stays_as_it_is(cells: list[str]) -> None:
    cells = [*cells, "2024-02-30"]
    expected = [" ".join(cell.split()) or "Unknown" for cell in cells]
    assert shown(pd.Series(cells)) == expected
