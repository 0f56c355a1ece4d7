"""Exact cosine neighbors, and finding the row that a person means."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from projector_export.arrays import Float32Matrix, Float64Vector
from projector_export.errors import InputError


@dataclass(frozen=True, slots=True)
class Neighbor:
    """One row near the asked one: its place, label and cosine similarity (-1 to 1)."""

    rank: int
    label: str
    similarity: float


def find_neighbors(
    vectors: Float32Matrix, labels: Sequence[str], row: int, *, k: int, order: str = "nearest"
) -> list[Neighbor]:
    """List the `k` rows of (N, D) that are `nearest` to row `row`, or `least` similar to it.

    The row itself is left out. Equal similarities go by row.
    """
    similarities = cosines(vectors, row)
    keys = -similarities if order == "nearest" else similarities.copy()
    keys[row] = np.inf
    k = min(k, len(keys) - 1)
    candidates = np.flatnonzero(keys <= np.partition(keys, k - 1)[k - 1])
    rows = candidates[np.argsort(keys[candidates], kind="stable")][:k]
    return [
        Neighbor(rank, str(labels[found]), float(similarities[found]))
        for rank, found in enumerate(rows, start=1)
    ]


def cosines(vectors: Float32Matrix, row: int) -> Float64Vector:
    """Cosine (N,) of each row of (N, D) to row `row`; 0 where a row is zero."""
    # Row by row: a matrix product may round the same row differently at different places.
    products = np.einsum("nd,d->n", vectors, vectors[row].astype(np.float64))
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64))
    lengths *= lengths[row]
    return np.divide(products, lengths, out=np.zeros(len(products)), where=lengths > 0).clip(-1, 1)


def find_row(labels: Sequence[str], wanted: str, *, what: str) -> int:
    """Find the row labelled `wanted`, in any case and with any blanks.

    Raises:
        InputError: no such label; the message names the nearest ones.
    """
    keys = [_key(label) for label in labels]
    if (key := _key(wanted)) in keys:
        exact = [row for row, label in enumerate(labels) if label == wanted]
        return exact[0] if exact else keys.index(key)
    raise InputError(f"there is no {what} {wanted!r}", tip=_suggestion(keys, labels, key))


def _suggestion(keys: Sequence[str], labels: Sequence[str], key: str) -> str:
    close = [row for row, known in enumerate(keys) if key and (key in known)][:5]
    for name in difflib.get_close_matches(key, keys, n=5, cutoff=0.6):
        close.append(keys.index(name))
    names = list(dict.fromkeys(str(labels[row]) for row in close))[:5]
    return "did you mean " + ", ".join(map(repr, names)) + "?" if names else "nothing is like it"


def _key(label: str) -> str:
    return " ".join(str(label).casefold().split())
