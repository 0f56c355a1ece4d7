"""What a run exports: its tables with their metadata, colors, pictures and tour."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from projector_export.embedding import Embedding
from projector_export.read.pictures import INITIALS, Pictures
from projector_export.tour.resolve import TourTable, resolve_tour
from training.config.models import GENRE_RELIABILITY, Config
from training.data.tables import links_table
from training.data.terms import book_terms
from training.dataset import Dataset
from training.run_folder import Vectors


def embeddings(config: Config, dataset: Dataset, vectors: Vectors) -> list[Embedding]:
    """Return the tables to export, in order; the first one gets maps."""
    first, *others = [
        Embedding(
            name,
            getattr(vectors, name),
            table,
            color_column(table, config),
            sprites=Pictures() if config.export.sprites == INITIALS else None,
        )
        for name, table in _metadata(config, dataset).items()
    ]
    return [_with_added_columns(first, config, dataset), *others]


def require_tour(config: Config, dataset: Dataset) -> None:
    """Refuse a tour that names what does not exist, before anything is learned.

    Raises:
        InputError: a table, layout, column, value or label does not exist.
    """
    tables = [
        TourTable(name, table, color_column(table, config))
        for name, table in _metadata(config, dataset).items()
    ]
    added = config.export.add_columns
    color_by = config.export.color_by if config.export.color_by in added else tables[0].color_by
    # It is the only one that has layouts and computed columns.
    tables[0] = replace(tables[0], color_by=color_by, layouts=config.export.layouts, added=added)
    resolve_tour(config.export.tour or [], tables, key="export.tour")


def color_column(metadata: pd.DataFrame, config: Config) -> str | None:
    """Return the configured column if this table has it; books and links have different columns."""
    column = config.export.color_by
    return column if column in metadata.columns else None


def _with_added_columns(first: Embedding, config: Config, dataset: Dataset) -> Embedding:
    """Let columns be computed for the table that gets maps; links help to name its regions."""
    added, color_by = config.export.add_columns, config.export.color_by
    return replace(
        first,
        add_columns=added,
        color_by=color_by if color_by in added else first.color_by,
        terms=book_terms(dataset.table, dataset.pairs) if first.name == "books" else None,
    )


def _metadata(config: Config, dataset: Dataset) -> dict[str, pd.DataFrame]:
    added = [GENRE_RELIABILITY] if GENRE_RELIABILITY in dataset.table else []
    tables = {
        "books": dataset.table[[*config.export.metadata, *added]],
        "links": links_table(dataset.pairs),
    }
    return {name: tables[name] for name in config.export.tables}
