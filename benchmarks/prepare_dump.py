"""How long extracting books takes, compared to decompression and to parsing every page.

    python benchmarks/prepare_dump.py --megabytes 100

Writes a dump similar to the English Wikipedia's to a temporary folder: multistream .bz2, half of
the pages redirects, a fifth in other namespaces, articles from stubs to 100 kB with tables, notes
and infoboxes, and 7 books per 1,000 articles. Then measures on that file, on one core:

    decompress   bz2 alone, discarding the bytes
    ours         `projector-export prepare` with one worker, including its start and the merge
    every page   xml.sax and mwparserfromhell on every page, as the article did

Times are processor seconds, because other programs may share the machine; compare the ratios.
"""

from __future__ import annotations

import argparse
import bz2
import json
import random
import resource
import sys
import tempfile
import time
import xml.sax
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

PAGES_PER_STREAM = 100
REDIRECT_SHARE, OTHER_SHARE, BOOK_SHARE = 0.5, 0.2, 0.007
NUM_REPEATS = 3


class Writer:
    """Writes wikitext with words, links and markup as frequent as in a real article."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.words = [self._word() for _ in range(30_000)]
        zipf = (1 / (rank + 3) for rank in range(len(self.words)))
        self.weights = list(accumulate(zipf))
        self.titles = [" ".join(self.text(2)).title() for _ in range(5_000)]

    def page(self, number: int) -> str:
        """Write a page of any kind, as XML."""
        kind = self.rng.random()
        if kind < REDIRECT_SHARE:
            return self._redirect(number)
        if kind < REDIRECT_SHARE + OTHER_SHARE:
            return _page_xml(number, f"Category:Page {number}", 14, self._paragraph())
        return _page_xml(number, f"Page {number}", 0, self._article(number))

    def text(self, count: int) -> list[str]:
        """Draw words."""
        return self.rng.choices(self.words, cum_weights=self.weights, k=count)

    def _word(self) -> str:
        syllables = ["ta", "re", "ing", "on", "ed", "ma", "li", "s", "ther", "con", "er", "pro"]
        return "".join(self.rng.choices(syllables, k=self.rng.choice([1, 2, 2, 3, 4])))

    def _redirect(self, number: int) -> str:
        target = self.rng.choice(self.titles)
        text = f"#REDIRECT [[{target}]]\n\n{{{{R from move}}}}"
        return _page_xml(number, f"Page {number}", 0, text, redirect=target)

    def _article(self, number: int) -> str:
        num_sections = min(60, int(self.rng.lognormvariate(1.2, 1.0)) + 1)
        sections = (self._section(index) for index in range(num_sections))
        links = "".join(f"[[Category:{title}]]\n" for title in self._some_titles(6))
        return self._infobox(number) + "\n".join(sections) + "\n" + links

    def _infobox(self, number: int) -> str:
        kind = self.rng.random()
        if kind < BOOK_SHARE:
            name, fields = "Infobox book", ["author", "genre", "publisher", "pages", "isbn"]
        elif kind < 0.5:
            name = self.rng.choice(["Infobox person", "Infobox settlement", "Infobox film"])
            fields = ["image", "caption", "birth_date", "occupation", "years_active", "website"]
        else:
            return ""
        values = (f"| {field} = [[{self._some_titles(1)[0]}]]\n" for field in fields)
        return f"{{{{{name}\n| name = Page {number}\n{''.join(values)}}}}}\n"

    def _section(self, index: int) -> str:
        heading = f"== {' '.join(self.text(2)).capitalize()} ==\n" if index else ""
        paragraphs = (self._paragraph() for _ in range(self.rng.randint(1, 4)))
        table = self._table() if self.rng.random() < 0.1 else ""
        return heading + "\n\n".join(paragraphs) + "\n" + table

    def _paragraph(self) -> str:
        return " ".join(self._sentence() for _ in range(self.rng.randint(2, 7)))

    def _sentence(self) -> str:
        words = self.text(self.rng.randint(8, 26))
        for position in range(0, len(words), 9):
            title = self.rng.choice(self.titles)
            words[position] = self.rng.choice([f"[[{title}]]", f"[[{title}|{words[position]}]]"])
        note = self._note() if self.rng.random() < 0.3 else ""
        return " ".join(words).capitalize() + "." + note

    def _note(self) -> str:
        title, day = self._some_titles(1)[0], self.rng.randint(1, 28)
        number = self.rng.randint(1000, 99999)
        return (
            f"<ref>{{{{cite web|url=https://example.org/{number}/{day}|title={title}"
            f"|date={day} May 20{day:02d}|access-date={day} June 2024|publisher={title}}}}}</ref>"
        )

    def _table(self) -> str:
        rows = ("|-\n| " + " || ".join(self.text(4)) for _ in range(self.rng.randint(3, 30)))
        return '{| class="wikitable"\n! A !! B !! C !! D\n' + "\n".join(rows) + "\n|}\n"

    def _some_titles(self, count: int) -> list[str]:
        return self.rng.choices(self.titles, k=count)


def _page_xml(number: int, title: str, namespace: int, text: str, *, redirect: str = "") -> str:
    redirect_xml = f'    <redirect title="{escape(redirect)}" />\n' if redirect else ""
    return (
        f"  <page>\n    <title>{escape(title)}</title>\n    <ns>{namespace}</ns>\n"
        f"    <id>{number}</id>\n{redirect_xml}    <revision>\n      <id>{number * 7}</id>\n"
        f"      <parentid>{number * 5}</parentid>\n"
        f"      <timestamp>2026-01-{number % 28 + 1:02d}T10:00:00Z</timestamp>\n"
        f"      <contributor>\n        <username>User{number % 999}</username>\n"
        f"        <id>{number % 999}</id>\n      </contributor>\n"
        f"      <origin>{number * 7}</origin>\n      <model>wikitext</model>\n"
        f'      <format>text/x-wiki</format>\n      <text bytes="{len(text)}" '
        f'xml:space="preserve">{escape(text)}</text>\n'
        f"      <sha1>{number * 99991:031x}</sha1>\n    </revision>\n  </page>\n"
    )


def write_dump(path: Path, num_bytes: int) -> dict[str, int]:
    """Write a dump of about `num_bytes` when decompressed; return its pages and sizes."""
    writer = Writer(seed=0)
    head = (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11">\n'
        "  <siteinfo>\n    <sitename>Wikipedia</sitename>\n  </siteinfo>\n"
    )
    written, number = 0, 0
    with path.open("wb") as file:
        file.write(bz2.compress(head.encode()))
        while written < num_bytes:
            pages = [writer.page(number + index) for index in range(PAGES_PER_STREAM)]
            number += PAGES_PER_STREAM
            stream = "".join(pages).encode()
            written += len(stream)
            file.write(bz2.compress(stream))
        file.write(bz2.compress(b"</mediawiki>\n"))
    return {"pages": number, "bytes": written, "compressed_bytes": path.stat().st_size}


def decompress(dump: Path) -> int:
    """Decompress a file and discard its bytes."""
    with bz2.BZ2File(dump) as file:
        return sum(len(chunk) for chunk in iter(lambda: file.read(1 << 20), b""))


def prepare_ours(dump: Path) -> int:
    """Run `prepare` on a dump with one worker; return the number of books."""
    from training.wikipedia.prepare import prepare

    output = dump.with_name("books.ndjson")
    num_books = prepare([dump], output).num_books
    output.unlink()
    return num_books


class EveryPage(xml.sax.ContentHandler):
    """Parses the wikitext of every page to find out whether it has the infobox."""

    def __init__(self) -> None:
        super().__init__()
        self.books: list[tuple[Any, ...]] = []
        self._texts: dict[str, str] = {}
        self._current: list[str] | None = None

    def startElement(self, name: str, _attributes: Any) -> None:  # noqa: D102, N802
        if name in {"title", "text", "timestamp"}:
            self._current = []

    def characters(self, content: str) -> None:  # noqa: D102
        if self._current is not None:
            self._current.append(content)

    def endElement(self, name: str) -> None:  # noqa: D102, N802
        if self._current is not None and name in {"title", "text", "timestamp"}:
            self._texts[name] = " ".join(self._current)
            self._current = None
        if name == "page":
            self._parse_page()

    def _parse_page(self) -> None:
        import mwparserfromhell

        article = mwparserfromhell.parse(self._texts["text"])
        for infobox in article.filter_templates(matches="Infobox book")[:1]:
            fields = {
                field.name.strip_code().strip(): field.value.strip_code().strip()
                for field in infobox.params
            }
            links = [link.title.strip_code().strip() for link in article.filter_wikilinks()]
            addresses = [link.url.strip_code().strip() for link in article.filter_external_links()]
            length = len(article.strip_code().strip())
            self.books.append((self._texts["title"], fields, links, addresses, length))


def parse_every_page(dump: Path) -> int:
    """Read a dump with SAX, parse every page completely, and return the number of books."""
    handler = EveryPage()
    parser = xml.sax.make_parser()  # noqa: S317  (our own file)
    parser.setContentHandler(handler)
    with bz2.BZ2File(dump) as lines:
        for line in lines:
            parser.feed(line)
    return len(handler.books)


def processor_seconds(work: Callable[[Path], int], dump: Path) -> tuple[float, int]:
    """Return the processor time of `work` and its child processes, and its result."""
    start = _processor_time()
    result = work(dump)
    return _processor_time() - start, result


def _processor_time() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measure(dump: Path) -> Iterator[tuple[str, float, int]]:
    """Measure the three methods on one dump, the fast ones several times, alternately."""
    best: dict[str, tuple[float, int]] = {}
    for _ in range(NUM_REPEATS):
        for name, work in (("decompress", decompress), ("ours", prepare_ours)):
            measured = processor_seconds(work, dump)
            best[name] = min(best.get(name, measured), measured)
    for name, (seconds, result) in best.items():
        yield name, seconds, result
    yield "every page", *processor_seconds(parse_every_page, dump)


def main() -> None:
    """Write a dump, measure, and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=int, default=100, help="size of the decompressed dump")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "dump.xml.bz2"
        report: dict[str, Any] = {"dump": write_dump(dump, options.megabytes * 1_000_000)}
        for name, seconds, result in measure(dump):
            report[name] = {"seconds": round(seconds, 2), "result": result}
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report["peak_megabytes_of_a_worker"] = round(peak)
    seconds = {name: report[name]["seconds"] for name in ("decompress", "ours", "every page")}
    report["ours_per_decompress"] = round(seconds["ours"] / seconds["decompress"], 2)
    report["every_page_per_ours"] = round(seconds["every page"] / seconds["ours"], 1)
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        _print_table(report)


def _print_table(report: dict[str, Any]) -> None:
    dump = report["dump"]
    print(
        f"{dump['pages']:,} pages, {dump['bytes'] / 1e6:,.0f} MB, "
        f"{dump['compressed_bytes'] / 1e6:,.0f} MB compressed, {report['ours']['result']:,} books"
    )
    for name in ("decompress", "ours", "every page"):
        print(f"{name:<12}{report[name]['seconds']:>9.1f} s")
    print(f"ours is {report['ours_per_decompress']} times plain decompression")
    print(f"every page is {report['every_page_per_ours']} times ours")
    print(f"peak memory of a worker: {report['peak_megabytes_of_a_worker']} MB")


if __name__ == "__main__":
    main()
