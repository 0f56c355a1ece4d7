"""Everything that reads what users or strangers wrote, with a good input for each."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import projector_export as px
from projector_export.errors import InputError
from projector_export.export_check import check_exports
from tests.helpers import vector_files
from tests.helpers.check_exports import Export, bookmark, png
from tests.helpers.dump_writer import book_page, dump_xml
from tests.helpers.running import PROJECT

SLOW, SLOWER = 10, 100  # how many inputs of a quick reader take as long as one of these
SLOW_FORMATS = {
    *("Keras model", "Keras weights", "AnnData", "LanceDB folder", "LanceDB table"),
    *("tensorboardX's logdir", "SavedModel", "TensorFlow checkpoint's folder"),
    *("TensorFlow checkpoint's prefix", "TensorFlow checkpoint's index"),
}
ROWS = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
TABLE = {"word": [f"wörd {row}" for row in range(12)], "topic": ["sea", "air", "land"] * 4}


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader, and a good input.

    Attributes:
        write: writes the input into an empty folder; returns the path that is passed to `read`.
        read: (path, the name of a new file or folder that it may write).
        cost: how many inputs of a quick reader take as long as one of this.
    """

    write: Callable[[Path], Path]
    read: Callable[[Path, Path], object]
    cost: int = 1


READERS: dict[str, Reader] = {}


def reader(
    write: Callable[[Path], Path], *, cost: int = 1
) -> Callable[[Callable[[Path, Path], object]], None]:
    """List a reader under the name of the function."""

    def add(read: Callable[[Path, Path], object]) -> None:
        READERS[read.__name__.replace("_", " ")] = Reader(write, read, cost)

    return add


def read_both(path: Path, _output: Path) -> None:
    """Read vectors and metadata; either may be refused."""
    with suppress(InputError):
        px.read_embedding(path)
    px.read_metadata(path)


for title, write in vector_files.WRITERS.items():
    READERS[title] = Reader(write, read_both, SLOW if title in SLOW_FORMATS else 1)
READERS["Qdrant folder"] = Reader(vector_files.qdrant, read_both, SLOW)
READERS["Chroma folder"] = Reader(vector_files.chroma, read_both, SLOWER)


def write_export(folder: Path) -> Path:
    px.export(ROWS, TABLE, folder / "map", color_by="topic", layouts=("pca",))
    return folder / "map"


@reader(write_export, cost=SLOW)
def open_export(path: Path, _output: Path) -> None:
    opened = px.open_export(path)
    opened.neighbors("wörd 3")
    opened.faithfulness()


@reader(write_export, cost=SLOW)
def select_by_a_link(path: Path, _output: Path) -> None:
    px.open_export(path).select("#show=land&color=topic")


@reader(
    lambda folder: _written(folder / "link", b"#select=w3&neighbors=5&show=land&isolate=1-4&map=1"),
    cost=2,
)
def link_to_a_page(path: Path, _output: Path) -> None:
    _opened_once().select(path.read_text("utf-8", "replace"))


@cache
def _opened_once() -> px.OpenExport:
    folder = Path(tempfile.mkdtemp())
    return px.open_export(write_export(folder))


TOUR = b'[{"title": "Sea", "text": "x", "color": "topic", "show": ["sea"], "select": "word 3"}]'


@reader(lambda folder: _written(folder / "tour.json", TOUR), cost=2)
def tour(path: Path, _output: Path) -> None:
    from projector_export.tour.stops import as_tour_stops

    with suppress(ValueError, RecursionError):  # a user's own program reads the file
        as_tour_stops(json.loads(path.read_bytes()))


@reader(write_export, cost=SLOWER)
def site(path: Path, output: Path) -> None:
    from projector_export.write.site.page import write_page

    write_page(path, output, single_file=False, replace=False)
    write_page(path, output.with_suffix(".html"), single_file=True, replace=False)


@reader(write_export, cost=SLOWER)
def report(path: Path, output: Path) -> None:
    from projector_export.explore.report import write_report

    write_report(path, output=output)


@reader(write_export, cost=SLOWER)
def append(path: Path, _output: Path) -> None:
    px.append(path, px.Embedding("more", ROWS, TABLE))


@reader(lambda folder: write_export(folder) / "site", cost=SLOWER)
def publish(path: Path, output: Path) -> None:
    px.publish(path, output)
    px.publish(path, output)  # in place of the first


@reader(write_export, cost=SLOW)
def check_of_an_export(path: Path, _output: Path) -> None:
    check_exports(path)


ENTRY = {
    "bookmarksPath": "bookmarks.json",
    "sprite": {"imagePath": "sprite.png", "singleImageDim": [1, 1]},
}
FILES = {"bookmarks.json": json.dumps([bookmark(12, 4)]).encode(), "sprite.png": png(4, 4)}


def write_tensorboard_folder(folder: Path) -> Path:
    return Export(folder / "in", entry=ENTRY, files=FILES).write()


def write_web_app_folder(folder: Path) -> Path:
    Export(folder / "in", "web app", entry=ENTRY, files=FILES).write()
    return folder / "in"


def check_and_fix(path: Path, output: Path) -> None:
    """Check, fix and check again; `check` always has an answer about a folder."""
    found = px.check(path)
    json.dumps(found.to_dict())
    px.fix(path, output)
    px.check(output)


READERS["check and fix of a TensorBoard folder"] = Reader(
    write_tensorboard_folder, check_and_fix, SLOW
)
READERS["check and fix of a web app's folder"] = Reader(write_web_app_folder, check_and_fix, SLOW)


def write_pair(folder: Path) -> Path:
    lines = ("\t".join(map(str, row)) for row in ROWS.tolist())
    (folder / "vectors.tsv").write_text("\n".join(lines) + "\n")
    cells = (f"{word}\t{topic}\n" for word, topic in zip(*TABLE.values(), strict=True))
    (folder / "metadata.tsv").write_text("word\ttopic\n" + "".join(cells), "utf-8")
    return folder / "vectors.tsv"


@reader(write_pair, cost=2)
def check_and_fix_of_a_pair(path: Path, output: Path) -> None:
    metadata = path.with_name("metadata.tsv")
    px.check(path, metadata)
    px.fix(path, output, metadata)


@reader(lambda folder: shutil.copy(PROJECT / "configs/starter.yaml", folder / "config.yaml"))
def config(path: Path, _output: Path) -> None:
    from training.config.loading import load_config

    load_config(path)


@reader(lambda folder: _written(folder / "config.json", _every_key()))
def config_with_every_key(path: Path, _output: Path) -> None:
    from training.config.loading import load_config

    load_config(path)


def _every_key() -> bytes:
    from training.config.models import Config

    return json.dumps(Config().model_dump(mode="json")).encode()


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


GENRES = b"genres:\n  Oulipo: [lipogram, 1984]\n  Fantasy: [fae]\nweak: [Oulipo]\nlabels: [ya]\n"


@reader(lambda folder: _written(folder / "genres.yaml", GENRES))
def genre_mapping(path: Path, _output: Path) -> None:
    from training.data.genre_map import load_genre_map

    load_genre_map(path)


@reader(lambda folder: shutil.copy(PROJECT / "training/wikipedia/published_sets.yaml", folder))
def list_of_published_sets(path: Path, _output: Path) -> None:
    from training.wikipedia.published_sets import read_list

    read_list(Path(path))


def write_books(folder: Path) -> Path:
    path = folder / "books.ndjson"
    with (PROJECT / "training/data/starter_library/books.ndjson").open("rb") as lines:
        return _written(path, b"".join(next(lines) for _ in range(4)))


@reader(write_books, cost=2)
def books_with_infoboxes_and_genres(path: Path, _output: Path) -> None:
    from training.data.books import read_books
    from training.data.tables import books_table

    books_table(read_books(path)[0])


WIKITEXT = """{{Infobox book
| name = [[The ''Book''|B]] <ref>{{cite|x}}</ref> | author = {{ubl|A. Bee|[[C]]}}
| genre = [[Science fiction]], {{hlist|[[Fantasy]]|ya}} <br/> novel
| release_date = {{start date|1865|11}} | image = [[File:a.jpg]] }}
'''B''' is by [[A. Bee|Bee]] of [http://example.org it]. {| class="x"\n| y\n|}\n<!-- z -->
[[Category:1865 novels]] {{reflist}}"""


def write_dump(folder: Path) -> Path:
    page = replace(book_page("A book", links=["Paris", "Rome"]), text=WIKITEXT)
    return _written(folder / "dump.xml", dump_xml([page, book_page("Another", links=["Oslo"])]))


@reader(write_dump, cost=2)
def dump(path: Path, _output: Path) -> None:
    from training.wikipedia.part_results import PartReader
    from training.wikipedia.streams import read_template_namespace, split_into_parts

    read_template_namespace(path)
    for part in split_into_parts(path, part_bytes=8 << 20):
        PartReader(["Infobox book"]).read(part, on_progress=lambda *_: None)


@reader(lambda folder: _written(folder / "page.wiki", WIKITEXT.encode()), cost=2)
def wikitext_and_its_infobox(path: Path, _output: Path) -> None:
    from mwparserfromhell.parser import ParserError

    from training.data.tables import books_table
    from training.wikipedia.wikitext import parse_book

    text = path.read_text("utf-8", "replace")
    with suppress(ParserError):  # `prepare` counts these
        book = parse_book("A book", text, "2026-01-01", frozenset(["infobox book"]))
        books_table([book] if book else [])


def write_vectors_of_a_run(folder: Path) -> Path:
    titles = np.array(TABLE["word"])
    np.savez(folder / "vectors.npz", books=ROWS, links=ROWS, book_titles=titles, link_titles=titles)
    return folder


@reader(write_vectors_of_a_run)
def vectors_of_a_run(path: Path, _output: Path) -> None:
    from training.run_folder import Vectors

    Vectors.load(path)


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder, by its path."""
    return {name: (folder / name).read_bytes() for name in _names(folder)}


def _names(folder: Path) -> Iterator[Any]:
    return (str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file())
