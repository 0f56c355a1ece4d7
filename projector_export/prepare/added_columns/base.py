"""What a column that is added to the metadata is computed from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from projector_export.arrays import Float32Matrix

RowTerms = Sequence[Sequence[str]]  # for each row, such as its tags


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ColumnInput:
    """What there is to compute a column from.

    Attributes:
        vectors: float32 (N, D), as the viewer compares them.
        layout: the first map (N, 2 or 3), which the page opens on; None without maps.
        terms: what each of the N rows is about.
    """

    vectors: Float32Matrix
    layout: Float32Matrix | None
    terms: Callable[[], RowTerms]

    @property
    def map(self) -> Float32Matrix:
        """The first map, of which there must be one."""
        if self.layout is None:
            raise ValueError("there is no map")
        return self.layout


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedColumn:
    """A column that is computed.

    Attributes:
        compute: its N cells; None if these rows have none.
        when_missing: why rows may have none.
        needs_layout: whether it is about a map.
        max_rows: of more rows it would take hours.
    """

    compute: Callable[[ColumnInput], pd.Series | None]
    when_missing: str = "there are too few rows"
    needs_layout: bool = True
    max_rows: int | None = None
