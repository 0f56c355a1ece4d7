"""A table as the viewer shows it, prepared once for every target."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.embedding import AUTO, Embedding
from projector_export.errors import InputError
from projector_export.large_arrays import take_rows
from projector_export.prepare.added_columns import add_columns
from projector_export.prepare.added_columns.base import RowTerms
from projector_export.prepare.added_columns.terms import metadata_terms
from projector_export.prepare.cells import is_numeric
from projector_export.prepare.colorings import Coloring, grouped_columns
from projector_export.prepare.colors import (
    add_grouped_copies,
    copy_name,
    legend_order,
    make_colorable,
)
from projector_export.prepare.fair_order import fair_order
from projector_export.prepare.geometry import pad_to_three, sphereize, viewer_ready
from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts, parameters
from projector_export.prepare.reduction import reduce_dimensions
from projector_export.prepare.sequences import sequence_numbers
from projector_export.prepare.shown_columns import ShownColumns, shown_columns
from projector_export.progress import ProgressCallback, no_progress
from projector_export.read.pictures import Pictures
from projector_export.viewer_facts import MAX_PCA_DIM, MAX_SERVED_ROWS

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PreparedTable:
    """Rows in the order of the legend, with everything computed from them.

    Attributes:
        name: the name that the viewer lists it under.
        vectors: float32 (N, D), whose neighbors in the viewer are their cosine neighbors.
        metadata: N rows; the viewer can color by the column `color_by`.
        color_by: the column that the map is colored by, if any.
        layouts: name -> float32 (N, 2 or 3), the user's own first.
        layout_parameters: name -> the parameters of a computed layout.
        rows: int (N,), which row of the embedding each row was.
        sequences: int (N,), rows of the same number are joined by a line in the order of `rows`;
            -1 for none. None if there are no lines.
        sprites: a picture for each row, if points are drawn as pictures.
        colorings: what the web page offers to color by, that of `color_by` first.
    """

    name: str
    vectors: Float32Matrix
    metadata: pd.DataFrame
    color_by: str | None = None
    layouts: Mapping[str, Float32Matrix] = field(default_factory=dict)
    layout_parameters: Mapping[str, Any] = field(default_factory=dict)
    rows: IntVector = None  # type: ignore[assignment]
    sequences: IntVector | None = None
    sprites: Pictures | None = None
    colorings: Sequence[Coloring] = ()

    def __post_init__(self) -> None:
        """Number the rows, unless they were numbered before their order changed."""
        if self.rows is None:
            object.__setattr__(self, "rows", np.arange(len(self.vectors)))

    @property
    def num_rows(self) -> int:
        """Number of rows, N."""
        return int(self.vectors.shape[0])

    @property
    def dim(self) -> int:
        """Length of one vector, D."""
        return int(self.vectors.shape[1])

    def take(self, rows: IntVector) -> PreparedTable:
        """Keep `rows`, in that order."""
        return replace(
            self,
            vectors=take_rows(self.vectors, rows),
            metadata=self.metadata.iloc[rows].reset_index(drop=True),
            layouts={name: layout[rows] for name, layout in self.layouts.items()},
            rows=self.rows[rows],
            sequences=None if self.sequences is None else self.sequences[rows],
            sprites=None if self.sprites is None else self.sprites.take(rows),
            colorings=tuple(coloring.take(rows) for coloring in self.colorings),
        )

    def layout_table(self, layout_name: str) -> PreparedTable:
        """Return a layout as a separate table: `<name>_<layout>`, (N, 3), centered on its mean.

        A 2D layout gets a third column of zeros, as the viewer draws nothing for two.
        """
        layout = self.layouts[layout_name]
        centered = layout - layout.mean(axis=0, dtype=np.float64)
        return replace(
            self,
            name=f"{self.name}_{layout_name}",
            vectors=np.pad(centered, ((0, 0), (0, 3 - layout.shape[1]))).astype(np.float32),
            layouts={layout_name: layout},
        )


def prepare(
    embedding: Embedding,
    *,
    max_colors: int = 10,
    layouts: LayoutOptions | None = None,
    in_fair_order: bool = False,
    on_progress: ProgressCallback = no_progress,
) -> PreparedTable:
    """Compute what the viewer shows of an embedding.

    Args:
        embedding: what the user passed.
        max_colors: how many values the column `color_by` may keep.
        layouts: the layouts to compute, in addition to the embedding's own.
        in_fair_order: order more rows than TensorBoard shows so that the first ones, which it
            shows, are a fair sample; else they keep their order.
        on_progress: called with the progress of each layout.
    """
    options = layouts or LayoutOptions()
    vectors = _shown_vectors(embedding, seed=options.seed)
    options = replace(
        options, names=tuple(name for name in options.names if name not in embedding.layouts)
    )
    # Vectors that are written as they are have the neighbors that the viewer makes of them.
    compared = vectors if embedding.prepare_vectors else sphereize(vectors)
    computed = compute_layouts(compared, options, on_progress=on_progress)
    all_layouts = {**embedding.layouts, **computed}
    with_added = _with_added_columns(embedding, compared, all_layouts)
    shown = _shown_columns(embedding, with_added, max_colors=max_colors)
    color_by, colorings = shown.color_by, shown.colorings
    sequences = _sequences(embedding, shown.metadata)
    metadata = make_colorable(shown.metadata, color_by, max_colors=max_colors)
    metadata = add_grouped_copies(metadata, grouped_columns(colorings), max_colors=max_colors)
    legends = _legends(metadata, color_by, colorings, max_colors=max_colors)
    order = legend_order(legends, len(metadata))
    if in_fair_order and len(metadata) > MAX_SERVED_ROWS:
        order = _fair_order(metadata, color_by, legends, name=embedding.name, seed=options.seed)
    return PreparedTable(
        name=embedding.name,
        vectors=vectors,
        metadata=metadata,
        color_by=color_by,
        layouts=all_layouts,
        layout_parameters={
            name: parameters(name, options, num_rows=len(vectors)) for name in computed
        },
        sequences=sequences,
        sprites=embedding.sprites,
        colorings=colorings,
    ).take(order)


def _sequences(embedding: Embedding, metadata: pd.DataFrame) -> IntVector | None:
    column = embedding.sequences
    return None if column is None else sequence_numbers(metadata[column])


def _with_added_columns(
    embedding: Embedding, compared: Float32Matrix, layouts: Mapping[str, Float32Matrix]
) -> pd.DataFrame:
    """Return the metadata with the columns that the embedding asks for.

    Raises:
        InputError: the map should be colored by one of them, which these rows cannot have.
    """

    def terms() -> RowTerms:
        return embedding.terms or metadata_terms(embedding.metadata)

    metadata = add_columns(embedding.metadata, embedding.add_columns, compared, layouts, terms)
    if embedding.color_by not in {AUTO, None, *map(str, metadata.columns)}:
        raise InputError(
            f"{embedding.name}: cannot be colored by {embedding.color_by}, which it does not have",
            tip="color by another column, or compute a map",
        )
    return metadata


def _shown_columns(
    embedding: Embedding, metadata: pd.DataFrame, *, max_colors: int
) -> ShownColumns:
    return shown_columns(
        metadata,
        embedding.color_by,
        full_text=embedding.full_text,
        max_colors=max_colors,
        added=embedding.add_columns,
    )


def _legends(
    metadata: pd.DataFrame, color_by: str | None, colorings: Sequence[Coloring], *, max_colors: int
) -> list[pd.Series]:
    """Return the columns whose legends the viewer shows in the order of rows, `color_by` first."""
    copies = [copy_name(name, max_colors) for name in grouped_columns(colorings)]
    columns = [metadata[name] for name in [color_by, *copies] if name in metadata.columns]
    return [column for column in columns if not is_numeric(column)]


def _shown_vectors(embedding: Embedding, *, seed: int) -> Float32Matrix:
    """Return the vectors that are written: prepared for the viewer, unless that is not wanted."""
    prepared = viewer_ready if embedding.prepare_vectors else pad_to_three
    vectors = prepared(embedding.vectors)
    if embedding.reduce_to is not None and embedding.reduce_to < embedding.dim:
        name, dim = embedding.name, embedding.reduce_to
        return prepared(reduce_dimensions(vectors, dim, name=name, seed=seed))
    if embedding.dim > MAX_PCA_DIM:
        logger.info(
            "%s: above %d dimensions the viewer's PCA is of a random projection, and its searches "
            "are slow; reduce %d to 50 with reduce_to=50 or --reduce-to 50",
            embedding.name,
            MAX_PCA_DIM,
            embedding.dim,
        )
    return vectors


def _fair_order(
    metadata: pd.DataFrame,
    color_by: str | None,
    legends: Sequence[pd.Series],
    *,
    name: str,
    seed: int,
) -> IntVector:
    """Order rows (N,) so that every first part is a fair sample, with the legends in order."""
    is_grouped = color_by is not None and not is_numeric(metadata[color_by])
    cells = metadata[color_by] if is_grouped else None
    order = fair_order(cells, len(metadata), seed=seed)
    logger.info(
        "%s: TensorBoard shows %s of %s rows, a random sample%s; the page and upload/ have more",
        name,
        f"{MAX_SERVED_ROWS:,}",
        f"{len(metadata):,}",
        f" with each {color_by} in proportion" if is_grouped else "",
    )
    return order[legend_order([cells.iloc[order] for cells in legends], len(order))]
