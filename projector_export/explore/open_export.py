"""Open an export, whichever tool wrote it, and look up neighbors in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from projector_export.arrays import Float64Vector, IntVector
from projector_export.errors import InputError, command_line
from projector_export.explore.exported_maps import read_color_column, read_layouts
from projector_export.explore.exported_tables import ExportedTable, ExportedTables, read_config
from projector_export.explore.neighbors import cosines, rank_by_similarity
from projector_export.explore.quality import Faithfulness, measure_faithfulness
from projector_export.explore.row_filter import find_column, rows_where
from projector_export.explore.selection import select_points
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
    tables: ExportedTables

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
        return chosen.labels[chosen.find_rows([label])[0]]

    def neighbors(  # noqa: PLR0913
        self,
        label: str | Sequence[str] = (),
        *,
        negative: str | Sequence[str] = (),
        k: int = 10,
        table: str | None = None,
        of: str | None = None,
        where: Mapping[str, object] | None = None,
        least: bool = False,
    ) -> pd.DataFrame:
        """List the rows closest to one row, by cosine similarity, as the viewer does.

        >>> import projector_export as px
        >>> opened = px.open_export("map")
        >>> opened.neighbors("word 3", k=2).columns.tolist()
        ['rank', 'similarity', 'label']
        >>> len(opened.neighbors(["word 3", "word 4"], negative="word 5", where={"topic": "sea"}))
        10

        Args:
            label: the row's label, in any case; of several, the unit vectors are added.
            negative: labels whose unit vectors are subtracted.
            k: how many rows to list; those of the given labels are left out.
            table: the table to search; by default the first.
            of: the table of the labels, if it is another one that was learned with `table`.
            where: column -> a value, or several of which one is enough: search only such rows.
            least: list the least similar rows instead of the closest.

        Returns:
            Columns `rank` from 1, `similarity` from -1 to 1, and `label`.

        Raises:
            InputError: a label, table, column or value does not exist; the tip names the nearest.
        """
        searched, asked = self.table(table), self.table(of or table)
        positive, negative = _as_list(label), _as_list(negative)
        rows = asked.find_rows([*positive, *negative])
        if not rows:
            raise InputError("expected a label, positive or negative, to search the neighbors of")
        _require_one_space(searched, asked)
        query = _query(asked, rows, [1.0] * len(positive) + [-1.0] * len(negative))
        similarities = cosines(searched.compared_vectors, query)  # (N,)
        left_out = np.flatnonzero(~rows_where(searched.metadata, where or {}, table=searched.name))
        if asked is searched:
            left_out = np.union1d(left_out, rows)
        found = rank_by_similarity(
            similarities, left_out=left_out.tolist(), k=k, order="least" if least else "nearest"
        )
        return _answer(searched.labels, similarities, found)

    def most_similar(
        self,
        positive: str | Sequence[str] = (),
        negative: str | Sequence[str] = (),
        *,
        topn: int = 10,
        table: str | None = None,
        of: str | None = None,
        where: Mapping[str, object] | None = None,
    ) -> list[tuple[str, float]]:
        """List what `neighbors` does, in the shape of gensim's `most_similar`.

        >>> import projector_export as px
        >>> len(px.open_export("map").most_similar(["word 3", "word 4"], ["word 5"], topn=3))
        3

        Args:
            positive: labels whose unit vectors are added.
            negative: labels whose unit vectors are subtracted.
            topn: how many rows to list; those of the given labels are left out.
            table: the table to search; by default the first.
            of: the table of the labels, as in `neighbors`.
            where: the rows to search, as in `neighbors`.

        Returns:
            (label, cosine similarity), the closest first.

        Raises:
            InputError: a label, table, column or value does not exist, or no label was given.
        """
        found = self.neighbors(positive, negative=negative, k=topn, table=table, of=of, where=where)
        return list(zip(found["label"], found["similarity"].tolist(), strict=True))

    def select(self, link: str) -> pd.DataFrame:
        """Return the points that a link to the page chooses: what the page saves as CSV.

        >>> import projector_export as px
        >>> px.open_export("map").select("#select=word+3&neighbors=2").shape
        (3, 5)

        Args:
            link: the page's address (docs/page.md), or what follows its `#`.

        Returns:
            Metadata, `map_x`, `map_y` (`map_z`) from -1 to 1, and `similarity` if the link selects
            one point, which comes first. The index is the row in the table.

        Raises:
            InputError: the link names what does not exist; the tip names the nearest.
        """
        return select_points(self.tables, link)

    def faithfulness(
        self, *, table: str | None = None, column: str | None = None, seed: int = 0
    ) -> Faithfulness:
        """Measure how faithful the maps of a table are to its vectors.

        >>> import projector_export as px
        >>> figures = px.open_export("map").faithfulness().maps["pca"]
        >>> sorted(figures)
        ['continuity', 'neighbor_recall', 'random_triplets', 'trustworthiness']

        Args:
            table: by default the first.
            column: categories to measure silhouettes of; by default what the map is colored by.
            seed: of the sample that is measured of more than 5,000 rows.

        Raises:
            InputError: the table or column does not exist.
        """
        chosen = self.table(table)
        named = column or read_color_column(self.tables, chosen.name)
        return measure_faithfulness(
            chosen.compared_vectors,
            read_layouts(self.tables, chosen.name),
            categories=None if named is None else find_column(chosen.metadata, named, chosen.name),
            seed=seed,
        )


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
            tip=f"see what is wrong with: {command_line('check', folder)}",
        )
    return OpenExport(folder, ExportedTables(config))


def _as_list(labels: str | Sequence[str]) -> list[str]:
    return [labels] if isinstance(labels, str) else list(labels)


def _require_one_space(searched: ExportedTable, asked: ExportedTable) -> None:
    dims = searched.vectors.shape[1], asked.vectors.shape[1]
    if dims[0] != dims[1]:
        raise InputError(
            f"{searched.name} has {dims[0]} dimensions and {asked.name} has {dims[1]}; "
            "expected tables whose vectors were learned together"
        )


def _answer(labels: Sequence[str], similarities: Float64Vector, rows: IntVector) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(rows) + 1),
            "similarity": similarities[rows],
            "label": pd.Series([labels[row] for row in rows], dtype=object),
        }
    )


def _query(table: ExportedTable, rows: Sequence[int], weights: Sequence[float]) -> Float64Vector:
    """Return the direction (D,) to search: one row as it is, or a signed sum of unit vectors."""
    chosen = table.compared_vectors[rows]  # (n, D)
    if len(rows) > 1:
        chosen = unit_norm(chosen)
    return np.asarray(weights) @ chosen.astype(np.float64)
