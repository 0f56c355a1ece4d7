"""Titles of a stranger's export are text: in the terminal, in CSV and JSON, and in the report."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.helpers.check_exports import Export
from tests.helpers.running import exit_code

TITLES = [
    "\x1b[31mred\x1b]0;title\x07",
    "\u202eevil\u2066",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "{{ 7 * 7 }}${7 * 7}",
    "=HYPERLINK(A1)",
    "+1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\x9b31mC1",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [[title, title] for title in (TITLES * 6)[:60]]
    Export(tmp_path / "map", rows=[["title", "<b>genre</b>"], *rows]).write()
    Export(tmp_path / "map", "web app", rows=[["title", "<b>genre</b>"], *rows]).write()
    (tmp_path / "map" / "config.json").rename(tmp_path / "map" / "projector_config.json")
    return tmp_path / "map"


def printed(capsys, *arguments: object) -> str:
    """Run the program; return all that it printed, which cannot control a terminal."""
    assert exit_code(list(map(str, arguments))) in (0, 1, 2)
    text = "".join(capsys.readouterr())
    assert all(character == "\n" or character.isprintable() for character in text), repr(text)
    return text


def test_the_terminal_shows_titles_and_does_not_obey_them(folder, capsys) -> None:
    assert "<img src=x onerror=alert(1)>" in printed(
        capsys, "neighbors", folder, "@SUM(A1)", "-k60"
    )
    assert "points" in printed(capsys, "check", folder)
    assert printed(capsys, "check", folder, "--json").startswith("{")
    assert "error: " in printed(capsys, "neighbors", folder, "red\x1b title")
    assert "error: " in printed(capsys, "neighbors", folder, "@SUM(A1)", "--where", "x\x1b=y")


def test_json_keeps_every_character(folder, capsys) -> None:
    answer = json.loads(printed(capsys, "neighbors", folder, "@SUM(A1)", "-k60", "--json"))
    labels = {found["label"] for found in answer["neighbors"]}
    assert labels >= {TITLES[0], TITLES[1], TITLES[9]}


def test_a_spreadsheet_runs_no_cell(folder, capsys) -> None:
    text = printed(capsys, "neighbors", folder, "{{ 7 * 7 }}${7 * 7}", "-k60", "--csv")
    rows = csv.reader(text.splitlines())
    cells = [cell for row in rows for cell in row]
    assert "'=HYPERLINK(A1)" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_shows_titles_and_no_tag_of_them(folder, capsys) -> None:
    printed(capsys, "report", folder)
    page = Tags((folder / "report.html").read_text("utf-8"))
    assert "<img src=x onerror=alert(1)>" in page.text
    assert "{{ 7 * 7 }}${7 * 7}" in page.text
    assert [tag for tag, _ in page.tags if tag == "script"] == []
    assert [name for _, attributes in page.tags for name in attributes if name[:2] == "on"] == []
    sources = [attributes.get("src") or "" for tag, attributes in page.tags if tag == "img"]
    assert all(source.startswith("data:image/png;base64,") for source in sources)
