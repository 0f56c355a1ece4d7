"""`select` prints the points that a link chooses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from tests.helpers.running import exit_code

HOSTILE = ["=HYPERLINK(1)", "\uff1d1+1", "-5", " +cmd", 'a "b", c', "@x"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("select") / "map"
    metadata = {"word": HOSTILE, "=year": [-5, 0, 1, 2, 3, 4]}
    px.export(np.eye(6), metadata, path, layouts=(), color_by=None)
    return path


def printed(capsys, *arguments: str) -> str:
    assert exit_code(["select", *arguments]) == 0
    return str(capsys.readouterr().out)


def test_csv_runs_no_formula_and_numbers_stay_numbers(folder: Path, capsys) -> None:
    rows = list(csv.reader(printed(capsys, str(folder), "--link", "", "--csv").splitlines()))
    assert rows[0][:2] == ["word", "'=year"]
    assert [row[0] for row in rows[1:]] == [
        *("'=HYPERLINK(1)", "'\uff1d1+1", "-5", "'+cmd", 'a "b", c', "'@x")
    ]
    assert [row[1] for row in rows[1:]] == ["-5", "0", "1", "2", "3", "4"]


def test_json_and_text_name_the_points(folder: Path, capsys) -> None:
    link = "#rows=1-2"
    found = json.loads(printed(capsys, str(folder), "--link", link, "--json"))
    assert [point["word"] for point in found["points"]] == HOSTILE[1:3]
    lines = printed(capsys, str(folder), "--link", "#select=@x&neighbors=1").splitlines()
    assert lines[:2] == ["2 points", " 1.000  @x"]


def test_json_and_csv_together_are_refused(folder: Path, capsys) -> None:
    assert exit_code(["select", str(folder), "--link", "", "--json", "--csv"]) == 2
    assert "expected --json or --csv, not both" in capsys.readouterr().err
