from __future__ import annotations

import bz2
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from projector_export.errors import InputError, JobFailedError, RunError
from tests.helpers.dump_writer import Page, book_page, dump_xml, write_multistream
from training.data.books import Book, read_books
from training.wikipedia import workers
from training.wikipedia.part_report import NoBooksError, PartReport
from training.wikipedia.part_results import PartFiles, PartReader, merge_books
from training.wikipedia.prepare import Prepared, PrepareOptions, plan_parts, prepare
from training.wikipedia.streams import split_into_parts

AWKWARD = Path(__file__).parents[2] / "fixtures" / "dumps" / "awkward-0.10.xml"
EXPECTED = AWKWARD.with_name("awkward-books.ndjson")
SMALL_PARTS = PrepareOptions(part_bytes=500)

MANY = [
    book_page(f"Book {number}", genre="Crime", links=["Paris", f"Place {number % 7}"])
    if number % 5 == 0
    else Page(f"Town {number}", "{{Infobox settlement}} " + "text " * 50)
    for number in range(400)
]


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Prepared]:
    output = tmp_path_factory.mktemp("awkward") / "books.ndjson"
    return output, prepare([AWKWARD], output)


def lines(path: Path) -> list[list[object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_in_this_process(dump: Path, names: Iterable[str] = ("Infobox book",)) -> PartReader:
    reader = PartReader(names)
    for part in split_into_parts(dump, part_bytes=10**9):
        reader.read(part, on_progress=lambda *_: None)
    return reader


def test_the_awkward_dump_gives_the_books_worked_out_by_hand(awkward: tuple[Path, Prepared]):
    output, prepared = awkward
    assert lines(output) == lines(EXPECTED)
    assert prepared.num_books == 5
    assert prepared.templates == ("Infobox book", "book infobox")
    assert prepared.report.counts == {
        "pages": 14,
        "books": 5,
        "redirects": 2,
        "other_namespaces": 2,
        "drafts": 1,
        "without_template": 3,
        "malformed": 1,
    }
    assert prepared.report.damages == [
        f"{AWKWARD} has malformed XML on line 8 of the page 'Broken'"
    ]
    assert list(output.parent.iterdir()) == [output]


def test_each_reading_reports_progress_up_to_the_size_of_the_dump(tmp_path: Path):
    last: dict[str, tuple[float, float | None]] = {}

    def on_progress(task: str, done: float, total: float | None, note: str = "") -> None:
        last[task] = (done, total)

    prepare([AWKWARD], tmp_path / "books.ndjson", on_progress=on_progress)
    size = AWKWARD.stat().st_size
    assert last == {"reading": (size, size), "reading again": (size, size)}


def test_links_follow_redirects_on_request(tmp_path: Path):
    output = tmp_path / "books.ndjson"
    prepared = prepare([AWKWARD], output, options=PrepareOptions(links="redirected"))
    links_by_title = {title: links for title, _, links, *_ in lines(output)}
    assert links_by_title["Jack & Jill (novel)"][2:] == ["Science fiction", "Science fiction"]
    assert prepared.num_redirected_links == 2


@pytest.mark.parametrize("num_workers", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_any_number_of_workers_writes_the_same_bytes(tmp_path: Path, num_workers: int):
    dump = write_multistream(tmp_path / "dump.xml.bz2", MANY, pages_per_stream=20)
    one, several = tmp_path / "one.ndjson", tmp_path / "several.ndjson"
    prepare([dump], one, options=SMALL_PARTS)
    prepare([dump], several, options=PrepareOptions(part_bytes=500, num_workers=num_workers))
    assert one.read_bytes() == several.read_bytes()
    assert len(lines(one)) == 80


def test_every_compression_and_version_gives_the_same_books(tmp_path: Path):
    expected = read_in_this_process(write_multistream(tmp_path / "m", MANY, pages_per_stream=50))
    for name, content in {
        "plain": dump_xml(MANY, version="0.10"),
        "bz2": bz2.compress(dump_xml(MANY)),
        "gz": gzip.compress(dump_xml(MANY)),
    }.items():
        (tmp_path / name).write_bytes(content)
        assert read_in_this_process(tmp_path / name).books == expected.books
    assert len(expected.books) == 80


def test_books_of_several_dumps_are_merged_and_the_newer_of_two_is_kept(tmp_path: Path):
    old = Page("B", "{{Infobox book|name=old}}", timestamp="2020-01-01T00:00:00Z")
    new = Page("B", "{{Infobox book|name=new}}", timestamp="2021-01-01T00:00:00Z")
    (tmp_path / "1.xml").write_bytes(dump_xml([new, book_page("C")]))
    (tmp_path / "2.xml").write_bytes(dump_xml([book_page("A"), old]))
    output = tmp_path / "books.ndjson"
    prepared = prepare([tmp_path / "1.xml", tmp_path / "2.xml"], output)
    assert [line[0] for line in lines(output)] == ["A", "B", "C"]
    assert lines(output)[1][1] == {"name": "new"}
    assert prepared.num_duplicates == 1


def test_a_dump_and_its_copy_give_each_book_once_and_count_the_others(tmp_path: Path):
    copy = tmp_path / "copy.xml"
    copy.write_bytes(AWKWARD.read_bytes())
    output = tmp_path / "books.ndjson"
    prepared = prepare([AWKWARD, copy], output)
    assert lines(output) == lines(EXPECTED)
    assert (prepared.num_books, prepared.num_duplicates) == (5, 5)


def test_a_page_with_both_names_of_the_template_is_one_book(tmp_path: Path):
    dump, output = tmp_path / "dump.xml", tmp_path / "books.ndjson"
    both = Page("A", "{{Infobox book|name=one}} {{Book box|name=other}}")
    redirect = Page("Template:Book box", "#REDIRECT", 10, "Template:Infobox book")
    dump.write_bytes(dump_xml([both, redirect, Page("B", "{{Book box|name=b}}")]))
    prepared = prepare([dump], output)
    assert [line[1] for line in lines(output)] == [{"name": "one"}, {"name": "b"}]
    assert prepared.num_duplicates == 0
    assert prepared.report.counts == {"pages": 3, "books": 2, "redirects": 1}


def test_prepared_books_are_read_back_as_they_were(awkward: tuple[Path, Prepared]):
    books, report = read_books(awkward[0])
    assert [book.title for book in books] == [line[0] for line in lines(EXPECTED)]
    assert report.summary_lines() == []


def test_naming_all_templates_avoids_a_second_reading(tmp_path: Path):
    output = tmp_path / "books.ndjson"
    names = ("Infobox book", "Book_Infobox")
    prepared = prepare([AWKWARD], output, options=PrepareOptions(templates=names))
    assert prepared.templates == names
    assert lines(output) == lines(EXPECTED)


def test_books_of_another_infobox_can_be_read(tmp_path: Path):
    dump = tmp_path / "dump.xml"
    dump.write_bytes(dump_xml([Page("Jaws", "{{Infobox film|director=S}}"), book_page("B")]))
    reader = read_in_this_process(dump, ["Infobox film"])
    assert [(book.title, book.infobox) for book in reader.books] == [("Jaws", {"director": "S"})]


def test_a_template_that_no_page_uses_is_an_error_and_nothing_is_written(tmp_path: Path):
    output = tmp_path / "books.ndjson"
    with pytest.raises(JobFailedError, match="none of 14 pages uses the template 'Infobox bok'"):
        prepare([AWKWARD], output, options=PrepareOptions(templates=("Infobox bok",)))
    assert list(tmp_path.iterdir()) == []


def write_damaged_stream(path: Path) -> str:
    """Write a dump whose second stream cannot be decompressed; return the expected message."""
    write_multistream(
        path, [Page(f"Page {number}", "text") for number in range(30)], pages_per_stream=10
    )
    second = split_into_parts(path, part_bytes=1)[2]
    content = bytearray(path.read_bytes())
    content[second.start + 40 : second.start + 60] = b"\0" * 20
    path.write_bytes(content)
    return f"is damaged in the bz2 stream at byte {second.start:,}, after the page 'Page 9'"


def write_truncated(path: Path) -> str:
    path.write_bytes(dump_xml([Page("A", "text"), Page("B", "text")])[:-400])
    return "is truncated at byte"


def write_malformed(path: Path) -> str:
    page = Page("A", "{{Infobox book|name=A}} & so on")
    path.write_bytes(dump_xml([page]).replace(b"&amp; so", b"& so"))
    return "has malformed XML on line 12 of the page 'A'"


def write_page_without_title(path: Path) -> str:
    path.write_bytes(dump_xml([Page("A", "text")]).replace(b"<title>A</title>", b""))
    return "has a page without a title, namespace or id"


@pytest.mark.parametrize(
    "write_damaged",
    [write_damaged_stream, write_truncated, write_malformed, write_page_without_title],
)
def test_damage_is_reported_even_if_no_book_is_found(
    tmp_path: Path, write_damaged: Callable[[Path], str]
):
    dump = tmp_path / "dump"
    message = write_damaged(dump)
    with pytest.raises(NoBooksError) as caught:
        prepare([dump], tmp_path / "books.ndjson")
    assert message in caught.value.message
    assert "pages that could be read uses the template 'Infobox book'" in caught.value.message
    assert "--template" not in str(caught.value.tip)
    assert caught.value.exit_code == 1
    assert [message in damage for damage in caught.value.report.damages] == [True]
    assert list(tmp_path.iterdir()) == [dump]


def test_damage_found_by_both_readings_is_counted_once(tmp_path: Path):
    dump = tmp_path / "dump.xml"
    pages = [
        Page("Template:Book box", "#REDIRECT", 10, "Template:Infobox book"),
        Page("A", "{{Infobox book|name=A}} {{Book box}} < 1"),
        Page("B", "{{Book box|name=B}} < 1"),
        book_page("C"),
    ]
    dump.write_bytes(dump_xml(pages).replace(b"&lt; 1", b"< 1"))
    prepared = prepare([dump], tmp_path / "books.ndjson")
    assert len(prepared.report.damages) == 2
    assert prepared.report.counts == {"pages": 4, "redirects": 1, "malformed": 2, "books": 1}
    assert prepared.report.damage_summary.endswith("; and 1 more damaged place")


@pytest.mark.parametrize("template", ["Шаблон:Книга", "шаблон: книга", "Книга", "Template:Книга"])
def test_the_template_may_be_named_with_its_wikis_own_namespace(tmp_path: Path, template: str):
    dump, output = tmp_path / "dump.xml", tmp_path / "books.ndjson"
    pages = [
        Page("Идиот", "{{книга|автор=Д}}"),
        Page("Бесы", "{{Шаблон:Книга|автор=Д}}"),
        Page("Игрок", "{{карточка|автор=Д}}"),
        Page("Москва", "{{Книга рекордов}}"),
        Page("Шаблон:Карточка", "#REDIRECT", 10, "Шаблон:Книга"),
    ]
    dump.write_bytes(dump_xml(pages).replace(b">Template<", ">Шаблон<".encode()))
    prepared = prepare([dump], output, options=PrepareOptions(templates=(template,)))
    assert [line[0] for line in lines(output)] == ["Бесы", "Игрок", "Идиот"]
    assert prepared.report.counts["without_template"] == 1


def test_unknown_templates_are_counted_over_all_parts(tmp_path: Path):
    dump = tmp_path / "dump.xml.bz2"
    pages = [
        Page(f"Book {number}", "{{Infobox book|a={{odd|x|y}}|b={{even|x}}{{lang|fr|x}}}}{{odd}}")
        for number in range(4)
    ]
    write_multistream(dump, pages, pages_per_stream=1)
    prepared = prepare([dump], tmp_path / "books.ndjson", options=SMALL_PARTS)
    assert prepared.report.unknown_templates == {"odd": 4, "even": 4}


def test_a_file_that_is_not_a_dump_is_refused_before_anything_is_read(tmp_path: Path):
    bad = tmp_path / "bad.xml"
    bad.write_text("<html>")
    with pytest.raises(InputError, match="not a MediaWiki dump"):
        prepare([AWKWARD, bad], tmp_path / "books.ndjson")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.xml"]


def test_a_truncated_dump_keeps_its_books_and_names_the_last_page(tmp_path: Path):
    dump = tmp_path / "dump.xml"
    whole = dump_xml(MANY)
    dump.write_bytes(whole[: whole.index(b"<title>Book 50<")])
    prepared = prepare([dump], tmp_path / "books.ndjson")
    assert prepared.num_books == 10
    assert "before </mediawiki>, after the page 'Town 49'" in prepared.report.damages[0]


def test_parts_cover_a_dump_without_gaps_whatever_the_number_of_workers(tmp_path: Path):
    dump = write_multistream(tmp_path / "dump.xml.bz2", MANY, pages_per_stream=20)
    parts = plan_parts([dump], SMALL_PARTS)
    assert len(parts) == 21  # the head with the first twenty pages, 19 groups, the end
    assert [part.end for part in parts[:-1]] == [part.start for part in parts[1:]]
    assert (parts[0].start, parts[-1].end) == (0, dump.stat().st_size)


def test_an_unfinished_job_is_neither_overwritten_nor_resumed_by_default(tmp_path: Path):
    output = tmp_path / "books.ndjson"
    (tmp_path / "books.ndjson.parts").mkdir()
    with pytest.raises(RunError, match="unfinished job") as caught:
        prepare([AWKWARD], output)
    assert caught.value.tip is not None
    assert "--resume" in caught.value.tip
    names = PrepareOptions(templates=("Infobox book", "Book infobox"))
    prepare([AWKWARD], output, options=names, when_unfinished="restart")
    assert lines(output) == lines(EXPECTED)


def test_a_job_is_not_resumed_with_other_options_or_another_dump(tmp_path: Path):
    output = tmp_path / "books.ndjson"
    folder = tmp_path / "books.ndjson.parts"
    folder.mkdir()
    (folder / "plan.sha256").write_text("of another job")
    with pytest.raises(RunError, match="other dumps or options"):
        prepare([AWKWARD], output, when_unfinished="resume")


def test_a_resumed_job_does_not_read_finished_parts_again(tmp_path: Path):
    dump = write_multistream(tmp_path / "dump.xml.bz2", MANY, pages_per_stream=100)
    jobs = [
        workers.Job(part, ("Infobox book",), PartFiles(tmp_path, f"part-{number:04d}"))
        for number, part in enumerate(plan_parts([dump], SMALL_PARTS))
    ]
    list(workers.run_jobs(jobs[:2], num_workers=1))
    finished = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("part-*")}
    assert {name.partition(".")[0] for name in finished} == {"part-0000", "part-0001"}
    report = jobs[1].files.read_report()
    assert report is not None
    assert report.counts == {"pages": 100, "books": 20, "without_template": 80}


@pytest.mark.slow
@pytest.mark.parametrize("num_finished_parts", [0, 3, 9])
def test_a_killed_job_is_resumed_to_the_same_bytes(tmp_path: Path, num_finished_parts: int):
    pages = [
        book_page(f"Book {number}", links=[f"Link {number % 97}" for _ in range(40)])
        for number in range(600)
    ]
    dump = write_multistream(tmp_path / "dump.xml.bz2", pages, pages_per_stream=30)
    whole, output = tmp_path / "whole.ndjson", tmp_path / "books.ndjson"
    folder = tmp_path / "books.ndjson.parts"
    options = PrepareOptions(part_bytes=500, num_workers=2)
    prepare([dump], whole, options=options)

    script = tmp_path / "job.py"
    script.write_text(
        "from pathlib import Path\n"
        "from training.wikipedia.prepare import PrepareOptions, prepare\n"
        "if __name__ == '__main__':\n"
        f"    prepare([Path({str(dump)!r})], Path({str(output)!r}), options={options!r})\n"
    )
    with subprocess.Popen([sys.executable, script], start_new_session=True) as job:
        _wait_until(lambda: len(list(folder.glob("part-*.json"))) >= num_finished_parts)
        os.kill(job.pid, signal.SIGKILL)
    _wait_until(lambda: not _is_alive(session=job.pid))
    assert not output.exists()

    prepare([dump], output, options=options, when_unfinished="resume")
    assert output.read_bytes() == whole.read_bytes()
    assert not folder.exists()


@pytest.mark.slow
def test_prepared_books_are_trained_and_exported(tmp_path: Path):
    genres = ["Fantasy", "Crime novel", "Poetry"]
    pages = [
        book_page(
            f"Book & {number}",
            genre=genres[number % 3],
            links=[f"{genres[number % 3]} {(number + step) % 9}" for step in range(6)] + ["Paris"],
        )
        for number in range(90)
    ]
    dump = write_multistream(tmp_path / "dump.xml.bz2", pages, pages_per_stream=20)
    prepare([dump], tmp_path / "books.ndjson")
    config = tmp_path / "config.yaml"
    config.write_text(
        f"run: dump\nlogdir: {tmp_path / 'logs'}\ndataset: {{books: {tmp_path / 'books.ndjson'}}}\n"
        "training: {epochs: 2}\nexport: {layouts: []}\n"
    )
    command = [sys.executable, "-m", "projector_export", "run", config]
    subprocess.run(command, check=True, capture_output=True)
    metadata = next((tmp_path / "logs" / "dump" / "projector").rglob("*books*.tsv"))
    rows = metadata.read_text(encoding="utf-8").splitlines()
    assert len(rows) == 91
    assert any(row.startswith("Book & 0\t") for row in rows)
    assert {"Fantasy", "Crime and mystery", "Poetry"} <= set("\t".join(rows).split("\t"))


def _wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_alive(*, session: int) -> bool:
    try:
        os.killpg(session, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_report_is_read_back_as_it_was_written():
    report = PartReport(damages=["here"], template_redirects=[("a", "b")])
    report.counts["pages"] = 3
    report.unknown_templates["c"] = 2
    assert PartReport.from_json(report.to_json()) == report


def test_merging_keeps_the_order_of_titles(tmp_path: Path):
    paths = []
    for number, titles in enumerate([["A", "C"], ["B"], []]):
        path = tmp_path / f"{number}.ndjson"
        path.write_text("".join(json.dumps([title, {}, [], [], "", 0]) + "\n" for title in titles))
        paths.append(path)
    assert list(merge_books(paths)) == [[Book(title, {}, ())] for title in "ABC"]
