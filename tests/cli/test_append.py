"""`append` does what `px.append` does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from tests.helpers.running import exit_code


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with an export `map`, and files of another table."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    px.export(rng.normal(size=(30, 5)), [f"word {n}" for n in range(30)], "map", layouts=())
    np.save("topics.npy", rng.normal(size=(12, 5)))
    rows = "".join(f"topic {n},{'sea' if n % 3 else 'land'}\n" for n in range(12))
    Path("topics.csv").write_text(f"topic,kind\n{rows}")
    return tmp_path


def test_a_table_is_added_with_its_color_and_its_map(folder, capsys) -> None:
    options = ["--name", "topics", "--color-by", "kind", "--layouts", "pca", "-q"]
    assert exit_code(["append", "map", "topics.npy", "topics.csv", *options]) == 0
    assert capsys.readouterr().out == "map has the table topics\n"
    opened = px.open_export("map")
    assert list(opened.tables) == ["vectors", "topics"]
    topics = opened.table("topics")
    assert topics.vectors.shape == (12, 5)
    assert topics.metadata["kind"].value_counts().to_dict() == {"sea": 8, "land": 4}
    assert (Path("map") / "site" / "topics.bookmarks.json.gz").is_file()
    assert px.check("map").findings == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["map", "topics.npy"], "the export has a table 'vectors'; each needs its own name"),
        (["nothing", "topics.npy", "--name", "topics"], "there is no run 'nothing' in logs/"),
        (["map", "none.npy", "--name", "topics"], "none.npy does not exist"),
        (
            ["map", "topics.npy", "topics.csv", "--name", "topics", "--color-by", "kinds"],
            "topics: there is no metadata column 'kinds'",
        ),
    ],
)
def test_what_does_not_fit_is_one_line_and_changes_nothing(
    folder, capsys, arguments, words
) -> None:
    before = {path: path.read_bytes() for path in Path("map").rglob("*") if path.is_file()}
    assert exit_code(["append", *arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    errors = [line for line in lines if line.startswith("error: ")]
    assert len(errors) == 1
    assert words in errors[0]
    assert "Traceback" not in "".join(lines)
    assert {path: path.read_bytes() for path in Path("map").rglob("*") if path.is_file()} == before


def test_the_help_fits_80_columns_and_shows_an_example(capsys) -> None:
    assert exit_code(["append", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "projector-export append map topics.npy topics.csv --name topics" in shown
    assert max(map(len, shown.splitlines())) <= 80
