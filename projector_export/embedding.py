"""Named vectors with their metadata: what goes into an export."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError
from projector_export.nearest import did_you_mean
from projector_export.prepare.added_columns import require_addable
from projector_export.prepare.cells import column_names
from projector_export.prepare.columns import refuse_nested
from projector_export.read.objects import as_matrix, as_table
from projector_export.read.pictures import Pictures, as_pictures
from projector_export.read.whole_tables import split_table
from projector_export.viewer_facts import MIN_DIM

AUTO = "auto"
ROWS_PER_CHUNK = 65_536  # checked for NaN at a time
# The viewer puts names into its requests unescaped (data-provider-server.ts:81), so `&`, `#`, `+`
# and `%` would break them; a slash would put the file that is named after it into a folder.
SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]*")


class EmbeddingOptions(TypedDict, total=False):
    """The attributes of an `Embedding` that `export` passes on as they are."""

    sequences: str | None
    full_text: bool
    reduce_to: int | None
    prepare_vectors: bool
    sprites: Any
    add_columns: Sequence[str]
    terms: Any


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """Named vectors with their metadata.

    >>> import projector_export as px
    >>> px.Embedding("words", [[1, 0, 0], [0, 1, 0]], {"word": ["king", "queen"]}).dim
    3

    Attributes:
        name: the name that the viewer lists it under.
        vectors: float32 (N, D), finite; anything that `read.objects.as_matrix` takes is converted.
        metadata: N rows, the first column is the label; anything that `read.objects.as_table`
            takes is converted. None takes the other columns of a table that the vectors are in.
        color_by: the column to color by; AUTO chooses the most informative one, None is none.
        layouts: name -> float32 (N, 2) or (N, 3), your own coordinates. Each becomes a layout to
            choose in the viewer, before those that are computed.
        sequences: a column; rows with the same value in it are joined by a line, in their order.
        full_text: keep the full text of cells above 200 characters, which are shortened, in a
            column `<column>_full`.
        reduce_to: reduce wide vectors to so many dimensions, by PCA.
        prepare_vectors: scale and center vectors so that the viewer lists their cosine neighbors;
            if False, they are written unchanged.
        sprites: pictures to draw in place of points: (N, H, W[, C]) images, N paths, the name of a
            column of paths, or "initials"; anything that `read.pictures.as_pictures` takes.
        add_columns: columns to compute: "map_region" names the regions of the first map,
            "layout_trust" is how far to trust a point's place on it, "hubness" is how many rows
            have this one among their 10 nearest.
        terms: for each row, terms to name regions by, such as tags; by default those of metadata.

    Raises:
        InputError: the parts do not fit together, or contain what the viewer cannot show.
    """

    name: str
    vectors: Float32Matrix
    metadata: pd.DataFrame = None  # type: ignore[assignment]
    color_by: str | None = AUTO
    layouts: Mapping[str, Float32Matrix] = field(default_factory=dict)
    sequences: str | None = None
    full_text: bool = False
    reduce_to: int | None = None
    prepare_vectors: bool = True
    sprites: Pictures | None = None
    add_columns: Sequence[str] = ()
    terms: Sequence[Sequence[str]] | None = None

    def __post_init__(self) -> None:
        """Convert the parts, and refuse what the viewer would not show, or show wrongly."""
        set_attribute = partial(object.__setattr__, self)
        _refuse_unsafe_name(self.name)
        vectors, metadata = split_table(self.vectors, self.metadata)
        set_attribute("vectors", as_matrix(vectors))
        set_attribute("metadata", as_table(metadata, num_rows=len(self.vectors)))
        set_attribute("layouts", {name: as_matrix(xy) for name, xy in self.layouts.items()})
        _refuse_wrong_shapes(self)
        column_names(self.metadata)  # refuses names that the viewer cannot distinguish
        refuse_nested(self.metadata)
        _refuse_non_finite(self.name, self.vectors)
        require_addable(self.add_columns, self.metadata, table=self.name)
        _refuse_wrong_terms(self)
        if self.color_by is not None and self.color_by not in {AUTO, *self.add_columns}:
            require_column(self, self.color_by)
        if self.sequences is not None:
            require_column(self, self.sequences)
        _refuse_wrong_reduction(self)
        set_attribute("sprites", as_pictures(self.sprites, self.metadata))
        for name, layout in self.layouts.items():
            _refuse_wrong_layout(self, name, layout)

    @property
    def num_rows(self) -> int:
        """Number of vectors, N."""
        return int(self.vectors.shape[0])

    @property
    def dim(self) -> int:
        """Length of one vector, D."""
        return int(self.vectors.shape[1])

    @property
    def labels(self) -> list[str]:
        """The first column's cells as text, one per row."""
        return [str(cell) for cell in self.metadata.iloc[:, 0]]


def require_column(embedding: Embedding, name: str) -> None:
    """Refuse a column that does not exist.

    Raises:
        InputError: there is no column of that name; the tip suggests the nearest one.
    """
    columns = [str(column) for column in embedding.metadata.columns]
    if name not in columns:
        tip = did_you_mean(name, columns)
        raise InputError(
            f"{embedding.name}: there is no metadata column {name!r}",
            tip=f"{tip}columns are: {', '.join(columns)}",
        )


def _refuse_unsafe_name(name: str) -> None:
    if not SAFE_NAME.fullmatch(name):
        raise InputError(
            f"embedding name {name!r} has a character that breaks the viewer's requests",
            tip="use only letters, digits, spaces and _ . -",
        )


def _refuse_wrong_shapes(embedding: Embedding) -> None:
    name, num_rows, metadata = embedding.name, embedding.num_rows, embedding.metadata
    if embedding.dim < 1:
        raise InputError(f"{name}: vectors have no dimension")
    if num_rows < 2:
        counted = "1 vector" if num_rows == 1 else "no vectors"
        raise InputError(f"{name}: {counted}; the viewer lists nothing with fewer than 2")
    if num_rows != len(metadata):
        raise InputError(
            f"{name}: {num_rows} vectors but {len(metadata)} rows of metadata",
            tip=_row_count_tip(embedding.vectors, metadata),
        )
    if metadata.shape[1] == 0:
        raise InputError(f"{name}: metadata has no column; expected at least a label")


def _refuse_wrong_layout(embedding: Embedding, name: str, layout: Float32Matrix) -> None:
    if not SAFE_NAME.fullmatch(name):
        raise InputError(f"{embedding.name}: layout name {name!r} has an unsafe character")
    if layout.shape not in {(embedding.num_rows, 2), (embedding.num_rows, 3)}:
        raise InputError(
            f"{embedding.name}: layout {name!r} has shape {layout.shape}; "
            f"expected ({embedding.num_rows}, 2) or ({embedding.num_rows}, 3)"
        )
    _refuse_non_finite(f"{embedding.name}: layout {name!r}", layout)


def _refuse_wrong_terms(embedding: Embedding) -> None:
    if embedding.terms is not None and len(embedding.terms) != embedding.num_rows:
        raise InputError(
            f"{embedding.name}: terms of {len(embedding.terms):,} rows; expected a list for each "
            f"of {embedding.num_rows:,}"
        )


def _refuse_wrong_reduction(embedding: Embedding) -> None:
    most = min(embedding.num_rows, embedding.dim)
    if embedding.reduce_to is not None and not MIN_DIM <= embedding.reduce_to <= most:
        raise InputError(
            f"{embedding.name}: {embedding.num_rows:,} vectors of {embedding.dim} dimensions "
            f"cannot be reduced to {embedding.reduce_to}; expected {MIN_DIM} to {most}"
        )


def _refuse_non_finite(name: str, vectors: Float32Matrix) -> None:
    starts = range(0, len(vectors), ROWS_PER_CHUNK)
    chunks = (vectors[start : start + ROWS_PER_CHUNK] for start in starts)
    is_finite = [np.isfinite(chunk).all(axis=1) for chunk in chunks]
    bad_rows = np.flatnonzero(~np.concatenate(is_finite))
    if bad_rows.size:
        raise InputError(
            f"{name}: row {bad_rows[0]} contains NaN or infinity ({bad_rows.size} such rows); "
            "the viewer would draw nothing",
            tip="leave such rows out of the vectors and of the metadata: "
            "kept = np.isfinite(vectors).all(axis=1)",
        )


def _row_count_tip(vectors: Float32Matrix, metadata: pd.DataFrame) -> str | None:
    """Explain why (N, D) vectors and M rows of metadata may not fit."""
    num_rows, num_columns = metadata.shape
    if num_rows == vectors.shape[1]:
        return "the vectors seem to be transposed; save vectors.T instead"
    if num_rows == len(vectors) + 1 and num_columns == 1:
        return (
            f"the first line {str(metadata.iloc[0, 0])!r} seems to be a header; a file with one "
            "column has none, so delete that line"
        )
    if num_rows == len(vectors) - 1 and num_columns > 1:
        return "the first line was read as a header; add a header above it"
    return None
