"""The files that only the page uses: what is damaged in them is named, and unknown keys stay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import projector_export as px
from projector_export.errors import InputError
from projector_export.page_parts import (
    codes_of,
    read_colorings,
    read_maps,
    read_tour,
    written_codes,
)


def colorings(**changed: Any) -> str:
    coloring = {"column": "topic", "labels": ["sea", "land"], "codes": "AAEB"}
    return json.dumps({"books.metadata.tsv": [coloring | changed]})


def test_an_export_of_another_program_has_none_of_them(tmp_path: Path) -> None:
    assert read_colorings(tmp_path) == read_maps(tmp_path) == {}
    assert read_tour(tmp_path) == []


def test_codes_are_places_in_the_labels_and_other_keys_stay(tmp_path: Path) -> None:
    (tmp_path / "colorings.json").write_text(colorings(new=[1]))
    (coloring,) = read_colorings(tmp_path)["books.metadata.tsv"]
    assert codes_of(coloring).tolist() == [0, 1, 1]
    assert written_codes(codes_of(coloring)) == "AAEB"
    assert coloring["new"] == [1]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "the file: Invalid JSON"),
        ("[]", "the file: Input should be"),
        (colorings(column=None), "books.metadata.tsv.0.column: Input should be a valid string"),
        (colorings(codes="A"), "books.metadata.tsv.0: Value error, "),
        (colorings(codes="AAIB"), "a code is no place in labels"),
    ],
)
def test_damaged_colorings_are_refused_with_their_place(
    tmp_path: Path, content: str, problem: str
) -> None:
    (tmp_path / "colorings.json").write_text(content)
    with pytest.raises(InputError, match=r"colorings\.json cannot be read: ") as raised:
        read_colorings(tmp_path)
    assert problem in str(raised.value)


def test_a_damaged_tour_and_damaged_figures_are_refused(tmp_path: Path) -> None:
    (tmp_path / "tour.json").write_text('[{"title": "a", "view": {"map": 1}}]')
    with pytest.raises(InputError, match=r"tour\.json cannot be read: 0\.view\.map"):
        read_tour(tmp_path)
    (tmp_path / "maps.json").write_text('{"num_rows": 5, "num_sampled": NaN}')
    with pytest.raises(InputError, match=r"maps\.json cannot be read: num_sampled: "):
        read_maps(tmp_path)


def test_colorings_of_another_table_are_refused(tmp_path: Path) -> None:
    rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    metadata = {"word": ["a", "b", "c"], "topic": ["sea", "land", "land"]}
    px.export(rows, metadata, tmp_path / "map", color_by="topic", layouts=())
    path = next((tmp_path / "map").rglob("upload/colorings.json"))
    content = json.loads(path.read_text())
    (name,) = content
    content[name][0]["codes"] = "AAE="
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match="'topic' has 2 rows, not 3"):
        px.open_export(tmp_path / "map").select("#show=land")
