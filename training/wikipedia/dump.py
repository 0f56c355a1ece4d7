"""Pages of a MediaWiki export (versions 0.10 and 0.11), split before any of them is parsed."""

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

# MediaWiki accepts no text above 2 MiB; only dumps with every revision have larger pages.
MAX_PAGE_BYTES = 1 << 26

_PAGE_START = b"<page>"  # a page's own text has "&lt;" instead of "<"
_PAGE_END = b"</page>"
_DUMP_END = b"</mediawiki>"
_LONGEST_TAIL = 64  # enough for half a tag, or for the end of the dump with blanks after it
_HEAD = re.compile(
    rb"<page>\s*<title>([^<]*)</title>\s*<ns>(-?\d+)</ns>\s*<id>\d+</id>"
    rb'(?:\s*<redirect title="([^"]*)"\s*/>)?'
)


@dataclass(frozen=True, slots=True)
class PageHead:
    """What a page's first lines contain; `redirect` is the page that it redirects to, or ""."""

    title: str
    namespace: int
    redirect: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A page's newest text in a dump."""

    wikitext: str
    timestamp: str


def split_pages(part: Part, chunks: Iterable[Chunk | Damage]) -> Iterator[bytes | Damage]:
    """Yield each page that begins in a part, from `<page>` to `</page>`, as the dump's own bytes.

    A page that continues beyond the part is read to its end; one that runs into damage is lost.
    The last part of a dump must end with `</mediawiki>`; otherwise it counts as damaged.
    """
    rest = b""
    is_closed = last_damage = False
    num_own_bytes = 0
    for chunk in chunks:
        if isinstance(chunk, Damage):
            yield chunk
            rest, last_damage = b"", True
        elif chunk.is_own:
            pages, rest = _cut_pages(rest + chunk.data)
            yield from pages
            num_own_bytes += len(chunk.data)
            is_closed = is_closed or _ends_the_dump(rest, num_own_bytes)
            last_damage = False
        elif not _may_begin_a_page(rest, chunk.data):
            break
        else:
            pages, rest = _cut_pages(rest + chunk.data, max_pages=1)
            yield from pages
            if pages:
                break
        if len(rest) > MAX_PAGE_BYTES:
            yield Damage(f"{part.dump}: skipped {_describe_large_page(rest)}")
            rest = b""
    if part.is_last and not is_closed and not last_damage:
        yield Damage(f"{part.dump} is truncated at byte {part.end:,}, before </mediawiki>")


def parse_head(page: bytes) -> PageHead | None:
    """Parse a page's title, namespace and redirect; None if one of the first two is missing."""
    if not (match := _HEAD.match(page)):
        return None
    title, namespace, redirect = match.groups()
    return PageHead(_unescape(title), int(namespace), _unescape(redirect or b""))


def parse_revision(page: bytes) -> Revision:
    """Parse a page and return its last revision.

    Raises:
        ET.ParseError: the page is not well-formed.
    """
    # A page alone has no document type, so it cannot declare entities.
    element = ET.fromstring(page)  # noqa: S314
    last = max(element.iter("revision"), key=lambda revision: revision.findtext("timestamp", ""))
    return Revision(last.findtext("text") or "", last.findtext("timestamp", ""))


def _cut_pages(data: bytes, *, max_pages: int | None = None) -> tuple[list[bytes], bytes]:
    """Cut complete pages from `data`; the rest begins with a partial page or tag."""
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


def _describe_large_page(beginning: bytes) -> str:
    head = parse_head(beginning)
    size = f"larger than {MAX_PAGE_BYTES >> 20} MiB"
    return f"the page {head.title!r}, which is {size}" if head else f"a page {size}"


def _ends_the_dump(rest: bytes, num_own_bytes: int) -> bool:
    """Look for the closing tag, or for the second half of it if the part has nothing else."""
    is_whole_part = num_own_bytes == len(rest)
    return _DUMP_END in rest or (is_whole_part and _DUMP_END.endswith(rest.rstrip()))


def _may_begin_a_page(rest: bytes, following: bytes) -> bool:
    start = (rest + following[: len(_PAGE_START)]).find(_PAGE_START)
    return 0 <= start < len(rest)


def _unescape(text: bytes) -> str:
    return html.unescape(text.decode("utf-8", errors="replace"))
