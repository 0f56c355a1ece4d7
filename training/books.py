"""Books, as the article's lines hold them.

One line is a JSON array `[title, infobox, wikilinks, external_links, last_edit, article_length]`.
The last three say nothing of which books are alike and are kept only to be written again.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import IO, cast

from projector_export.errors import InputError
from projector_export.files import existing_file

# Pages that carry a book's infobox but are no article on a book.
DROPPED_PREFIXES = ("Wikipedia:", "Draft:", "Template:", "User:", "File:", "List of ")
STARTER = "starter"


@dataclass(frozen=True, slots=True)
class Book:
    """One book: its title, what the infobox says of it, and the pages that its article links to."""

    title: str
    infobox: dict[str, str]
    links: tuple[str, ...]
    external_links: tuple[str, ...] = ()
    last_edit: str = ""
    article_length: int = 0


@dataclass(slots=True)
class ReadingReport:
    """What was read, and what was left out and why.

    Attributes:
        num_lines: lines with a book or a page on them.
        dropped: prefix of the title -> how many pages were dropped for it.
        repeated_titles: titles that stood on more than one line.
    """

    num_lines: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    repeated_titles: list[str] = field(default_factory=list)

    def remarks(self) -> list[str]:
        """Say in a line each what was left out."""
        lines = [
            f"dropped {count:,} page{'s' * (count > 1)} titled {prefix.strip()!r} ..."
            for prefix, count in sorted(self.dropped.items())
        ]
        if self.repeated_titles:
            named = ", ".join(repr(title) for title in self.repeated_titles[:3])
            lines.append(
                f"{len(self.repeated_titles):,} titles stand more than once; kept the one "
                f"with most links: {named}{', ...' if len(self.repeated_titles) > 3 else ''}"
            )
        return lines


def starter_path() -> Path:
    """Find the library that ships with the package."""
    return Path(str(files("training").joinpath("starter_library/books.ndjson")))


def read_books(path: Path) -> tuple[list[Book], ReadingReport]:
    """Read a books file, plain or packed as .gz or .bz2, in the order of its lines.

    Raises:
        InputError: no such file, a line that is broken (named by its number), or no book in it.
    """
    existing_file(path, "a books file (.ndjson, .ndjson.gz or .ndjson.bz2)")
    report = ReadingReport()
    books: dict[str, Book] = {}
    for number, line in _numbered_lines(path):
        book = _parsed_book(line, f"{path}:{number}")
        report.num_lines += 1
        if prefix := _dropped_prefix(book.title):
            report.dropped[prefix] += 1
            continue
        if other := books.get(book.title):
            report.repeated_titles.append(book.title)
            if len(other.links) >= len(book.links):
                continue
        books[book.title] = book
    if not books:
        raise InputError(f"{path} holds no book; expected a JSON array a line")
    return list(books.values()), report


def write_books(books: Iterator[Book] | list[Book], file: IO[str]) -> None:
    """Write books in the article's format, a line each."""
    for book in books:
        line = [
            *(book.title, book.infobox, list(book.links)),
            *(list(book.external_links), book.last_edit, book.article_length),
        ]
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def sha256(path: Path) -> str:
    """Hash a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Give each line that is not blank with its number, whole file or not."""
    number = 0
    try:
        with _opened(path) as binary, io.TextIOWrapper(binary, encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 soon after line {number}") from error
    except (EOFError, OSError) as error:
        raise InputError(
            f"{path}: breaks off or is damaged after line {number}: {error}", tip="fetch it again"
        ) from error


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return bz2.open(path, "rb") if path.suffix == ".bz2" else path.open("rb")


def _parsed_book(line: str, place: str) -> Book:
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{place}: not JSON at character {error.pos + 1}: {error.msg}") from error
    if not isinstance(fields, list) or len(fields) < 3:
        raise InputError(
            f"{place}: expected [title, infobox, wikilinks, external_links, last_edit, length]"
        )
    title, infobox, links = fields[:3]
    if not isinstance(title, str) or not normalized(title):
        raise InputError(f"{place}: the first field should be a title, not {_shortened(title)}")
    if not isinstance(infobox, dict):
        raise InputError(f"{place}: the infobox should be an object, not {_shortened(infobox)}")
    if not isinstance(links, list) or not all(isinstance(link, str) for link in links):
        raise InputError(f"{place}: the links should be a list of texts, not {_shortened(links)}")
    external_links, last_edit, length = (fields[3:6] + [(), "", 0][len(fields) - 3 :])[:3]
    return Book(
        title=normalized(title),
        infobox={str(key): str(value) for key, value in infobox.items()},
        links=tuple(filter(None, map(normalized, links))),
        external_links=tuple(map(str, external_links or ())),
        last_edit=str(last_edit or ""),
        article_length=length if isinstance(length, int) else 0,
    )


def normalized(text: str) -> str:
    """Make every run of white space one blank."""
    return _BLANKS.sub(" ", text).strip()


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _dropped_prefix(title: str) -> str:
    return next((prefix for prefix in DROPPED_PREFIXES if title.startswith(prefix)), "")


_BLANKS = re.compile(r"\s+")
