"""The tables that a viewer lists, and the metadata and bookmarks beside their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from projector_export.embedding import Embedding
from projector_export.files import write_bytes_whole
from projector_export.prepare.layouts.compute import PCA
from projector_export.write.bookmarks import bookmarks_json, layout_bookmarks_json
from projector_export.write.metadata import metadata_tsv
from projector_export.write.projector_config import Table


def write_tables(
    folder: Path,
    embeddings: Sequence[Embedding],
    *,
    max_rows: int | None = None,
    with_pca: bool = False,
) -> list[tuple[Embedding, Table]]:
    """Write all but the vectors; list each table with what the viewer is told of it.

    Args:
        folder: where the files go.
        embeddings: prepared; each is followed by its layouts as tables of their own, which share
            its metadata. PCA gets none, as the viewer computes that from any table.
        max_rows: how many rows the viewer will take, where there is a limit.
        with_pca: bookmarks bring the principal components that TensorBoard would lose.
    """
    tables = []
    for embedding in embeddings:
        name = embedding.name
        write_bytes_whole(folder / f"{name}.metadata.tsv", metadata_tsv(embedding.metadata))
        if embedding.layouts:
            states = bookmarks_json(embedding, num_rows=max_rows, with_pca=with_pca)
            write_bytes_whole(folder / f"{name}.bookmarks.json", states)
        tables.append((embedding, _table(embedding, metadata_of=name)))
        for layout_name in embedding.layouts:
            if layout_name != PCA:
                layout_table = embedding.layout_embedding(layout_name)
                states = layout_bookmarks_json(embedding, layout_name, num_rows=max_rows)
                write_bytes_whole(folder / f"{layout_table.name}.bookmarks.json", states)
                tables.append((layout_table, _table(layout_table, metadata_of=name)))
    return tables


def _table(embedding: Embedding, *, metadata_of: str) -> Table:
    return Table(
        name=embedding.name,
        shape=(embedding.num_rows, embedding.dim),
        metadata_path=f"{metadata_of}.metadata.tsv",
        bookmarks_path=f"{embedding.name}.bookmarks.json" if embedding.layouts else "",
    )
