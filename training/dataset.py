"""The books that a config names: found, read, and turned into pairs and metadata."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from projector_export.errors import InputError
from projector_export.nearest import did_you_mean
from projector_export.progress import ProgressCallback, no_progress
from training.config.models import Config
from training.data.books import STARTER, read_books, starter_path
from training.data.genres import load_genre_map
from training.data.pairs import PairSet, build_pairs
from training.data.tables import books_table
from training.wikipedia.download import published_set_path
from training.wikipedia.published_sets import known_sets

logger = logging.getLogger(__name__)

INDENT = " " * 20  # below the text of a stage's line


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The pairs and the metadata of books, and the file they were read from.

    The books themselves are let go: with all their links they need more memory than both.
    `skipped` says which pages were not read, and why.
    """

    path: Path
    pairs: PairSet
    table: pd.DataFrame
    skipped: Sequence[str] = ()

    @property
    def titles(self) -> list[str]:
        """Title of each book."""
        titles: list[str] = self.table["title"].tolist()
        return titles

    def sizes(self) -> dict[str, int]:
        """Return the numbers of books, links and pairs, for `metrics.json`."""
        return {
            "num_books": len(self.table),
            "num_links": self.pairs.num_links,
            "num_pairs": len(self.pairs.train),
            "num_held_out_pairs": len(self.pairs.held_out),
        }


def load_dataset(config: Config, path: Path) -> Dataset:
    """Read books, log what was skipped, and build their pairs and metadata."""
    books, report = read_books(path)
    skipped = list(report.summary_lines())
    for line in skipped:
        logger.info("%s%s", INDENT, line)
    pairs = build_pairs(
        books,
        min_link_count=config.dataset.min_link_count,
        ignore_links=config.dataset.ignore_links,
        held_out_links_per_book=config.dataset.held_out_links_per_book,
        seed=config.seed,
        count_links_once=config.dataset.count_links_once,
    )
    genre_map = load_genre_map(Path(config.dataset.genres) if config.dataset.genres else None)
    return Dataset(path, pairs, books_table(books, genre_map), skipped)


def find_books(config: Config, *, on_progress: ProgressCallback = no_progress) -> Path:
    """Return the path of the config's books; a published set is downloaded if necessary.

    Raises:
        InputError: `dataset.books` is neither a path nor the name of a published set.
    """
    name = config.dataset.books
    if name == STARTER:
        return starter_path()
    path = Path(name)
    if path.exists():
        return path
    if downloaded := published_set_path(name, on_progress=on_progress):
        return downloaded
    if path.suffix or len(path.parts) > 1:
        return path  # a path; reading it reports that it does not exist
    sets = [STARTER, *known_sets()]
    tip = did_you_mean(name, sets)
    raise InputError(
        f"dataset.books is {name!r}: neither a file nor a published set of that name exists",
        tip=f"{tip}published sets: {', '.join(sets)}",
    )
