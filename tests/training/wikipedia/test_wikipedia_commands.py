from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from projector_export.errors import JobFailedError, RunError
from tests.helpers.dump_writer import Page, book_page, dump_xml
from training.cli.wikipedia import genres, prepare
from training.data.books import Book
from training.data.genre_coverage import measure_coverage
from training.data.genres import load_genre_map
from training.wikipedia.part_report import NoBooksError

BOOKS = [
    Book("A", {"genre": "Crime novel"}, ()),
    Book("B", {"genre": "Oulipo"}, ()),
    Book("C", {"genre": "Oulipo"}, ("Category:Western novels",)),
    Book("D", {}, ("Category:Fantasy novels",)),
    Book("E", {"genre": " "}, ()),
]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "dump.xml"
    path.write_bytes(dump_xml([book_page("A", genre="Crime"), book_page("B", genre="Oulipo")]))
    return path


def test_coverage_counts_every_book_once():
    coverage = measure_coverage(BOOKS, mapping=load_genre_map())
    assert coverage.num_books == 5
    assert coverage.num_with_text == 3
    assert list(coverage.counts().values()) == [1, 2, 1, 1]
    assert coverage.unmapped == {"Oulipo": 2}
    assert coverage.genres["Crime and mystery"] == 1


def test_genres_lists_what_it_does_not_understand_of_prepared_books(tmp_path: Path, dump: Path):
    output = tmp_path / "books.ndjson"
    arguments = [str(dump), "-o", str(output), "--workers", "1"]
    prepared = CliRunner().invoke(prepare, arguments, catch_exceptions=False)
    assert prepared.stdout == f"{output}: 2 books\n"
    report = CliRunner().invoke(genres, [str(output)], catch_exceptions=False)
    assert "        1   50.0%  from the infobox\n" in report.stdout
    assert report.stdout.endswith("not understood, by number of books\n        1  Oulipo\n")


def test_genres_prints_json_and_takes_a_mapping(tmp_path: Path):
    books = tmp_path / "books.ndjson"
    books.write_text(json.dumps(["A", {"genre": "Oulipo"}, [], [], "", 0]) + "\n")
    mapping = tmp_path / "mine.yaml"
    mapping.write_text("phrases: {Oulipo: Literary fiction}\n")
    arguments = [str(books), "--mapping", str(mapping), "--json"]
    report = json.loads(CliRunner().invoke(genres, arguments, catch_exceptions=False).stdout)
    assert report["genres"] == {"Literary fiction": 1}
    assert (report["num_mapped"], report["unmapped"]) == (1, {})


def test_an_existing_output_is_not_overwritten(tmp_path: Path, dump: Path):
    output = tmp_path / "books.ndjson"
    output.write_text("precious")
    with pytest.raises(RunError, match="already exists"):
        CliRunner().invoke(prepare, [str(dump), "-o", str(output)], catch_exceptions=False)
    assert output.read_text() == "precious"


def test_a_damaged_dump_fails_after_writing_what_could_be_read(tmp_path: Path, dump: Path):
    dump.write_bytes(dump.read_bytes()[:-400])
    output = tmp_path / "books.ndjson"
    with pytest.raises(JobFailedError, match="before </mediawiki>, after the page 'A'"):
        CliRunner().invoke(prepare, [str(dump), "-o", str(output)], catch_exceptions=False)
    assert [json.loads(line)[0] for line in output.read_text().splitlines()] == ["A"]


def test_damage_is_logged_and_counted_even_if_no_book_is_found(tmp_path: Path):
    dump = tmp_path / "dump.xml"
    broken = [Page(f"Page {number}", "{{Infobox book}} < 1") for number in range(7)]
    dump.write_bytes(dump_xml(broken).replace(b"&lt; 1", b"< 1"))
    run = CliRunner().invoke(prepare, [str(dump), "-o", str(tmp_path / "books.ndjson")])
    assert isinstance(run.exception, NoBooksError)
    assert "malformed XML on line 12 of the page 'Page 0'; and 6 more" in run.exception.message
    assert "           7 pages with malformed XML\n" in run.stderr
    assert "damaged places: 7\n" in run.stderr
    assert run.stderr.count("has malformed XML on line 12") == 5  # the first five by name


def test_a_dump_that_is_named_twice_is_read_once_and_logged(tmp_path: Path, dump: Path):
    output = tmp_path / "books.ndjson"
    same = str(dump.parent / "." / dump.name)
    run = CliRunner().invoke(prepare, [str(dump), same, "-o", str(output)], catch_exceptions=False)
    assert f"{dump} was named 2 times; reading it once\n" in run.stderr
    assert "read 2 pages\n" in run.stderr
    assert run.stdout == f"{output}: 2 books\n"


def test_duplicate_books_are_counted_and_logged(tmp_path: Path, dump: Path):
    copy = tmp_path / "copy.xml"
    copy.write_bytes(dump.read_bytes())
    arguments = [str(dump), str(copy), "-o", str(tmp_path / "books.ndjson")]
    run = CliRunner().invoke(prepare, arguments, catch_exceptions=False)
    assert "left out 2 duplicates of books, keeping the last edited\n" in run.stderr


def test_the_most_common_unknown_templates_are_logged(tmp_path: Path):
    dump = tmp_path / "dump.xml"
    dump.write_bytes(dump_xml([book_page("A", genre="{{odd|x|y}} {{odd|z}} {{even|x}}")]))
    arguments = [str(dump), "-o", str(tmp_path / "books.ndjson")]
    run = CliRunner().invoke(prepare, arguments, catch_exceptions=False)
    expected = "infoboxes use 2 unknown templates 3 times, most often: odd (2), even (1)\n"
    assert expected in run.stderr


def test_the_commands_import_nothing_heavy_before_they_run():
    program = (
        "import sys, training.cli.wikipedia\n"
        "print([name for name in ('mwparserfromhell', 'pooch', 'requests', 'numpy', 'yaml')"
        " if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert run.stdout == "[]\n"
