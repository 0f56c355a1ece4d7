"""Open an export, whoever wrote it, and ask it for neighbors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from projector_export.errors import InputError
from projector_export.explore.exported_tables import ExportedTable, ExportedTables, config_of
from projector_export.explore.neighbors import find_neighbors, find_row, rank_by_similarity
from projector_export.prepare.geometry import unit_norm


@dataclass(frozen=True, eq=False)
class OpenExport:
    """An export to ask about.

    Attributes:
        path: its folder.
        tables: name -> table, in the order of its config.
    """

    path: Path
    tables: Mapping[str, ExportedTable]

    def table(self, name: str | None = None) -> ExportedTable:
        """Return the table of that name, or the first.

        Raises:
            InputError: there is no such table.
        """
        if name is None:
            return next(iter(self.tables.values()))
        if name not in self.tables:
            raise InputError(
                f"{self.path} has no table {name!r}", tip=f"tables are: {', '.join(self.tables)}"
            )
        return self.tables[name]

    def find_label(self, label: str, *, table: str | None = None) -> str:
        """Return a label as the table spells it, found in any case, without accents and so on.

        Raises:
            InputError: there is no such label or table; the tip names the nearest labels.
        """
        chosen = self.table(table)
        return chosen.labels[find_row(chosen.labels, label, table=chosen.name)]

    def neighbors(
        self, label: str, *, k: int = 10, table: str | None = None, least: bool = False
    ) -> pd.DataFrame:
        """List the rows closest to one, by cosine similarity, as the viewer does.

        >>> import projector_export as px
        >>> px.open_export("map").neighbors("word 3", k=2).columns.tolist()
        ['rank', 'similarity', 'label']

        Args:
            label: of the row; in any case, without accents and punctuation.
            k: how many.
            table: where to look; the first table, if it is not given.
            least: the least similar instead of the closest.

        Raises:
            InputError: there is no such label or table; the tip names the nearest labels.
        """
        chosen = self.table(table)
        row = find_row(chosen.labels, label, table=chosen.name)
        order = "least" if least else "nearest"
        found = find_neighbors(chosen.compared_vectors, chosen.labels, row, k=k, order=order)
        return pd.DataFrame(
            [(neighbor.rank, neighbor.similarity, neighbor.label) for neighbor in found],
            columns=["rank", "similarity", "label"],
        )

    def most_similar(
        self,
        positive: str | Sequence[str] = (),
        negative: str | Sequence[str] = (),
        *,
        topn: int = 10,
        table: str | None = None,
    ) -> list[tuple[str, float]]:
        """List the rows closest to the mean of some, less others, as gensim's `most_similar` does.

        >>> import projector_export as px
        >>> len(px.open_export("map").most_similar(["word 3", "word 4"], ["word 5"], topn=3))
        3

        Args:
            positive: labels whose unit vectors are added.
            negative: labels whose unit vectors are subtracted.
            topn: how many.
            table: where to look; the first table, if it is not given.

        Raises:
            InputError: there is no such label or table, or no label at all.
        """
        chosen = self.table(table)
        signed = [(label, 1.0) for label in _as_list(positive)]
        signed += [(label, -1.0) for label in _as_list(negative)]
        if not signed:
            raise InputError("most_similar() needs a label, positive or negative")
        rows = [find_row(chosen.labels, label, table=chosen.name) for label, _ in signed]
        weights = np.array([weight for _, weight in signed])
        units = unit_norm(chosen.compared_vectors)
        similarities = units @ unit_norm((weights @ units[rows])[None])[0]  # (N,)
        ranked = rank_by_similarity(similarities, left_out=rows, k=topn)
        return [(chosen.labels[row], float(similarities[row])) for row in ranked]


def open_export(path: str | Path) -> OpenExport:
    """Open the export in a folder.

    >>> import projector_export as px
    >>> list(px.open_export("map").tables)
    ['vectors']

    Args:
        path: a run's folder, an export's, or one of its parts; whoever wrote it.

    Raises:
        RunError: the folder has no export.
        InputError: files are missing or do not fit together.
    """
    folder = Path(path)
    config = config_of(folder)
    if not config.entries:
        raise InputError(f"{config.path} names no table", tip="projector-export check says more")
    return OpenExport(folder, ExportedTables(config))


def _as_list(labels: str | Sequence[str]) -> list[str]:
    return [labels] if isinstance(labels, str) else list(labels)
