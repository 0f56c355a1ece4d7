"""Write metadata and bookmarks of the tables that a viewer lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projector_export.files import write_bytes_whole
from projector_export.prepare.layouts import PCA
from projector_export.prepare.sequences import following_rows
from projector_export.prepare.table import PreparedTable
from projector_export.write.bookmarks import bookmarks_json, layout_bookmarks_json
from projector_export.write.metadata import metadata_tsv
from projector_export.write.projector_config import Table


@dataclass(frozen=True, slots=True, eq=False)
class SerializedTable:
    """A prepared table with the bytes of its metadata file, which every target shares."""

    table: PreparedTable
    metadata: bytes

    def cut(self, num_rows: int) -> SerializedTable:
        """Keep the first `num_rows` rows."""
        if num_rows >= self.table.num_rows:
            return self
        return serialize(self.table.take(np.arange(num_rows)))


def serialize(table: PreparedTable) -> SerializedTable:
    """Serialize a table's metadata, once for all targets."""
    following = None
    if table.sequences is not None:
        following = following_rows(table.sequences, table.rows)
    return SerializedTable(table, metadata_tsv(table.metadata, following=following))


def write_tables(
    folder: Path,
    tables: Sequence[SerializedTable],
    *,
    max_rows: int | None = None,
    with_pca: bool = False,
) -> list[tuple[PreparedTable, Table]]:
    """Write everything except the vectors; return each table with its entry in the config.

    Args:
        folder: where the files go.
        tables: each is followed by its layouts as separate tables, which share its metadata. PCA
            gets none, as the viewer computes it for any table.
        max_rows: how many rows the viewer accepts, if there is a limit.
        with_pca: include in bookmarks the principal components that TensorBoard would lose.
    """
    listed = []
    for serialized in tables:
        table, name = serialized.table, serialized.table.name
        write_bytes_whole(folder / f"{name}.metadata.tsv", serialized.metadata)
        if table.layouts:
            states = bookmarks_json(table, num_rows=max_rows, with_pca=with_pca)
            write_bytes_whole(folder / f"{name}.bookmarks.json", states)
        listed.append((table, _listed(table, metadata_of=name)))
        for layout_name in table.layouts:
            if layout_name != PCA:
                layout_table = table.layout_table(layout_name)
                states = layout_bookmarks_json(table, layout_name, num_rows=max_rows)
                write_bytes_whole(folder / f"{layout_table.name}.bookmarks.json", states)
                listed.append((layout_table, _listed(layout_table, metadata_of=name)))
    return listed


def _listed(table: PreparedTable, *, metadata_of: str) -> Table:
    return Table(
        name=table.name,
        shape=(table.num_rows, table.dim),
        metadata_path=f"{metadata_of}.metadata.tsv",
        bookmarks_path=f"{table.name}.bookmarks.json" if table.layouts else "",
    )
