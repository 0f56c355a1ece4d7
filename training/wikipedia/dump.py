"""Pages of a MediaWiki export (versions 0.10 and 0.11), told apart before any of them is parsed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from training.wikipedia.streams import Chunk, Damage, Part

ARTICLES = 0
TEMPLATES = 10
DRAFTS = 118  # on the English Wikipedia

# MediaWiki takes no text above 2 MiB; only a dump with every revision has pages beyond this.
MAX_PAGE_BYTES = 1 << 26

_PAGE_START = b"<page>"  # within a page's text "<" is written "&lt;"
_PAGE_END = b"</page>"
_DUMP_END = b"</mediawiki>"
_LONGEST_TAIL = 64  # holds the start of a tag, or the dump's end with blanks behind it
_HEAD = re.compile(
    rb"<page>\s*<title>([^<]*)</title>\s*<ns>(-?\d+)</ns>\s*<id>\d+</id>"
    rb'(?:\s*<redirect title="([^"]*)"\s*/>)?'
)


@dataclass(frozen=True, slots=True)
class PageHead:
    """What a page's first lines tell; `redirect` is the page that it leads to, or ""."""

    title: str
    namespace: int
    redirect: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A page's newest text in a dump."""

    wikitext: str
    timestamp: str


def raw_pages(part: Part, chunks: Iterable[Chunk | Damage]) -> Iterator[bytes | Damage]:
    """Give each page that begins in a part, from `<page>` to `</page>`, as the dump's own bytes.

    A page that the part's end cuts through is read on to its end; one that damage cuts is lost.
    The last part of a dump must end with `</mediawiki>`, or it is damaged too.
    """
    rest = b""
    is_closed = last_damage = False
    num_own_bytes = 0
    for chunk in chunks:
        if isinstance(chunk, Damage):
            yield chunk
            rest, last_damage = b"", True
        elif chunk.is_own:
            pages, rest = _split_pages(rest + chunk.data)
            yield from pages
            num_own_bytes += len(chunk.data)
            is_closed = is_closed or _ends_the_dump(rest, num_own_bytes)
            last_damage = False
        elif not _may_begin_a_page(rest, chunk.data):
            break
        else:
            pages, rest = _split_pages(rest + chunk.data, max_pages=1)
            yield from pages
            if pages:
                break
        if len(rest) > MAX_PAGE_BYTES:
            yield Damage(f"{part.dump} holds {_too_large_page(rest)}, left out")
            rest = b""
    if part.is_last and not is_closed and not last_damage:
        yield Damage(f"{part.dump} breaks off at byte {part.end:,}, before </mediawiki>")


def page_head(page: bytes) -> PageHead | None:
    """Read a page's title, namespace and redirect; None if it does not begin as a page does."""
    if not (found := _HEAD.match(page)):
        return None
    title, namespace, redirect = found.groups()
    return PageHead(_unescaped(title), int(namespace), _unescaped(redirect or b""))


def revision(page: bytes) -> Revision:
    """Parse a page and return its last revision.

    Raises:
        ET.ParseError: the page is not well-formed.
    """
    # An element of its own has no document type, so no entity can be declared in it.
    element = ET.fromstring(page)  # noqa: S314
    last = max(element.iter("revision"), key=lambda one: one.findtext("timestamp", ""))
    return Revision(last.findtext("text") or "", last.findtext("timestamp", ""))


def _split_pages(data: bytes, *, max_pages: int | None = None) -> tuple[list[bytes], bytes]:
    """Cut whole pages from `data`; the rest begins with an unfinished page, or with half a tag."""
    pages: list[bytes] = []
    position = 0
    while (start := data.find(_PAGE_START, position)) >= 0:
        end = data.find(_PAGE_END, start)
        if end < 0:
            return pages, data[start:]
        position = end + len(_PAGE_END)
        pages.append(data[start:position])
        if len(pages) == max_pages:
            break
    return pages, data[max(position, len(data) - _LONGEST_TAIL) :]


def _too_large_page(beginning: bytes) -> str:
    head = page_head(beginning)
    size = f"above {MAX_PAGE_BYTES >> 20} MiB"
    return f"the page {head.title!r} {size}" if head else f"a page {size}"


def _ends_the_dump(rest: bytes, num_own_bytes: int) -> bool:
    """Look for the end's tag, or for its second half in a part that a cut left with no more."""
    is_all = num_own_bytes == len(rest)
    return _DUMP_END in rest or (is_all and _DUMP_END.endswith(rest.rstrip()))


def _may_begin_a_page(rest: bytes, following: bytes) -> bool:
    start = (rest + following[: len(_PAGE_START)]).find(_PAGE_START)
    return 0 <= start < len(rest)


def _unescaped(text: bytes) -> str:
    return html.unescape(text.decode("utf-8", errors="replace"))
