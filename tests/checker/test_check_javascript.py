"""JavaScript's numbers, as defined by ECMA-262; the browser tests use a real engine."""

from __future__ import annotations

import pytest

from projector_export.checker.model.javascript import format_number, parse_number, sort_keys


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("007", 7),
        (" 7\r", 7),
        ("-.5", -0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("0x1F", 31),
        ("0b101", 5),
        ("0o17", 15),
        ("", 0),
        ("  ", 0),
        ("\u00a0\ufeff", 0),
        ("Infinity", float("inf")),
        ("-Infinity", float("-inf")),
        ("1e999", float("inf")),
        ("9007199254740993", 9007199254740992),
    ],
)
def test_text_that_number_takes(text: str, value: float):
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text", ["x", "1 2", "1_000", "1,5", "inf", "nan", "+0x1", ".", "e5", "1n", "\uff12", "\u0663"]
)
def test_text_that_is_not_a_number_to_javascript(text: str):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (0.5, "0.5"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e-6, "0.0000015"),
        (1.5e-7, "1.5e-7"),
        (123456.789, "123456.789"),
        (float("-inf"), "-Infinity"),
        (float("nan"), "NaN"),
        (9007199254740993.0, "9007199254740992"),
    ],
)
def test_numbers_are_spelled_as_javascript_does(value: float, text: str):
    assert format_number(value) == text


def test_whole_numbers_come_first_among_an_objects_keys():
    assert sort_keys(["b", "10", "a", "9", "01", "-1", "4294967295"]) == [
        "9",
        "10",
        "b",
        "a",
        "01",
        "-1",
        "4294967295",
    ]
