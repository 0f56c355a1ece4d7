"""The one thing that is passed around: named vectors with their metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix, IntVector
from projector_export.errors import InputError
from projector_export.nearest import nearest_names
from projector_export.write.metadata import column_names

# The viewer puts names into its requests unescaped (data-provider-server.ts:81), so `&`, `#`, `+`
# and `%` would break them; a slash would make a folder of the file that is named after it.
SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]*")


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """Vectors and what is known of each row.

    Attributes:
        name: what the viewer lists it as.
        vectors: float32 (N, D), finite.
        metadata: N rows; the first column is the label.
        color_by: the column that the map is colored by, if there is one.
        layouts: name -> float32 (N, 2) or (N, 3), coordinates of a finished map.

    Raises:
        InputError: the parts do not fit together, or hold what the viewer cannot show.
    """

    name: str
    vectors: Float32Matrix
    metadata: pd.DataFrame
    color_by: str | None = None
    layouts: Mapping[str, Float32Matrix] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what would show nothing, or the wrong thing."""
        if not SAFE_NAME.fullmatch(self.name):
            raise InputError(
                f"embedding name {self.name!r} has a character that breaks the viewer's requests",
                tip="use letters, digits, blanks and _ . - only",
            )
        if self.vectors.ndim != 2 or self.vectors.shape[1] < 1:
            raise InputError(
                f"{self.name}: vectors have shape {self.vectors.shape}; expected (rows, dimensions)"
            )
        if self.num_rows < 2:
            raise InputError(
                f"{self.name}: {self.num_rows} vectors; the viewer lists nothing with fewer than 2"
            )
        if self.num_rows != len(self.metadata):
            raise InputError(
                f"{self.name}: {self.num_rows} vectors but {len(self.metadata)} rows of metadata",
                tip=_row_count_tip(self.vectors, self.metadata),
            )
        if self.metadata.shape[1] == 0:
            raise InputError(f"{self.name}: metadata has no column; expected at least a label")
        column_names(self.metadata)  # refuses what the viewer cannot tell apart
        _refuse_non_finite(self.name, self.vectors)
        if self.color_by is not None and self.color_by not in self.metadata.columns:
            raise InputError(f"{self.name}: there is no metadata column {self.color_by!r}")

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

    def take(self, rows: IntVector) -> Embedding:
        """Keep `rows`, in that order."""
        return replace(
            self,
            vectors=self.vectors[rows],
            metadata=self.metadata.iloc[rows].reset_index(drop=True),
            layouts={name: layout[rows] for name, layout in self.layouts.items()},
        )

    def layout_embedding(self, layout_name: str) -> Embedding:
        """Make a table of its own of a layout: `<name>_<layout>`, (N, 3), about its mean.

        A flat layout gets a third column of zeros, as the viewer draws nothing for two.
        """
        layout = self.layouts[layout_name]
        centered = layout - layout.mean(axis=0, dtype=np.float64)
        return replace(
            self,
            name=f"{self.name}_{layout_name}",
            vectors=np.pad(centered, ((0, 0), (0, 3 - layout.shape[1]))).astype(np.float32),
            layouts={layout_name: layout},
        )


def existing_column(embedding: Embedding, name: str) -> None:
    """Refuse a column that does not exist.

    Raises:
        InputError: there is none of that name; the tip says which was probably meant.
    """
    columns = [str(column) for column in embedding.metadata.columns]
    if name not in columns:
        near = nearest_names(name, columns, limit=1)
        did_you_mean = f"did you mean {near[0]!r}? " if near else ""
        raise InputError(
            f"{embedding.name}: there is no metadata column {name!r}",
            tip=f"{did_you_mean}columns are: {', '.join(columns)}",
        )


def _refuse_non_finite(name: str, vectors: Float32Matrix) -> None:
    bad_rows = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if bad_rows.size:
        raise InputError(
            f"{name}: row {bad_rows[0]} holds NaN or infinity ({bad_rows.size} such rows); "
            "the viewer would draw nothing"
        )


def _row_count_tip(vectors: Float32Matrix, metadata: pd.DataFrame) -> str | None:
    """Say why (N, D) vectors and M rows of metadata may not fit."""
    num_rows, num_columns = metadata.shape
    if num_rows == vectors.shape[1]:
        return "the vectors seem to be transposed; save vectors.T instead"
    if num_rows == len(vectors) + 1 and num_columns == 1:
        return (
            f"the first line {str(metadata.iloc[0, 0])!r} seems to be a header; a file of one "
            "column has none, so delete that line"
        )
    if num_rows == len(vectors) - 1 and num_columns > 1:
        return "the first line was taken for a header; put one above it"
    return None
