"""Write metadata and bookmarks of the tables that a viewer lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from projector_export.files import write_bytes_whole, write_chunks_whole
from projector_export.prepare.layouts import PCA
from projector_export.prepare.sequences import following_rows
from projector_export.prepare.table import PreparedTable
from projector_export.write.bookmarks import bookmarks_json, layout_bookmarks_json
from projector_export.write.metadata import metadata_tsv
from projector_export.write.projector_config import Table
from projector_export.write.sprites import Sprite, draw_sprite


@dataclass(frozen=True, slots=True, eq=False)
class SerializedTable:
    """A prepared table with its metadata file and its sprite, which every target shares."""

    table: PreparedTable
    metadata: bytes
    sprite: Sprite | None = None

    def cut(self, num_rows: int) -> SerializedTable:
        """Keep the first `num_rows` rows."""
        if num_rows >= self.table.num_rows:
            return self
        return serialize(self.table.take(np.arange(num_rows)))


def serialize(table: PreparedTable) -> SerializedTable:
    """Serialize a table's metadata and draw its sprite, once for all targets."""
    following = None
    if table.sequences is not None:
        following = following_rows(table.sequences, table.rows)
    metadata = metadata_tsv(table.metadata, following=following)
    return SerializedTable(table, metadata, draw_sprite(table))


def write_tables(
    folder: Path,
    tables: Sequence[SerializedTable],
    *,
    max_rows: int | None = None,
    for_tensorboard: bool = False,
) -> list[tuple[PreparedTable, Table]]:
    """Write everything except the vectors; return each table with its entry in the config.

    Args:
        folder: where the files go.
        tables: each is followed by its layouts as separate tables, which share its metadata and
            sprite. PCA gets none, as the viewer computes it for any table.
        max_rows: how many rows the viewer accepts, if there is a limit.
        for_tensorboard: include in bookmarks the principal components that TensorBoard would lose,
            and the other colors.
    """
    listed = []
    for serialized in tables:
        table, name = serialized.table, serialized.table.name
        write_bytes_whole(folder / f"{name}.metadata.tsv", serialized.metadata)
        if serialized.sprite is not None:
            write_bytes_whole(folder / f"{name}.sprite.png", serialized.sprite.png)
        if table.layouts:
            states = bookmarks_json(table, num_rows=max_rows, with_pca=for_tensorboard)
            write_chunks_whole(folder / f"{name}.bookmarks.json", states)
        listed.append((table, _listed(table, serialized)))
        for layout_name in table.layouts:
            if layout_name != PCA:
                layout_table = table.layout_table(layout_name)
                state = layout_bookmarks_json(
                    table, layout_name, num_rows=max_rows, with_others=for_tensorboard
                )
                write_bytes_whole(folder / f"{layout_table.name}.bookmarks.json", state)
                listed.append((layout_table, _listed(layout_table, serialized)))
    return listed


def _listed(table: PreparedTable, shared: SerializedTable) -> Table:
    """Describe a table, or one of its layouts, which shares its metadata and sprite."""
    entry = Table(
        name=table.name,
        shape=(table.num_rows, table.dim),
        metadata_path=f"{shared.table.name}.metadata.tsv",
        bookmarks_path=f"{table.name}.bookmarks.json" if table.layouts else "",
    )
    if shared.sprite is None:
        return entry
    return replace(entry, sprite_path=f"{shared.table.name}.sprite.png", tile=shared.sprite.tile)
