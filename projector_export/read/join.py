"""Join vectors with the metadata of another file, by the order of rows or by a key."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pandas as pd

from projector_export.errors import InputError
from projector_export.nearest import did_you_mean

logger = logging.getLogger(__name__)


def join_by_order(own: pd.DataFrame | None, given: pd.DataFrame) -> pd.DataFrame:
    """Return `given`, followed by the columns that only the vectors' file has.

    If the numbers of rows differ, the result has those of `given`; an Embedding refuses it.
    """
    if own is None or len(own) != len(given):
        return given
    new = [name for name in own if str(name) not in set(map(str, given))]
    return pd.concat([given.reset_index(drop=True), own[new].reset_index(drop=True)], axis=1)


def join_by_key(own: pd.DataFrame, given: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return `own`, followed by the columns of the row of `given` with the same key.

    Every vector stays, in its place. One without a row gets empty cells; rows without a vector are
    left out. Both are counted in one line of the log. Keys are compared as text.

    Args:
        own: the metadata in the vectors' file: its column `key`, or else its label.
        given: the other file's metadata.
        key: a column of `given`.

    Raises:
        InputError: there is no such column, no key matches, or two rows have the same.
    """
    _require_column(given, key)
    own_key = own[key] if key in own else own.iloc[:, 0]
    wanted, known = _as_text(own_key), _as_text(given[key])
    row_of = {cell: row for row, cell in enumerate(known)}
    if len(row_of) < len(known):
        repeated = next(cell for row, cell in enumerate(known) if row_of[cell] != row)
        raise InputError(f"the metadata has two rows with {key} {repeated!r}; expected one")
    rows = [row_of.get(cell, -1) for cell in wanted]
    _count_unmatched(wanted, known, rows, key)
    own_names = set(map(str, own))
    new = given[[name for name in given if name != key and str(name) not in own_names]]
    found = new.reindex([row if row >= 0 else None for row in rows]).reset_index(drop=True)
    return pd.concat([own.reset_index(drop=True), found], axis=1)


def _require_column(given: pd.DataFrame, key: str) -> None:
    names = list(map(str, given))
    if key not in names:
        tip = did_you_mean(key, names)
        raise InputError(
            f"the metadata has no column {key!r} to join on",
            tip=f"{tip}columns are: {', '.join(names)}",
        )


def _count_unmatched(
    wanted: Sequence[str], known: Sequence[str], rows: Sequence[int], key: str
) -> None:
    num_bare = rows.count(-1)
    num_unused = len(known) - len(set(rows) - {-1})
    if num_bare == len(rows):
        raise InputError(
            f"no vector has a row of metadata by {key!r}: the first vector's is {wanted[0]!r}, "
            f"and the first row's {known[0]!r}"
        )
    if num_bare or num_unused:
        logger.info(
            "by %s, %s of %s vectors have no row of metadata, and %s of %s rows no vector",
            key,
            f"{num_bare:,}",
            f"{len(rows):,}",
            f"{num_unused:,}",
            f"{len(known):,}",
        )


def _as_text(column: pd.Series) -> list[str]:
    """Normalize keys: 7 equals 7.0, which it becomes in a column with missing numbers."""
    return [
        str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
        for cell in column
    ]
