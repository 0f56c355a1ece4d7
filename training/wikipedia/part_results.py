"""Reading one part of a dump, and what is left of it on the disk for the merge or for a resume."""

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
    page_head,
    raw_pages,
    revision,
)
from training.wikipedia.page_filter import PageFilter
from training.wikipedia.part_report import PartReport
from training.wikipedia.plain_text import plain_name
from training.wikipedia.streams import Damage, Part, chunks_of
from training.wikipedia.wikitext import book_from

MAX_NAMED_PAGES = 20  # of those that could not be parsed


@dataclass(frozen=True, slots=True)
class PartFiles:
    """Where one part's results lie; the report is written last and says that the part is done."""

    folder: Path
    name: str

    @property
    def books(self) -> Path:
        """The part's books, sorted by title, a line each."""
        return self.folder / f"{self.name}.ndjson"

    @property
    def redirects(self) -> Path:
        """The part's redirects between articles, a JSON pair a line."""
        return self.folder / f"{self.name}.redirects"

    @property
    def report(self) -> Path:
        """What was met in the part."""
        return self.folder / f"{self.name}.json"

    def read_report(self) -> PartReport | None:
        """Return the report of a finished part, None for one that is not finished."""
        if not self.report.exists():
            return None
        return PartReport.from_json(self.report.read_text(encoding="utf-8"))


class PartReader:
    """Reads the books of one part into memory: a few megabytes, whatever the dump's size."""

    def __init__(self, names: Iterable[str], *, taken: Iterable[str] = ()) -> None:
        self._names = frozenset(map(plain_name, names))
        self._taken = frozenset(map(plain_name, taken))
        self._filter = PageFilter(self._names)
        self.report = PartReport()
        self.books: list[Book] = []
        self.redirects: list[tuple[str, str]] = []
        self._last_title = ""

    def read(self, part: Part, *, on_progress: Callable[[int, int], None]) -> None:
        """Read every page that begins in the part.

        Args:
            part: what to read.
            on_progress: told the byte that the reading has come to and the books found so far.
        """
        chunks = chunks_of(part, on_position=lambda at: on_progress(at, len(self.books)))
        for page in raw_pages(part, chunks):
            if isinstance(page, Damage):
                self.report.damages.append(self._after_last_title(page.place))
            else:
                self._take_page(page, part.dump)
        self.report.counts["books"] = len(self.books)

    def write(self, files: PartFiles) -> None:
        """Write the part's results, each file whole or not at all."""
        lines = io.StringIO()
        write_books(sorted(self.books, key=lambda book: book.title), lines)
        write_text_whole(files.books, lines.getvalue())
        pairs = (json.dumps(pair, ensure_ascii=False) + "\n" for pair in self.redirects)
        write_text_whole(files.redirects, "".join(pairs))
        write_text_whole(files.report, self.report.as_json())

    def _take_page(self, page: bytes, dump: Path) -> None:
        counts = self.report.counts
        counts["pages"] += 1
        head = page_head(page)
        if head is None:
            counts["malformed"] += 1
            place = f"{dump} holds a page without title, namespace or id"
            self.report.damages.append(self._after_last_title(place))
            return
        self._last_title = head.title
        if head.redirect:
            counts["redirects"] += 1
            self._take_redirect(head.namespace, head.title, head.redirect)
        elif head.namespace != ARTICLES:
            counts["drafts" if head.namespace == DRAFTS else "other_namespaces"] += 1
        elif self._filter.lets_through(page):
            self._take_candidate(head.title, page, dump)
        else:
            counts["without_template"] += 1

    def _take_redirect(self, namespace: int, source: str, target: str) -> None:
        if namespace == ARTICLES:
            self.redirects.append((source, target))
        elif namespace == TEMPLATES and plain_name(_without_namespace(target)) in self._names:
            names = (plain_name(_without_namespace(title)) for title in (source, target))
            self.report.template_redirects.append((next(names), next(names)))

    def _take_candidate(self, title: str, page: bytes, dump: Path) -> None:
        from mwparserfromhell.parser import ParserError

        try:
            book = self._book(title, revision(page))
        except ParseError as error:
            self.report.counts["malformed"] += 1
            line, _ = error.position
            self.report.damages.append(
                f"{dump} holds malformed XML in the page {title!r}, in its line {line}"
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

    def _book(self, title: str, newest: Revision) -> Book | None:
        page = (title, newest.wikitext, newest.timestamp)
        if self._taken and book_from(*page, self._taken):
            return None
        return book_from(*page, self._names, unknown_templates=self.report.unknown_templates)

    def _after_last_title(self, place: str) -> str:
        return f"{place}, after the page {self._last_title!r}" if self._last_title else place


def merged_books(paths: Iterable[Path]) -> Iterator[list[Book]]:
    """Give the books of many sorted files in the order of their titles, holding one of each file.

    Those with one title, as overlapping dumps hold them, come together, the one that was edited
    last first.
    """
    streams = [_read_books(path) for path in paths]
    merged = heapq.merge(*streams, key=lambda book: book.title)
    for _, same in groupby(merged, key=lambda book: book.title):
        yield sorted(same, key=lambda book: book.last_edit, reverse=True)


def read_redirects(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Give each redirect between articles with its target."""
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


def _without_namespace(title: str) -> str:
    """Take the namespace off, which has a name in every language: "Template:", "Modèle:"."""
    return title.partition(":")[2]
