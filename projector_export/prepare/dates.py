"""Dates as the viewer can use them: ISO text, which sorts, and years, which it can color."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from projector_export.arrays import Float64Vector
from projector_export.prepare.cells import MISSING_TEXTS, UNKNOWN, is_missing

Moments = npt.NDArray[np.datetime64]
UNITS_OF_TIME = ("s", "ms", "us", "ns")
NO_DATE = MISSING_TEXTS | {"NaT"}
# A whole date, perhaps with a time and its zone; databases and pandas write a blank for the T.
_ISO_8601 = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)?)?", re.ASCII
)


@dataclass(frozen=True, slots=True, eq=False)
class Dates:
    """A column of dates or times: `moments`, datetime64 (N,), with NaT where one is missing.

    Times with a zone are in UTC, or they would not sort; if all are midnights in their own zone,
    they are dates of that zone.
    """

    moments: Moments
    is_utc: bool = False

    def texts(self) -> list[str]:
        """Write them as ISO 8601, all with the same length; without times if there are none."""
        present = self.moments[~np.isnat(self.moments)]
        unit = "D"
        if self.is_utc or not _is_whole(present, "D"):
            unit = next((unit for unit in UNITS_OF_TIME if _is_whole(present, unit)), "ns")
        zone = "Z" if self.is_utc else ""
        # NumPy prints datetime64 as ISO 8601, to the unit of the array.
        texts = self.moments.astype(f"M8[{unit}]").astype(str).tolist()
        return [UNKNOWN if text == "NaT" else f"{text}{zone}" for text in texts]

    def years(self) -> Float64Vector:
        """Return them as years (N,): the middle of 1999 is 1999.5; NaN where one is missing."""
        years = self.moments.astype("M8[Y]")
        start, end = years.astype("M8[s]"), (years + 1).astype("M8[s]")
        passed = (self.moments.astype("M8[s]") - start) / (end - start)
        return np.round(1970 + years.astype("int64") + passed, 6)


def dates_of(column: pd.Series) -> Dates | None:
    """Return a column of dates or times, or None if it contains anything else, or nothing.

    Text counts if all of it is ISO 8601. 01/02/03 could be three dates, so it stays text.
    """
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind == "M":
        return Dates(column.to_numpy())
    if isinstance(dtype, pd.CategoricalDtype):
        column, dtype = column.astype(object), dtype.categories.dtype
    if not any(word in str(dtype) for word in ("object", "date", "timestamp", "str")):
        return None
    first = next((value for value in column if not is_missing(value)), None)
    values = _parsed(column) if isinstance(first, str) else list(column)
    present = [value for value in values if not is_missing(value)]
    if not present or not all(isinstance(value, date | np.datetime64) for value in present):
        return None
    zones = {_is_zoned(value) for value in present}
    return _dates_of_objects(values, is_zoned=zones == {True}) if len(zones) == 1 else None


def _parsed(texts: Iterable[Any]) -> list[datetime | None]:
    """Read ISO 8601; return nothing if there is anything else."""
    moments: list[datetime | None] = []
    for text in texts:
        if is_missing(text) or (isinstance(text, str) and text.strip() in NO_DATE):
            moments.append(None)
        elif isinstance(text, str) and _ISO_8601.fullmatch(text.strip()):
            try:
                moments.append(datetime.fromisoformat(text.strip()))
            except ValueError:  # such as February 30
                return []
        else:
            return []
    return moments


def _dates_of_objects(values: Sequence[Any], *, is_zoned: bool) -> Dates:
    local = _moments(values)
    if not is_zoned or _is_whole(local[~np.isnat(local)], "D"):
        return Dates(local)
    return Dates(_moments(values, in_utc=True), is_utc=True)


def _is_zoned(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _moments(values: Sequence[Any], *, in_utc: bool = False) -> Moments:
    return np.array([_moment(value, in_utc=in_utc) for value in values], dtype="M8[us]")


def _moment(value: Any, *, in_utc: bool) -> np.datetime64:
    if is_missing(value):
        return np.datetime64("NaT")
    if _is_zoned(value):
        value = (value.astimezone(UTC) if in_utc else value).replace(tzinfo=None)
    return value.to_datetime64() if isinstance(value, pd.Timestamp) else np.datetime64(value)


def _is_whole(moments: Moments, unit: str) -> bool:
    return bool((moments == moments.astype(f"M8[{unit}]")).all())
