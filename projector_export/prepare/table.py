"""A table as the viewer shows it, prepared once for every target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.embedding import AUTO, Embedding
from projector_export.prepare.cells import is_numeric
from projector_export.prepare.colorings import Coloring, grouped_columns, make_colorings
from projector_export.prepare.colors import (
    add_grouped_copies,
    best_color_column,
    copy_name,
    legend_order,
    make_colorable,
)
from projector_export.prepare.geometry import viewer_ready
from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts, parameters
from projector_export.progress import ProgressCallback, no_progress


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
        colorings: what the web page offers to color by, that of `color_by` first.
    """

    name: str
    vectors: Float32Matrix
    metadata: pd.DataFrame
    color_by: str | None = None
    layouts: Mapping[str, Float32Matrix] = field(default_factory=dict)
    layout_parameters: Mapping[str, Any] = field(default_factory=dict)
    colorings: Sequence[Coloring] = ()

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
            vectors=self.vectors[rows],
            metadata=self.metadata.iloc[rows].reset_index(drop=True),
            layouts={name: layout[rows] for name, layout in self.layouts.items()},
            colorings=tuple(coloring.take(rows) for coloring in self.colorings),
        )

    def layout_table(self, layout_name: str) -> PreparedTable:
        """Return a layout as a table of its own: `<name>_<layout>`, (N, 3), centered on its mean.

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
    on_progress: ProgressCallback = no_progress,
) -> PreparedTable:
    """Compute what the viewer shows of an embedding.

    Args:
        embedding: what the user passed.
        max_colors: how many values the column `color_by` may keep.
        layouts: the layouts to compute, in addition to the embedding's own.
        on_progress: called with the progress of each layout.
    """
    vectors = viewer_ready(embedding.vectors)
    options = layouts or LayoutOptions()
    options = replace(
        options, names=tuple(name for name in options.names if name not in embedding.layouts)
    )
    computed = compute_layouts(vectors, options, on_progress=on_progress)
    color_by = embedding.color_by
    if color_by == AUTO and AUTO not in embedding.metadata.columns:
        color_by = best_color_column(embedding.metadata, max_colors=max_colors)
    colorings = make_colorings(embedding.metadata, color_by)
    metadata = make_colorable(embedding.metadata, color_by, max_colors=max_colors)
    metadata = add_grouped_copies(metadata, grouped_columns(colorings), max_colors=max_colors)
    return PreparedTable(
        name=embedding.name,
        vectors=vectors,
        metadata=metadata,
        color_by=color_by,
        layouts={**embedding.layouts, **computed},
        layout_parameters={
            name: parameters(name, options, num_rows=len(vectors)) for name in computed
        },
        colorings=colorings,
    ).take(_row_order(metadata, color_by, colorings, max_colors=max_colors))


def _row_order(
    metadata: pd.DataFrame, color_by: str | None, colorings: Sequence[Coloring], *, max_colors: int
) -> IntVector:
    """Order rows (N,) so that the viewer's legends are in order, above all that of `color_by`."""
    copies = [copy_name(name, max_colors) for name in grouped_columns(colorings)]
    columns = [metadata[name] for name in [color_by, *copies] if name in metadata.columns]
    return legend_order([column for column in columns if not is_numeric(column)], len(metadata))
