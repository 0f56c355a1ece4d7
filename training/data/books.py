"""Books, in the article's file format.

Each line is a JSON array `[title, infobox, wikilinks, external_links, last_edit, article_length]`.
The last three are not used for training and are kept only so that they can be written again.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import IO, cast

from projector_export.errors import InputError
from projector_export.files import existing_file

# Pages with a book's infobox that are not articles about a book.
DROPPED_PREFIXES = ("Wikipedia:", "Draft:", "Template:", "User:", "File:", "List of ")
STARTER = "starter"


@dataclass(frozen=True, slots=True)
class Book:
    """One book: its title, its infobox, and the pages that its article links to."""

    title: str
    infobox: dict[str, str]
    links: tuple[str, ...]
    external_links: tuple[str, ...] = ()
    last_edit: str = ""
    article_length: int = 0


@dataclass(slots=True)
class ReadingReport:
    """What was read, and what was skipped and why.

    Attributes:
        num_lines: number of lines with a page.
        dropped: title prefix -> number of pages that were skipped because of it.
        repeated_titles: titles that occur on more than one line, each once.
    """

    num_lines: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    repeated_titles: list[str] = field(default_factory=list)

    def summary_lines(self) -> list[str]:
        """Describe what was skipped, one line per reason."""
        lines = [
            f"skipped {count:,} page{'s' * (count > 1)} titled like {prefix.strip() + ' ...'!r}"
            for prefix, count in sorted(self.dropped.items())
        ]
        if num_titles := len(self.repeated_titles):
            named = ", ".join(map(repr, self.repeated_titles[:3]))
            occur = "titles occur" if num_titles > 1 else "title occurs"
            lines.append(
                f"{num_titles:,} {occur} more than once; kept the book "
                f"with the most links: {named}{', ...' if num_titles > 3 else ''}"
            )
        return lines


def starter_path() -> Path:
    """Return the path of the starter library."""
    return Path(str(files("training.data").joinpath("starter_library/books.ndjson")))


def read_books(path: Path) -> tuple[list[Book], ReadingReport]:
    """Read a books file, plain or compressed as .gz or .bz2, in the order of its lines.

    Raises:
        InputError: the file does not exist, a line is invalid (its number is given), or there are
            no books.
    """
    existing_file(path, "a books file (.ndjson, .ndjson.gz or .ndjson.bz2)")
    report = ReadingReport()
    books: dict[str, Book] = {}
    num_lines_of: Counter[str] = Counter()
    for number, line in _numbered_lines(path):
        book = _parsed_book(line, f"{path}:{number}")
        report.num_lines += 1
        if prefix := _dropped_prefix(book.title):
            report.dropped[prefix] += 1
            continue
        num_lines_of[book.title] += 1
        other = books.get(book.title)
        if other is None or len(book.links) > len(other.links):
            books[book.title] = book
    if not books:
        raise InputError(f"{path} contains no books; expected one JSON array per line")
    report.repeated_titles = [title for title, count in num_lines_of.items() if count > 1]
    return list(books.values()), report


def write_books(books: Iterator[Book] | list[Book], file: IO[str]) -> None:
    """Write books in the article's format, one per line."""
    for book in books:
        line = [
            *(book.title, book.infobox, list(book.links)),
            *(list(book.external_links), book.last_edit, book.article_length),
        ]
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each non-blank line with its number, also of a file that is truncated later on."""
    number = 0
    try:
        with _opened(path) as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}:{number}: not UTF-8 at byte {error.start + 1}") from error
    except (EOFError, OSError, zlib.error) as error:
        raise InputError(
            f"{path}: truncated or damaged after line {number}: {error}", tip="download it again"
        ) from error


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return bz2.open(path, "rb") if path.suffix == ".bz2" else path.open("rb")


def _parsed_book(line: str, place: str) -> Book:
    try:
        fields = json.loads(line.rstrip())
    except json.JSONDecodeError as error:
        raise InputError(f"{place}: not JSON at character {error.pos + 1}: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"{place}: nested too deeply, or a number is too long") from error
    if not isinstance(fields, list) or len(fields) < 3:
        raise InputError(
            f"{place}: expected [title, infobox, wikilinks, external_links, last_edit, length]"
        )
    title, infobox, links = fields[:3]
    if not isinstance(title, str) or not normalized(title):
        raise InputError(f"{place}: the first field should be a title, not {_shortened(title)}")
    if not isinstance(infobox, dict):
        raise InputError(f"{place}: the infobox should be an object, not {_shortened(infobox)}")
    _require_strings(links, f"{place}: the links")
    external_links, last_edit, length = (fields[3:6] + [None, None, None][len(fields) - 3 :])[:3]
    _require_strings(external_links or [], f"{place}: the external links")
    return Book(
        title=normalized(title),
        infobox={
            _replace_surrogates(key): _replace_surrogates("" if value is None else str(value))
            for key, value in infobox.items()
        },
        links=tuple(filter(None, map(normalized, links))),
        external_links=tuple(map(_replace_surrogates, external_links or ())),
        last_edit=_replace_surrogates(str(last_edit or "")),
        article_length=length if isinstance(length, int) else 0,
    )


def _require_strings(values: object, what: str) -> None:
    if not isinstance(values, list) or not set(map(type, values)) <= {str}:
        raise InputError(f"{what} should be a list of strings, not {_shortened(values)}")


def _replace_surrogates(text: str) -> str:
    """Replace lone surrogates, which are valid in JSON but not in UTF-8: `"\\ud83d"`."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


@lru_cache(maxsize=1_000_000)  # the same links occur in many books; each string is kept once
def normalized(text: str) -> str:
    """Replace every run of whitespace by one space."""
    return " ".join(_replace_surrogates(text).split())


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _dropped_prefix(title: str) -> str:
    if not title.startswith(DROPPED_PREFIXES):
        return ""
    return next(prefix for prefix in DROPPED_PREFIXES if title.startswith(prefix))


_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
