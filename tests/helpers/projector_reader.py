"""Read files like the viewer; written from its source, without code of the writers.

Each function follows the corresponding one in TensorBoard 2.21.0,
`tensorboard/plugins/projector/vz_projector/data-provider.ts`: `streamParse`, `parseMetadata`,
`analyzeMetadata` and `parseTensors`.
"""

from __future__ import annotations

import math
import string
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

CHUNK_BYTES = 1_000_000
MOST_COLORS = 50
# What String.prototype.trim and Number() strip.
BLANKS = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
# Own and inherited names of `new Object()`, in which the viewer counts values.
OBJECT_NAMES = (
    "__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __proto__ constructor "
    "hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf"
).split()

Cell = str | float | None


class NeverEndsError(Exception):
    """The page would say "Parsing metadata..." forever."""


@dataclass
class Column:
    """A column as the viewer reads it; `counts` is what the legend would show."""

    name: str
    is_numeric: bool = True
    too_many_values: bool = False
    counts: dict[str, float] = field(default_factory=dict)


@dataclass
class Metadata:
    """The result of reading: a dict for each point, and the columns."""

    points: list[dict[str, Cell]]
    columns: list[Column]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def cells(self, name: str) -> list[Cell]:
        return [point[name] for point in self.points]


def read_metadata(content: bytes, *, chunk_bytes: int = CHUNK_BYTES) -> Metadata:
    names = ["label"]
    points: list[dict[str, Cell]] = []
    is_first = True
    for line in stream_lines(content, chunk_bytes=chunk_bytes):
        if not line.strip(BLANKS):
            continue
        if is_first and "\t" in line:
            names = line.split("\t")
        else:
            values = line.split("\t")
            points.append(
                {
                    name: (values[place] if place < len(values) else None) or None
                    for place, name in enumerate(names)
                }
            )
        is_first = False
    columns = [Column(name) for name in names]
    for point in points:
        for column in columns:
            _analyze(point, column)
    return Metadata(points, columns)


def stream_lines(content: bytes, *, chunk_bytes: int = CHUNK_BYTES) -> Iterator[str]:
    offset, kept = 0, ""
    while True:
        chunk = content[offset : offset + chunk_bytes]
        if not chunk:
            raise NeverEndsError
        # FileReader.readAsText: bad bytes become U+FFFD, a byte order mark is dropped.
        parts = chunk.decode("utf-8", errors="replace").removeprefix("\ufeff").split("\n")
        offset += chunk_bytes
        if len(parts) == 1:
            kept += parts[0]
            continue
        yield kept + parts[0]
        yield from parts[1:-1]
        kept = parts[-1]
        if offset >= len(content) - 1:
            if kept:
                yield kept
            return


def read_vectors(content: bytes) -> np.ndarray:
    rows: list[list[float]] = []
    for line in stream_lines(content):
        if stripped := line.strip(BLANKS):
            cells = stripped.split("\t")
            if math.isnan(number(cells[0])) or (rows and len(rows[0]) == len(cells) - 1):
                cells = cells[1:]  # a label
            rows.append([number(cell) for cell in cells])
            assert len(rows[-1]) == len(rows[0]) > 1, "Vector dimensions do not match"
    return np.array(rows, dtype=np.float64).astype(np.float32)


def number(text: str) -> float:
    """JavaScript's Number(text)."""
    text = text.strip(BLANKS)
    if not text:
        return 0.0
    if text.lstrip("+-") == "Infinity" and len(text) <= len("+Infinity"):
        return -math.inf if text[0] == "-" else math.inf
    base = {"0x": 16, "0o": 8, "0b": 2}.get(text[:2].lower())
    digits = string.hexdigits if base == 16 else string.digits[:base]
    if base and len(text) > 2 and set(text[2:]) <= set(digits):
        return float(int(text[2:], base))
    if set(text) <= set("0123456789+-.eE"):
        try:
            return float(text)
        except ValueError:
            return math.nan
    return math.nan


def _analyze(point: dict[str, Cell], column: Column) -> None:
    value = point[column.name]
    if value is None:
        return
    shown = str(value)
    if not column.too_many_values:
        if shown in OBJECT_NAMES:
            column.counts[shown] = math.nan  # `in` finds inherited properties, and increments them
        else:
            column.counts[shown] = column.counts.get(shown, 0) + 1
        column.too_many_values = len(column.counts) > MOST_COLORS
    as_number = value if isinstance(value, float) else number(value)
    if math.isnan(as_number):
        column.is_numeric = False
    else:
        point[column.name] = as_number
