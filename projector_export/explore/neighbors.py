"""Exact cosine neighbors, and the row that a user's label refers to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from projector_export.arrays import Float32Matrix, Float64Vector, IntVector
from projector_export.errors import InputError
from projector_export.nearest import nearest_indices

MAX_SUGGESTIONS = 5
_DISAMBIGUATOR = re.compile(r"\s*\([^()]*\)\s*$")  # "Emma (novel)" is called Emma


def rank_by_similarity(
    similarities: Float64Vector, *, left_out: Sequence[int], k: int, order: str = "nearest"
) -> IntVector:
    """Return the `k` rows with the largest of `similarities` (N,), or the `least` ones.

    Rows in `left_out` are not returned. Rows with equal similarities keep their order.
    """
    keys = -similarities if order == "nearest" else similarities.copy()
    keys[list(left_out)] = np.inf
    k = min(k, len(keys) - len(set(left_out)))
    if k < 1:
        return np.arange(0)
    candidates = np.flatnonzero(keys <= np.partition(keys, k - 1)[k - 1])
    return candidates[np.argsort(keys[candidates], kind="stable")][:k]


def cosines(vectors: Float32Matrix, query: Float32Matrix) -> Float64Vector:
    """Return the cosine (N,) of each row of (N, D) to `query` (D,); 0 where one of them is zero."""
    # Row by row: a matrix product may round equal rows differently at different indices.
    query = query.astype(np.float64)
    products = np.einsum("nd,d->n", vectors, query)
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors, dtype=np.float64))
    lengths *= np.sqrt(np.einsum("d,d->", query, query))
    return np.divide(products, lengths, out=np.zeros(len(products)), where=lengths > 0).clip(-1, 1)


def find_row(labels: Sequence[str], wanted: str, *, table: str) -> int:
    """Find the row labeled `wanted`, by the most exact match that exists.

    Tried in turn: the label as it is; ignoring case and spaces; ignoring accents and punctuation;
    ignoring brackets at the end of one of the two, so that `Emma` finds "Emma (novel)". The last
    two need a single matching label.

    Raises:
        InputError: no label matches, or several do; the tip names these, or the nearest labels.
    """
    exact = [row for row, label in enumerate(labels) if label == wanted]
    by_case = _rows_alike(labels, wanted, _in_any_case)
    if found := exact or by_case:
        return found[0]
    for alike in (
        _rows_alike(labels, wanted, _letters),
        _rows_alike(labels, wanted, _base_letters, wanted_key=_letters),
        _rows_alike(labels, wanted, _letters, wanted_key=_base_letters),
    ):
        if len({_in_any_case(labels[row]) for row in alike}) > 1:
            names = _quoted(labels, alike)
            raise InputError(
                f"{wanted!r} matches several rows of {table}", tip=f"use one of {names}"
            )
        if alike:
            return alike[0]
    raise InputError(
        f"there is no row labeled {wanted!r} in {table}", tip=_suggestion(labels, wanted)
    )


def _rows_alike(
    labels: Sequence[str],
    wanted: str,
    key: Callable[[str], str],
    *,
    wanted_key: Callable[[str], str] | None = None,
) -> list[int]:
    sought = (wanted_key or key)(wanted)
    return [row for row, label in enumerate(labels) if sought and key(label) == sought]


def _suggestion(labels: Sequence[str], wanted: str) -> str:
    """Suggest labels that contain `wanted`, then those that are spelled like it."""
    keys = [_base_letters(label) for label in labels]
    key = _base_letters(wanted) or _letters(wanted)
    if not key:
        return "expected the label of a row"
    containing = [row for row, known in enumerate(keys) if key in known]
    near = nearest_indices(key, keys, limit=MAX_SUGGESTIONS)
    # A single letter is in nearly every label.
    rows = [*(containing[:MAX_SUGGESTIONS] if len(key) > 1 else ()), *near]
    return f"did you mean {_quoted(labels, rows)}?" if rows else "no label has a similar spelling"


def _quoted(labels: Sequence[str], rows: Sequence[int]) -> str:
    names = dict.fromkeys(str(labels[row]) for row in rows)
    return ", ".join(map(repr, list(names)[:MAX_SUGGESTIONS]))


def _in_any_case(label: str) -> str:
    return " ".join(str(label).casefold().split())


def _letters(label: str) -> str:
    """Return a label's letters and digits, without case, accents and punctuation."""
    spelled = unicodedata.normalize("NFKD", str(label).casefold())
    plain = "".join(letter for letter in spelled if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", plain))


def _base_letters(label: str) -> str:
    return _letters(_DISAMBIGUATOR.sub("", str(label)))
