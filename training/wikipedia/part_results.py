"""Reading one part of a dump, and the files it leaves for the merge or for --resume."""

from __future__ import annotations

import heapq
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.etree.ElementTree import ParseError

from projector_export.files import write_text_whole
from training.data.books import Book, write_books
from training.wikipedia.dump import (
    ARTICLES,
    DRAFTS,
    TEMPLATES,
    Revision,
    parse_head,
    parse_revision,
    split_pages,
)
from training.wikipedia.page_filter import PageFilter
from training.wikipedia.part_report import PartReport
from training.wikipedia.plain_text import normalize_name
from training.wikipedia.streams import Damage, Part, read_chunks
from training.wikipedia.wikitext import parse_book

MAX_NAMED_PAGES = 20  # of those that could not be parsed


@dataclass(frozen=True, slots=True)
class PartFiles:
    """The files of one part's results; the report, written last, marks it as finished."""

    folder: Path
    name: str

    @property
    def books(self) -> Path:
        """The part's books, sorted by title, one per line."""
        return self.folder / f"{self.name}.ndjson"

    @property
    def redirects(self) -> Path:
        """The part's redirects between articles, one JSON pair per line."""
        return self.folder / f"{self.name}.redirects"

    @property
    def report(self) -> Path:
        """What reading the part found."""
        return self.folder / f"{self.name}.json"

    def read_report(self) -> PartReport | None:
        """Return the report of a finished part; None if it is unfinished."""
        if not self.report.exists():
            return None
        return PartReport.from_json(self.report.read_text(encoding="utf-8"))


class PartReader:
    """Reads the books of one part into memory: a few megabytes, whatever the dump's size."""

    def __init__(self, names: Iterable[str], *, excluded_names: Iterable[str] = ()) -> None:
        self._names = frozenset(map(normalize_name, names))
        self._excluded_names = frozenset(map(normalize_name, excluded_names))
        self._filter = PageFilter(self._names)
        self.report = PartReport()
        self.books: list[Book] = []
        self.redirects: list[tuple[str, str]] = []
        self._last_title = ""

    def read(self, part: Part, *, on_progress: Callable[[int, int], None]) -> None:
        """Read every page that begins in the part.

        Args:
            part: what to read.
            on_progress: called with the position in the file and the number of books so far.
        """

        def on_position(position: int) -> None:
            on_progress(position, len(self.books))

        for page in split_pages(part, read_chunks(part, on_position=on_position)):
            if isinstance(page, Damage):
                self.report.damages.append(self._locate(page.place))
            else:
                self._handle_page(page, part.dump)
        self.report.counts["books"] = len(self.books)

    def write(self, files: PartFiles) -> None:
        """Write the part's results, each file whole or not at all."""
        lines = io.StringIO()
        write_books(sorted(self.books, key=lambda book: book.title), lines)
        write_text_whole(files.books, lines.getvalue())
        pairs = (json.dumps(pair, ensure_ascii=False) + "\n" for pair in self.redirects)
        write_text_whole(files.redirects, "".join(pairs))
        write_text_whole(files.report, self.report.to_json())

    def _handle_page(self, page: bytes, dump: Path) -> None:
        counts = self.report.counts
        counts["pages"] += 1
        head = parse_head(page)
        if head is None:
            counts["malformed"] += 1
            damage = f"{dump} has a page without a title, namespace or id"
            self.report.damages.append(self._locate(damage))
            return
        self._last_title = head.title
        if head.redirect:
            counts["redirects"] += 1
            self._handle_redirect(head.namespace, head.title, head.redirect)
        elif head.namespace != ARTICLES:
            counts["drafts" if head.namespace == DRAFTS else "other_namespaces"] += 1
        elif self._filter.accepts(page):
            self._handle_candidate(head.title, page, dump)
        else:
            counts["without_template"] += 1

    def _handle_redirect(self, namespace: int, source: str, target: str) -> None:
        if namespace == ARTICLES:
            self.redirects.append((source, target))
        elif namespace == TEMPLATES and normalize_name(_strip_namespace(target)) in self._names:
            names = (normalize_name(_strip_namespace(title)) for title in (source, target))
            self.report.template_redirects.append((next(names), next(names)))

    def _handle_candidate(self, title: str, page: bytes, dump: Path) -> None:
        from mwparserfromhell.parser import ParserError

        try:
            book = self._parse(title, parse_revision(page))
        except ParseError as error:
            self.report.counts["malformed"] += 1
            line, _ = error.position
            self.report.damages.append(
                f"{dump} has malformed XML on line {line} of the page {title!r}"
            )
        except (ParserError, ValueError, RecursionError):
            self.report.counts["unreadable"] += 1
            if len(self.report.unreadable_pages) < MAX_NAMED_PAGES:
                self.report.unreadable_pages.append(repr(title))
        else:
            if book is None:
                self.report.counts["without_template"] += 1
            else:
                self.books.append(book)

    def _parse(self, title: str, newest: Revision) -> Book | None:
        page = (title, newest.wikitext, newest.timestamp)
        if self._excluded_names and parse_book(*page, self._excluded_names):
            return None
        return parse_book(*page, self._names, unknown_templates=self.report.unknown_templates)

    def _locate(self, damage: str) -> str:
        return f"{damage}, after the page {self._last_title!r}" if self._last_title else damage


def merge_books(paths: Iterable[Path]) -> Iterator[list[Book]]:
    """Merge many sorted files by title, with one book of each file in memory.

    Yields:
        All books of one title, which overlapping dumps have, the most recently edited first.
    """
    streams = [_read_books(path) for path in paths]
    merged = heapq.merge(*streams, key=lambda book: book.title)
    for _, same in groupby(merged, key=lambda book: book.title):
        yield sorted(same, key=lambda book: book.last_edit, reverse=True)


def read_redirects(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Yield each redirect between articles with its target."""
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                source, target = json.loads(line)
                yield source, target


def _read_books(path: Path) -> Iterator[Book]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            title, infobox, links, addresses, last_edit, length = json.loads(line)
            yield Book(title, infobox, tuple(links), tuple(addresses), last_edit, length)


def _strip_namespace(title: str) -> str:
    """Strip the namespace, whose name depends on the language: "Template:", "Modèle:"."""
    return title.partition(":")[2]
