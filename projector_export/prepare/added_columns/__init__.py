"""Columns that are computed from the vectors and their maps; one module each, one registry."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError
from projector_export.nearest import did_you_mean
from projector_export.prepare.added_columns import hubness, layout_trust, regions
from projector_export.prepare.added_columns.base import AddedColumn, ColumnInput, RowTerms

logger = logging.getLogger(__name__)

MAP_REGION = "map_region"

ADDED_COLUMNS: Mapping[str, AddedColumn] = {
    MAP_REGION: regions.COLUMN,
    "layout_trust": layout_trust.COLUMN,
    "hubness": hubness.COLUMN,
}


def require_addable(names: Sequence[str], metadata: pd.DataFrame, *, table: str) -> None:
    """Refuse columns that cannot be computed, or that the metadata has already.

    Raises:
        InputError: there is such a column; the tip says which can be added.
    """
    for name in names:
        if name not in ADDED_COLUMNS:
            tip = did_you_mean(name, list(ADDED_COLUMNS))
            raise InputError(
                f"{table}: there is no column {name!r} to add",
                tip=f"{tip}these can be added: {', '.join(ADDED_COLUMNS)}",
            )
        if name in map(str, metadata.columns):
            raise InputError(
                f"{table}: metadata already has a column {name!r}",
                tip="rename or drop it, or do not add it",
            )


def add_columns(
    metadata: pd.DataFrame,
    names: Sequence[str],
    vectors: Float32Matrix,
    layouts: Mapping[str, Float32Matrix],
    terms: Callable[[], RowTerms],
) -> pd.DataFrame:
    """Add columns to N rows of metadata; one that these rows cannot have is left out, and logged.

    Args:
        metadata: N rows.
        names: keys of ADDED_COLUMNS.
        vectors: (N, D), as the viewer compares them.
        layouts: their maps, of which the first one counts.
        terms: returns what each row is about.

    Raises:
        InputError: there are too many rows for a column.
    """
    given = ColumnInput(vectors=vectors, layout=next(iter(layouts.values()), None), terms=terms)
    for name in names:
        column = ADDED_COLUMNS[name]
        if column.max_rows is not None and len(metadata) > column.max_rows:
            raise InputError(
                f"{name} of {len(metadata):,} rows would take hours; expected at most "
                f"{column.max_rows:,} rows"
            )
        has_input = given.layout is not None or not column.needs_layout
        cells = column.compute(given) if has_input else None
        if cells is None:
            logger.info("no %s: %s", name, column.when_missing if has_input else "there is no map")
        else:
            metadata = metadata.assign(**{name: cells.set_axis(metadata.index)})
    return metadata
