from __future__ import annotations

import bz2
import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.errors import InputError
from training.data.books import Book, normalized, read_books, sha256, starter_path, write_books

EMMA = Book("Emma", {"author": "Jane Austen"}, ("London", "Novel"), ("http://x",), "2018", 7)
DUNE = Book("Dune", {}, ("Sand",))
LINES = b'["Emma", {"author": "Jane Austen"}, ["London", "Novel"], ["http://x"], "2018", 7]\n'
COMPRESSED = {
    "b.ndjson": lambda raw: raw,
    "b.ndjson.gz": gzip.compress,
    "b.ndjson.bz2": bz2.compress,
}


def line(title: object, infobox: object = None, links: object = None, *rest: object) -> str:
    return json.dumps([title, {} if infobox is None else infobox, links or [], *rest]) + "\n"


def file_of(folder: Path, content: str | bytes, name: str = "b.ndjson") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", COMPRESSED)
def test_books_are_read_plain_and_compressed(tmp_path: Path, name: str):
    content = COMPRESSED[name](LINES + b"\n  \n" + line("Dune", {}, ["Sand"]).encode())
    books, report = read_books(file_of(tmp_path, content, name))
    assert books == [EMMA, DUNE]
    assert report.num_lines == 2
    assert report.summary_lines() == []


def test_books_that_are_written_are_read_back(tmp_path: Path):
    file = io.StringIO()
    write_books([EMMA, DUNE], file)
    books, _ = read_books(file_of(tmp_path, file.getvalue()))
    assert books == [EMMA, DUNE]
    assert file.getvalue().encode().startswith(LINES)


def test_a_byte_order_mark_and_windows_line_endings_are_ignored(tmp_path: Path):
    content = b"\xef\xbb\xbf" + LINES.replace(b"\n", b"\r\n")
    assert read_books(file_of(tmp_path, content))[0] == [EMMA]


def test_whitespace_of_titles_and_links_is_normalized_and_blank_links_are_removed(tmp_path: Path):
    content = line(" War\u00a0 and\tPeace\n", {}, ["  Leo \n Tolstoy", "", " \u2003 "])
    (book,), _ = read_books(file_of(tmp_path, content))
    assert book.title == "War and Peace"
    assert book.links == ("Leo Tolstoy",)
    assert normalized("a\u2028\u3000b") == "a b"


def test_lone_surrogates_are_replaced_so_that_books_can_be_written(tmp_path: Path):
    content = r'["A\ud83d", {"g\udc00": "x\ud83d\ude00"}, ["\ud800"], ["\ud800"], "\ud800", 1]'
    (book,), _ = read_books(file_of(tmp_path, content))
    assert book == Book(
        "A\ufffd", {"g\ufffd": "x\U0001f600"}, ("\ufffd",), ("\ufffd",), "\ufffd", 1
    )


def test_the_last_fields_may_be_missing_or_null(tmp_path: Path):
    content = line("A") + line("B", {"genre": None, "pages": 12}, [], None, None, None)
    books, _ = read_books(file_of(tmp_path, content))
    assert books == [Book("A", {}, ()), Book("B", {"genre": "", "pages": "12"}, ())]


def test_pages_that_are_not_books_are_skipped_and_counted(tmp_path: Path):
    titles = [
        *("Wikipedia:Books", "Draft:Emma", "Draft: Dune", "Template:Book", "User:X/Emma"),
        *("File:Emma.jpg", "List of novels", "List of  poems"),
        *("Lists of books", "Listening", "Drafts", "Emma (User)", "The List of 7"),
    ]
    books, report = read_books(file_of(tmp_path, "".join(map(line, titles))))
    assert [book.title for book in books] == titles[-5:]
    assert report.num_lines == 13
    assert dict(report.dropped) == {
        "Wikipedia:": 1,
        "Draft:": 2,
        "Template:": 1,
        "User:": 1,
        "File:": 1,
        "List of ": 2,
    }
    assert report.summary_lines() == [
        "skipped 2 pages titled like 'Draft: ...'",
        "skipped 1 page titled like 'File: ...'",
        "skipped 2 pages titled like 'List of ...'",
        "skipped 1 page titled like 'Template: ...'",
        "skipped 1 page titled like 'User: ...'",
        "skipped 1 page titled like 'Wikipedia: ...'",
    ]


def test_of_books_with_the_same_title_the_one_with_the_most_links_is_kept_in_the_first_place(
    tmp_path: Path,
):
    content = (
        line("Emma", {"n": "1"}, ["a"])
        + line("Dune")
        + line(" Emma ", {"n": "2"}, ["a", "b"])
        + line("Emma", {"n": "3"}, ["c", "d"])
        + line("emma", {"n": "4"})
    )
    books, report = read_books(file_of(tmp_path, content))
    assert [(book.title, book.infobox.get("n")) for book in books] == [
        ("Emma", "2"),
        ("Dune", None),
        ("emma", "4"),
    ]
    assert report.repeated_titles == ["Emma"]
    assert report.summary_lines() == [
        "1 title occurs more than once; kept the book with the most links: 'Emma'"
    ]


def test_only_three_repeated_titles_are_named(tmp_path: Path):
    _, report = read_books(file_of(tmp_path, "".join(map(line, "aabbccddd"))))
    assert report.summary_lines() == [
        "4 titles occur more than once; kept the book with the most links: 'a', 'b', 'c', ..."
    ]


@pytest.mark.parametrize(
    ("invalid", "words"),
    [
        ("{", "not JSON at character 2"),
        ('["A", {}, ["b"]', "not JSON at character 16"),
        ("[" * 200_000, "nested too deeply"),
        ("[" + "9" * 5000 + "]", "a number is too long"),
        ("7", "expected [title, infobox, wikilinks, external_links, last_edit, length]"),
        ('{"title": "A"}', "expected [title, infobox"),
        ('["A", {}]', "expected [title, infobox"),
        ('["", {}, []]', "the first field should be a title, not ''"),
        ('["\\t\\u00a0", {}, []]', "the first field should be a title, not '\\t\\xa0'"),
        ("[null, {}, []]", "the first field should be a title, not None"),
        ('["A", [], []]', "the infobox should be an object, not []"),
        ('["A", null, []]', "the infobox should be an object, not None"),
        ('["A", {}, "b"]', "the links should be a list of strings, not 'b'"),
        ('["A", {}, ["b", 1]]', "the links should be a list of strings, not ['b', 1]"),
        ('["A", {}, null]', "the links should be a list of strings, not None"),
        ('["A", {}, [], 5]', "the external links should be a list of strings, not 5"),
        ('["A", {}, [], "http://x"]', "the external links should be a list of strings"),
        ('["A", {}, [' + "1," * 100 + "1]]", "not [1, 1, 1,"),
    ],
)
@pytest.mark.parametrize("name", COMPRESSED)
def test_an_invalid_line_is_named_by_its_number(tmp_path: Path, name, invalid, words):
    path = file_of(
        tmp_path, COMPRESSED[name](LINES + b"\n" + invalid.encode() + b"\n" + LINES), name
    )
    with pytest.raises(InputError) as caught:
        read_books(path)
    assert caught.value.message.startswith(f"{path}:3: ")
    assert words in caught.value.message
    assert len(caught.value.message) < len(str(path)) + 140


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_line_that_is_not_utf8_is_named_by_its_number(tmp_path: Path, name: str):
    path = file_of(tmp_path, COMPRESSED[name](LINES * 3 + b'["\xe9mile", {}, []]\n' + LINES), name)
    with pytest.raises(InputError) as caught:
        read_books(path)
    assert caught.value.message == f"{path}:4: not UTF-8 at byte 3"


@pytest.mark.parametrize("name", ["b.gz", "b.bz2"])
def test_a_truncated_compressed_file_is_named(tmp_path: Path, name: str):
    compress = gzip.compress if name == "b.gz" else bz2.compress
    lines = "".join(line(f"Book {n}", {}, [f"link {n * k}" for k in range(9)]) for n in range(900))
    path = file_of(tmp_path, compress(lines.encode())[:-100], name)
    with pytest.raises(InputError, match=r"truncated or damaged after line \d+: ") as caught:
        read_books(path)
    assert str(path) in caught.value.message
    assert caught.value.tip == "download it again"


@pytest.mark.parametrize("name", ["b.gz", "b.bz2"])
@pytest.mark.parametrize("place", [0, 3, 40, -6])
def test_a_damaged_compressed_file_is_named(tmp_path: Path, name: str, place: int):
    content = bytearray((gzip.compress if name == "b.gz" else bz2.compress)(LINES * 50))
    content[place] ^= 0xFF
    path = file_of(tmp_path, bytes(content), name)
    with pytest.raises(InputError) as caught:
        read_books(path)
    assert str(path) in caught.value.message


def test_a_plain_file_with_the_suffix_of_a_compressed_one_is_named(tmp_path: Path):
    with pytest.raises(InputError, match="damaged after line 0: Not a gzipped file"):
        read_books(file_of(tmp_path, LINES, "b.gz"))


@pytest.mark.parametrize("content", ["", "\n \n", line("Draft:X")])
def test_a_file_without_books_is_refused(tmp_path: Path, content: str):
    with pytest.raises(
        InputError, match=r"b\.ndjson contains no books; expected one JSON array per line"
    ):
        read_books(file_of(tmp_path, content))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path):
    with pytest.raises(InputError, match="does not exist; expected a books file"):
        read_books(tmp_path / "none.ndjson")
    with pytest.raises(InputError, match="is a folder; expected a books file"):
        read_books(tmp_path)


def test_the_hash_is_that_of_the_bytes(tmp_path: Path):
    path = file_of(tmp_path, b"abc")
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_starter_library_is_found():
    assert starter_path().is_file()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(json_values, max_size=7) | st.tuples(st.text(), st.just({}), st.just([]), json_values)
)
def test_any_json_is_a_book_or_is_refused(tmp_path_factory, fields):
    path = file_of(tmp_path_factory.getbasetemp(), json.dumps(fields), "any.ndjson")
    try:
        (book,), _ = read_books(path)
    except InputError as error:
        assert str(path) in error.message  # noqa: PT017
    else:
        file = io.StringIO()
        write_books([book], file)
        path.write_text(file.getvalue(), encoding="utf-8")
        assert read_books(path)[0] == [book]
