"""What the rows of an Embedding layer are: their metadata, and which of them are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import IntVector
from projector_export.embedding import AUTO
from projector_export.errors import InputError
from projector_export.read.objects import as_table

PADDING_ROW = 0  # of a layer with `mask_zero`


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What the rows of an Embedding layer are.

    >>> from projector_export.keras import Rows
    >>> rows = Rows(["king", "queen"], row_names={0: "[PAD]", 1: "[OOV]"})
    >>> rows.shown("words", num_rows=4)[1]["label"].tolist()
    ['[PAD]', '[OOV]', 'king', 'queen']

    Attributes:
        metadata: a row for each row of the layer, or for each that is neither skipped nor named;
            anything that `read.objects.as_table` takes. None labels them `row 0`, `row 1`, ...
        color_by: the column to color by; AUTO chooses the most informative one, None is none.
        max_colors: how many values that column may keep, 10 to 50; the rest become "Other".
        skip_rows: rows that are not shown, such as padding. None skips row 0 of a layer with
            `mask_zero=True`, unless it is named.
        row_names: row -> its label, such as `{1: "[OOV]"}`.
        sprites: draw pictures in place of points: a column of paths, or "initials".
    """

    metadata: Any = None
    color_by: str | None = AUTO
    max_colors: int = 10
    skip_rows: Sequence[int] | None = None
    row_names: Mapping[int, str] = field(default_factory=dict)
    sprites: str | None = None

    def shown(
        self, name: str, *, num_rows: int, has_padding: bool = False
    ) -> tuple[IntVector, pd.DataFrame]:
        """Return which rows (N,) of a layer are shown, and their metadata, N rows.

        Args:
            name: the layer's, for messages.
            num_rows: how many the layer has, its `input_dim`.
            has_padding: whether the layer masks row 0.

        Raises:
            InputError: the metadata does not fit the layer, or a row does not exist.
        """
        skipped = self._skipped(has_padding=has_padding)
        _refuse_impossible_rows(name, {*skipped, *self.row_names}, num_rows=num_rows)
        special = skipped | set(self.row_names)
        sources = _metadata_rows(name, self._table(num_rows), num_rows=num_rows, special=special)
        kept = np.setdiff1d(np.arange(num_rows), sorted(skipped))
        table = self._table(num_rows).reindex(sources[kept]).reset_index(drop=True)
        if self.row_names:
            labels = table.iloc[:, 0].astype(object)
            places = np.searchsorted(kept, list(self.row_names))
            labels.iloc[places] = list(self.row_names.values())
            table[table.columns[0]] = labels
        return kept, table

    def _skipped(self, *, has_padding: bool) -> set[int]:
        if self.skip_rows is not None:
            return set(self.skip_rows) - set(self.row_names)
        return {PADDING_ROW} - set(self.row_names) if has_padding else set()

    def _table(self, num_rows: int) -> pd.DataFrame:
        return as_table(self.metadata, num_rows=num_rows)


def _refuse_impossible_rows(name: str, rows: set[int], *, num_rows: int) -> None:
    if impossible := [row for row in sorted(rows) if not 0 <= row < num_rows]:
        raise InputError(
            f"{name}: there is no row {impossible[0]}; it has rows 0 to {num_rows - 1}"
        )


def _metadata_rows(
    name: str, table: pd.DataFrame, *, num_rows: int, special: set[int]
) -> IntVector:
    """Return which row of the metadata belongs to each row of the layer, -1 for none."""
    num_others = num_rows - len(special)
    if len(table) == num_rows:
        return np.arange(num_rows)
    if len(table) != num_others:
        raise _wrong_length(name, len(table), num_rows=num_rows, num_special=len(special))
    is_special = np.isin(np.arange(num_rows), sorted(special))
    return np.where(is_special, -1, np.cumsum(~is_special) - 1)


def _wrong_length(name: str, length: int, *, num_rows: int, num_special: int) -> InputError:
    expected = f"{num_rows}"
    if num_special:
        expected += f", or {num_rows - num_special} without the rows that are skipped or named"
    missing = num_rows - num_special - length
    tip = None
    if 0 < missing <= 3:
        tip = (
            "does the layer have rows for padding or unknown words? name or skip them: "
            'Rows(metadata, row_names={1: "[OOV]"}, skip_rows=[0])'
        )
    return InputError(f"{name}: {length} rows of metadata; expected {expected}", tip=tip)
