"""A folder of Chroma: a collection's embeddings, with documents as labels, metadata and ids."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from projector_export.errors import InputError
from projector_export.read.formats.base import (
    FileFormat,
    Source,
    choose_array,
    damage_as_input_error,
    float32_matrix,
    require_extra,
)
from projector_export.read.formats.columns import label_first, table_of_records

DATABASE_NAME = "chroma.sqlite3"
ROWS_PER_PAGE = 5_000
PARTS = ["embeddings", "documents", "metadatas"]


def _recognizes(path: Path, _head: bytes) -> bool:
    return (path / DATABASE_NAME).is_file()


def _read(path: Path, array: str | None) -> Source:
    with _opened_copy(path) as client:
        names = [collection.name for collection in client.list_collections()]
        name = choose_array(path, dict.fromkeys(names, ()), array)
        collection = client.get_collection(name, embedding_function=None)
        pages = list(_pages(collection))
    if not pages:
        raise InputError(f"{path}: the collection {name!r} is empty")
    table = table_of_records([row for page in pages for row in _records(page)])
    vectors = np.concatenate([np.asarray(page["embeddings"]) for page in pages])
    return Source(float32_matrix(path, vectors), label_first(table))


@contextmanager
def _opened_copy(path: Path) -> Iterator[Any]:
    """Open a copy of the folder, as Chroma writes into one that it opens."""
    chromadb = require_extra("chromadb", "chroma", path)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        copy = Path(temporary) / "chroma"
        shutil.copytree(path, copy)
        settings = chromadb.Settings(anonymized_telemetry=False)
        with damage_as_input_error(path, "a Chroma folder"):
            yield chromadb.PersistentClient(str(copy), settings=settings)


def _pages(collection: Any) -> Iterator[dict[str, Any]]:
    for offset in range(0, collection.count(), ROWS_PER_PAGE):
        yield collection.get(include=PARTS, limit=ROWS_PER_PAGE, offset=offset)


def _records(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row of metadata for each embedding, its document or else its id first, as the label.

    Text among the other values may be a category.
    """
    num_rows = len(page["ids"])
    documents = page["documents"] or [None] * num_rows
    metadata = page["metadatas"] or [None] * num_rows
    for key, document, values in zip(page["ids"], documents, metadata, strict=True):
        yield {**({"document": document} if document else {}), "id": key, **(values or {})}


FORMAT = FileFormat(title="Chroma folder", recognizes=_recognizes, read=_read, is_folder=True)
