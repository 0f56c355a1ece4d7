"""Open an export, whichever tool wrote it, and look up neighbors in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from projector_export.errors import InputError
from projector_export.explore.exported_tables import ExportedTable, ExportedTables, read_config
from projector_export.explore.neighbors import find_neighbors, find_row, rank_by_similarity
from projector_export.prepare.geometry import unit_norm


@dataclass(frozen=True, eq=False)
class OpenExport:
    """The tables of an export, to look up neighbors in.

    >>> import projector_export as px
    >>> exported = px.open_export("map")
    >>> exported.table("vectors").vectors.shape
    (40, 8)

    Attributes:
        path: its folder.
        tables: name -> table, in the order of its config.
    """

    path: Path
    tables: Mapping[str, ExportedTable]

    def table(self, name: str | None = None) -> ExportedTable:
        """Return the table called `name`, or the first one.

        Raises:
            InputError: the table does not exist.
        """
        if name is None:
            return next(iter(self.tables.values()))
        if name not in self.tables:
            raise InputError(
                f"{self.path} has no table {name!r}", tip=f"tables are: {', '.join(self.tables)}"
            )
        return self.tables[name]

    def find_label(self, label: str, *, table: str | None = None) -> str:
        """Return a label as the table spells it; case, accents and punctuation do not matter.

        >>> import projector_export as px
        >>> px.open_export("map").find_label("WORD 3")
        'word 3'

        Raises:
            InputError: the label or table does not exist; the tip names the nearest labels.
        """
        chosen = self.table(table)
        return chosen.labels[find_row(chosen.labels, label, table=chosen.name)]

    def neighbors(
        self, label: str, *, k: int = 10, table: str | None = None, least: bool = False
    ) -> pd.DataFrame:
        """List the rows closest to one row, by cosine similarity, as the viewer does.

        >>> import projector_export as px
        >>> px.open_export("map").neighbors("word 3", k=2).columns.tolist()
        ['rank', 'similarity', 'label']

        Args:
            label: the row's label; case, accents and punctuation do not matter.
            k: how many rows to list.
            table: the table to search; by default the first.
            least: list the least similar rows instead of the closest.

        Returns:
            Columns `rank` from 1, `similarity` from -1 to 1, and `label`.

        Raises:
            InputError: the label or table does not exist; the tip names the nearest labels.
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
        """List the rows closest to the sum of some minus others, like gensim's `most_similar`.

        >>> import projector_export as px
        >>> len(px.open_export("map").most_similar(["word 3", "word 4"], ["word 5"], topn=3))
        3

        Args:
            positive: labels whose unit vectors are added.
            negative: labels whose unit vectors are subtracted.
            topn: how many rows to list; those of the given labels are left out.
            table: the table to search; by default the first.

        Returns:
            (label, cosine similarity), the closest first.

        Raises:
            InputError: a label or the table does not exist, or no label was given.
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
        path: the folder of a run, of an export, or of one of its parts, whichever tool wrote it.

    Raises:
        RunError: the folder has no export.
        InputError: files are missing or do not fit together.
    """
    folder = Path(path)
    config = read_config(folder)
    if not config.entries:
        raise InputError(
            f"{config.path} names no table",
            tip=f"see what is wrong with: projector-export check {folder}",
        )
    return OpenExport(folder, ExportedTables(config))


def _as_list(labels: str | Sequence[str]) -> list[str]:
    return [labels] if isinstance(labels, str) else list(labels)
