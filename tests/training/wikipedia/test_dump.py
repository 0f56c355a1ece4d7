from __future__ import annotations

import bz2
import gzip
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.errors import InputError
from tests.helpers.dump_writer import Page, book_page, dump_xml, header, page_xml, write_multistream
from training.wikipedia.dump import parse_head, parse_revision, split_pages
from training.wikipedia.page_filter import PageFilter
from training.wikipedia.streams import (
    Damage,
    Part,
    detect_compression,
    read_chunks,
    split_into_parts,
)

PAGES = [Page(f"Page {number}", f"text {number} & more") for number in range(40)]


def read_titles_and_damages(parts: list[Part]) -> tuple[list[str], list[str]]:
    titles: list[str] = []
    damages: list[str] = []
    for part in parts:
        for page in split_pages(part, read_chunks(part, on_position=lambda _: None)):
            if isinstance(page, Damage):
                damages.append(page.place)
            else:
                head = parse_head(page)
                titles.append(head.title if head else "?")
    return titles, damages


@pytest.mark.parametrize("version", ["0.10", "0.11"])
def test_a_page_is_read_as_it_was_written(version: str):
    written = Page("Simon & Schuster", 'a < b & "c"\n[[d]]', timestamp="2026-02-03T04:05:06Z")
    page = page_xml(written, version=version).strip().encode()
    head = parse_head(page)
    assert head is not None
    assert (head.title, head.namespace, head.redirect) == ("Simon & Schuster", 0, "")
    assert parse_revision(page).wikitext == written.text
    assert parse_revision(page).timestamp == "2026-02-03T04:05:06Z"


def test_the_head_of_a_page_has_its_redirect_and_namespace():
    page = page_xml(Page("Template:A", "#REDIRECT", 10, 'Template:B "c" & d')).strip().encode()
    head = parse_head(page)
    assert head is not None
    assert (head.namespace, head.redirect) == (10, 'Template:B "c" & d')


def test_the_newest_of_several_revisions_counts():
    old = page_xml(Page("A", "old", timestamp="2020-01-01T00:00:00Z"))
    new = page_xml(Page("A", "new", timestamp="2021-01-01T00:00:00Z"))
    revisions = new[new.index("    <revision>") : new.index("  </page>")]
    page = old.replace("    <revision>", revisions + "    <revision>", 1).strip().encode()
    assert parse_revision(page).wikitext == "new"


@pytest.mark.parametrize("part_bytes", [1, 7, 100, 997, 10**6])
def test_every_page_is_read_once_wherever_plain_xml_is_split(tmp_path: Path, part_bytes: int):
    path = tmp_path / "dump.xml"
    path.write_bytes(dump_xml(PAGES[: 6 if part_bytes < 10 else 40]))
    expected = [page.title for page in PAGES[: 6 if part_bytes < 10 else 40]]
    assert read_titles_and_damages(split_into_parts(path, part_bytes=part_bytes)) == (expected, [])


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, 20_000), max_size=30), part_bytes=st.integers(1, 3000))
def test_every_page_is_read_once_wherever_streams_end(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], part_bytes: int
):
    path = tmp_path_factory.mktemp("dump") / "dump.xml.bz2"
    xml = dump_xml(PAGES[:20])
    ends = [0, *sorted(cut % len(xml) for cut in cuts), len(xml)]
    chunks = [xml[start:end] for start, end in pairwise(ends)]
    path.write_bytes(b"".join(map(bz2.compress, chunks)))
    expected = [page.title for page in PAGES[:20]]
    assert read_titles_and_damages(split_into_parts(path, part_bytes=part_bytes)) == (expected, [])


def test_a_multistream_dump_is_split_where_streams_begin(tmp_path: Path):
    path = write_multistream(tmp_path / "dump.xml.bz2", PAGES, pages_per_stream=10)
    parts = split_into_parts(path, part_bytes=1)
    content = path.read_bytes()
    assert len(parts) == 6  # the head, four groups of ten pages, the end
    assert all(content[part.start :].startswith(b"BZh") for part in parts)
    assert [parts[0].start, *(part.end for part in parts)][1:-1] == [p.start for p in parts[1:]]


def test_one_stream_and_gzip_are_one_part(tmp_path: Path):
    one_stream, gzipped = tmp_path / "a.bz2", tmp_path / "b.gz"
    one_stream.write_bytes(bz2.compress(dump_xml(PAGES)))
    gzipped.write_bytes(gzip.compress(dump_xml(PAGES)))
    for path in (one_stream, gzipped):
        parts = split_into_parts(path, part_bytes=10)
        assert len(parts) == 1
        assert read_titles_and_damages(parts) == ([page.title for page in PAGES], [])


def test_compression_is_detected_by_content_not_by_name(tmp_path: Path):
    path = tmp_path / "dump.xml"
    path.write_bytes(bz2.compress(dump_xml(PAGES)))
    assert detect_compression(path) == "bz2"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "has no readable content"),
        (bz2.compress(dump_xml(PAGES))[:-30], "has no readable content"),
        (b"<html><body>404", "not a MediaWiki dump"),
        (bz2.compress(b"INSERT INTO page"), "not a MediaWiki dump"),
        (b"BZh9 not compressed at all", "cannot be decompressed"),
        (b"7z\xbc\xaf\x27\x1c", "is a 7z archive"),
        (gzip.compress(b"x" * 90)[:30], "not a MediaWiki dump"),
    ],
)
def test_a_file_that_is_not_a_dump_is_refused(tmp_path: Path, content: bytes, words: str):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        split_into_parts(path, part_bytes=100)
    assert str(path) in caught.value.message


def test_a_missing_dump_and_a_folder_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="does not exist"):
        split_into_parts(tmp_path / "nowhere.xml", part_bytes=100)
    with pytest.raises(InputError, match="is a folder"):
        split_into_parts(tmp_path, part_bytes=100)


def test_a_truncated_plain_dump_keeps_complete_pages_and_reports_the_position(tmp_path: Path):
    path = tmp_path / "dump.xml"
    whole = dump_xml(PAGES)
    path.write_bytes(whole[: whole.index(b"<title>Page 30<") + 5])
    titles, damages = read_titles_and_damages(split_into_parts(path, part_bytes=1000))
    assert titles == [page.title for page in PAGES[:30]]
    assert damages == [f"{path} is truncated at byte {path.stat().st_size:,}, before </mediawiki>"]


def test_a_truncated_bz2_dump_reports_the_position(tmp_path: Path):
    path = write_multistream(tmp_path / "dump.xml.bz2", PAGES, pages_per_stream=10)
    last_pages = split_into_parts(path, part_bytes=1)[-2]
    end = last_pages.start + 100
    path.write_bytes(path.read_bytes()[:end])
    for part_bytes in (1, 10**6):
        titles, damages = read_titles_and_damages(split_into_parts(path, part_bytes=part_bytes))
        assert titles == [page.title for page in PAGES[:30]]
        assert damages == [f"{path} is truncated at byte {end:,} (the bz2 stream does not end)"]


def test_a_truncated_gzip_dump_keeps_what_can_be_decompressed(tmp_path: Path):
    path = tmp_path / "dump.xml.gz"
    path.write_bytes(gzip.compress(dump_xml(PAGES))[:-30])
    titles, damages = read_titles_and_damages(split_into_parts(path, part_bytes=10**6))
    assert titles[:30] == [page.title for page in PAGES[:30]]
    assert len(damages) == 1
    assert f"{path} is truncated at byte {path.stat().st_size:,}" in damages[0]


def test_a_multistream_dump_without_its_last_streams_is_noticed(tmp_path: Path):
    path = write_multistream(tmp_path / "dump.xml.bz2", PAGES, pages_per_stream=10)
    last_two = split_into_parts(path, part_bytes=1)[-2:]
    path.write_bytes(path.read_bytes()[: last_two[0].start])
    titles, damages = read_titles_and_damages(split_into_parts(path, part_bytes=1))
    assert titles == [page.title for page in PAGES[:30]]
    assert len(damages) == 1


def test_a_damaged_stream_loses_only_its_own_pages(tmp_path: Path):
    path = write_multistream(tmp_path / "dump.xml.bz2", PAGES, pages_per_stream=10)
    second = split_into_parts(path, part_bytes=1)[2]
    content = bytearray(path.read_bytes())
    content[second.start + 40 : second.start + 60] = b"\0" * 20
    path.write_bytes(content)
    for part_bytes in (1, 10**6):
        titles, damages = read_titles_and_damages(split_into_parts(path, part_bytes=part_bytes))
        assert titles == [page.title for page in [*PAGES[:10], *PAGES[20:]]]
        assert damages == [f"{path} is damaged in the bz2 stream at byte {second.start:,}"]


def test_a_page_without_a_title_has_no_head():
    assert parse_head(b"<page>\n<ns>0</ns></page>") is None


@pytest.mark.parametrize(
    "use",
    ["{{Infobox book", "{{infobox_Book", "{{ INFOBOX  BOOK ", "{{Infobox\nbook|",
     "{{Template:Infobox book"],
)  # fmt: skip
def test_the_filter_accepts_every_spelling_of_the_template(use: str):
    assert PageFilter(["Infobox book"]).accepts(use.encode())


@pytest.mark.parametrize("text", ["{{Infobox bookstore"[:-5], "a book", "{{Infobox film}}", ""])
def test_the_filter_rejects_other_pages(text: str):
    assert PageFilter(["Infobox book"]).accepts(text.encode()) == ("Infobox book" in text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Карточка книги", "{{карточка Книги\n"),
        ("Info/Livro", "{{info/livro"),
        ("R&B album", "{{R&amp;B album"),
        ('The "A" box', "{{The &quot;A&quot; box"),
        ('The "A" box', '{{The "A" box'),
        ("Éé book", "{{éÉ book"),
    ],
)
def test_the_filter_knows_other_alphabets_and_what_xml_escapes(name: str, text: str):
    assert PageFilter([name]).accepts(text.encode())
    assert not PageFilter([name]).accepts(b"{{Infobox book}} album")


def test_a_page_above_the_limit_is_skipped_and_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("training.wikipedia.dump.MAX_PAGE_BYTES", 3 << 20)
    path = tmp_path / "dump.xml"
    path.write_bytes(dump_xml([PAGES[0], Page("Huge", "x" * (5 << 20)), PAGES[1]]))
    titles, damages = read_titles_and_damages(split_into_parts(path, part_bytes=10**9))
    assert titles == ["Page 0", "Page 1"]
    assert damages == [f"{path}: skipped the page 'Huge', which is larger than 3 MiB"]


def test_a_dump_may_end_with_blanks(tmp_path: Path):
    path = tmp_path / "dump.xml"
    path.write_bytes(header().encode() + page_xml(book_page("A")).encode() + b"</mediawiki>\n\n \n")
    assert read_titles_and_damages(split_into_parts(path, part_bytes=10**6)) == (["A"], [])
