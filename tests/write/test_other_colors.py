"""Bookmarks of the same map in other colors, and the key of colors that the README prints."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from projector_export.checker.check import check
from projector_export.embedding import Embedding
from projector_export.exporter import write_exports
from projector_export.prepare.layouts.compute import LayoutOptions
from projector_export.prepare.table import PreparedTable, prepare
from projector_export.viewer_facts import COLORS
from projector_export.write import bookmarks
from projector_export.write.bookmarks import bookmarks_json, layout_bookmarks_json
from projector_export.write.color_key import color_key

NUM_ROWS = 240


def embedding(**columns: object) -> Embedding:
    rng = np.random.default_rng(2)
    rows = np.arange(NUM_ROWS)
    table = pd.DataFrame(
        {
            "word": [f"word {row}" for row in rows],
            "topic": np.array(["sea", "land", "air"])[np.minimum(rows % 4, 2)],
            "place": [f"place {row % 60 if row % 2 else 0}" for row in rows],
            "year": 1900 + rows,
            **columns,
        }
    )
    flat = rng.normal(size=(NUM_ROWS, 2)).astype(np.float32)
    vectors = rng.normal(size=(NUM_ROWS, 12))
    return Embedding("words", vectors, table, "topic", layouts={"tsne": flat, "umap": -flat})


@pytest.fixture
def table() -> PreparedTable:
    return prepare(embedding())


def states(content: bytes) -> list[dict]:
    return json.loads(content)


def shown(found: list[dict]) -> list[tuple[str, str]]:
    return [(state["label"], state["selectedColorOptionName"]) for state in found]


def test_tensorboard_has_the_first_map_in_every_color(table) -> None:
    found = states(b"".join(bookmarks_json(table, with_pca=True)))
    assert shown(found) == [
        ("t-SNE by topic", "topic"),
        ("UMAP by topic", "topic"),
        ("t-SNE by place", "place_top_10"),
        ("t-SNE by year", "year"),
    ]
    for state in found[2:]:
        assert state["projections"] == found[0]["projections"]


def test_what_has_no_room_is_said_and_is_with_the_map(table, monkeypatch, caplog) -> None:
    caplog.set_level(logging.INFO)
    one = NUM_ROWS * 12 * bookmarks.BYTES_PER_COORDINATE
    monkeypatch.setattr(bookmarks, "MAX_BYTES", 3 * one)
    found = states(b"".join(bookmarks_json(table, with_pca=True)))
    assert [label for label, _ in shown(found)][2:] == ["t-SNE by place"]
    assert "words: no bookmarks by year, of 0.0 MB each; words_tsne has them" in caplog.text
    with_map = states(layout_bookmarks_json(table, "umap", with_others=True))
    assert [label for label, _ in shown(with_map)] == [
        *("UMAP by topic", "UMAP by place", "UMAP by year")
    ]
    assert all(state["projections"] == [] for state in with_map)


def test_a_bookmark_is_no_larger_than_is_assumed(table) -> None:
    two = prepare(embedding())
    size = len(b"".join(bookmarks_json(two, with_pca=True)))
    assert size < 4 * (NUM_ROWS * 12 * bookmarks.BYTES_PER_COORDINATE + 1000)
    assert size > 3 * NUM_ROWS * 12 * bookmarks.BYTES_PER_COORDINATE


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("colors")
    hostile = {"../<b>|`": ["a|b" if row % 3 else "`<i>`" for row in range(NUM_ROWS)]}
    write_exports(
        *(folder, [embedding(**hostile)]), title="x", max_colors=10, layouts=LayoutOptions()
    )
    return folder


def test_the_upload_set_has_a_file_for_each_color_and_names_it(exported) -> None:
    names = sorted(path.name for path in (exported / "upload").glob("*.by_*"))
    assert names == [
        "words.by_b.bookmarks.json",
        "words.by_place_top_10.bookmarks.json",
        "words.by_year.bookmarks.json",
    ]
    readme = (exported / "upload" / "README.md").read_text("utf-8")
    assert all(f"- `{name}`\n" in readme for name in names)
    (state,) = states((exported / "upload" / names[1]).read_bytes())
    assert state["label"] == "t-SNE by place"
    assert len(state["projections"]) == NUM_ROWS
    assert list(state["projections"][0]) == ["umap-0", "umap-1"]


def test_the_page_has_only_its_maps(exported) -> None:
    assert len(states((exported / "upload" / "words.bookmarks.json").read_bytes())) == 2


def test_check_finds_nothing(tmp_path) -> None:
    write_exports(tmp_path, [embedding()], title="x", max_colors=10, layouts=LayoutOptions())
    assert check(tmp_path).findings == []


def test_the_key_has_the_colors_by_first_appearance(exported) -> None:
    readme = (exported / "upload" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (\w+) `(#\w+)` \| (\w+) \| (\d+) \|$", readme, re.MULTILINE)
    assert rows == [
        ("blue", COLORS[0], "air", "120"),
        ("red", COLORS[1], "land", "60"),
        ("pink", COLORS[2], "sea", "60"),
    ]
    assert "says *Points: 240*" in " ".join(readme.split())


def test_the_key_of_numbers_is_their_ends_and_cells_are_text() -> None:
    numbers = prepare(Embedding("a", np.eye(60, 4), {"w": range(60), "n": range(60)}, "n"))
    assert "least number of n is light yellow `#ffffdd`" in color_key(numbers)
    hostile = {"w": ["x", "y", "z"], "a|b": ["<i>|`", "[x](y)", "\\"]}
    key = color_key(prepare(Embedding("a", np.eye(3), hostile, "a|b")))
    assert all(line.count("|") == 4 for line in key.strip().splitlines())
    assert "<i>" not in key
    assert "[x]" not in key
    assert color_key(prepare(Embedding("a", np.eye(3), hostile, None))) == ""
