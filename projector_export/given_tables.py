"""The tables that a user passes to `export` as embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from projector_export.embedding import Embedding
from projector_export.errors import UsageError


def given_embeddings(vectors: Any, *others: Any) -> list[Embedding]:
    """Return `vectors` as a list of embeddings; empty if they are something else.

    Raises:
        UsageError: there is something else among them, or any of `others` that belongs in them.
    """
    tables = [vectors] if isinstance(vectors, Embedding) else vectors
    if not isinstance(tables, Sequence) or not any(isinstance(one, Embedding) for one in tables):
        return []
    if any(other is not None and len(other) for other in others):
        raise UsageError("with Embeddings, metadata and options belong in each of them")
    if not all(isinstance(table, Embedding) for table in tables):
        raise UsageError("expected every table to be an Embedding")
    return list(tables)
