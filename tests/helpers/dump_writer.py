"""Write dumps in MediaWiki's export format."""

from __future__ import annotations

import bz2
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Page:
    title: str
    text: str
    namespace: int = 0
    redirect: str = ""
    timestamp: str = "2026-01-01T00:00:00Z"


def header(version: str = "0.11") -> str:
    return (
        f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-{version}/" '
        f'version="{version}" xml:lang="en">\n  <siteinfo>\n    <sitename>Wikipedia</sitename>\n'
        f'    <namespaces>\n      <namespace key="10" case="first-letter">Template</namespace>\n'
        f"    </namespaces>\n  </siteinfo>\n"
    )


def page_xml(page: Page, *, number: int = 1, version: str = "0.11") -> str:
    target = escape(page.redirect, {chr(34): "&quot;"})
    redirect = f'    <redirect title="{target}" />\n' if target else ""
    origin = f"      <origin>{number}</origin>\n" if version == "0.11" else ""
    attributes = f' bytes="{len(page.text.encode())}"' + (' sha1="0"' if origin else "")
    return (
        f"  <page>\n    <title>{escape(page.title)}</title>\n    <ns>{page.namespace}</ns>\n"
        f"    <id>{number}</id>\n{redirect}    <revision>\n      <id>{number}</id>\n"
        f"      <timestamp>{page.timestamp}</timestamp>\n"
        f"      <contributor><username>A &amp; B</username><id>1</id></contributor>\n{origin}"
        f"      <model>wikitext</model>\n      <format>text/x-wiki</format>\n"
        f'      <text{attributes} xml:space="preserve">'
        f"{escape(page.text, {chr(34): '&quot;'})}</text>\n"
        f"      <sha1>0</sha1>\n    </revision>\n  </page>\n"
    )


def dump_xml(pages: Iterable[Page], *, version: str = "0.11") -> bytes:
    body = "".join(
        page_xml(page, number=number, version=version) for number, page in enumerate(pages, start=1)
    )
    return (header(version) + body + "</mediawiki>\n").encode()


def write_multistream(path: Path, pages: Sequence[Page], *, pages_per_stream: int) -> Path:
    """Compress the header, each group of pages and the end as separate streams."""
    groups = [pages[at : at + pages_per_stream] for at in range(0, len(pages), pages_per_stream)]
    texts = [header(), *("".join(map(page_xml, group)) for group in groups), "</mediawiki>\n"]
    path.write_bytes(b"".join(bz2.compress(text.encode()) for text in texts))
    return path


def book_page(title: str, *, genre: str = "Novel", links: Sequence[str] = ("Paris",)) -> Page:
    text = " ".join(f"[[{link}]]" for link in links)
    return Page(title, f"{{{{Infobox book\n| name = {title}\n| genre = {genre}\n}}}}\n{text}")
