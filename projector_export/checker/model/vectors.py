"""Vectors as TensorBoard's server and the page read them: text, raw float32, or a checkpoint's.

Sources: _read_tensor_tsv_file and _read_tensor_binary_file in projector_plugin.py:142-156,
parseTensors in data-provider.ts:212-262, TensorBoard 2.21.0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Literal

from projector_export.checker.model.javascript import WHITESPACE
from projector_export.checker.model.stream import Occurrences, Stream, batches, stream_of
from projector_export.checker.model.text_or_bytes import is_row, server_reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FLOAT_BYTES = 4
MAX_FLOAT32_DIGITS = 9  # restore every float32
NUM_LINES_TO_JUDGE = 200
Reader = Literal["TensorBoard", "page"]


@dataclass(slots=True, kw_only=True)
class Vectors:
    """The file of one tensor, as the viewer reads it.

    Attributes:
        path: the file, or the checkpoint's prefix.
        kind: how it is read.
        matrix: float32 (N, D), or None if reading fails.
        not_numbers: cells that are not finite numbers.
        words: those of them that Python's float() does not accept either.
        unequal_rows: rows with another length than the first.
        size: the file's bytes, for `binary`.
        shape: (N, D) from the config, or () if it has none.
        misread_as_text: raw float32 whose first line the server mistakes for text.
        num_digits: significant digits of a typical number, for `text`.
        row_labels: whether every line starts with a word, which the page reads as a label.
        lines: the stream that the text was read from.
    """

    path: Path
    kind: Literal["text", "binary", "checkpoint"]
    matrix: NDArray[np.float32] | None = None
    not_numbers: Occurrences = field(default_factory=Occurrences)
    words: Occurrences = field(default_factory=Occurrences)
    unequal_rows: Occurrences = field(default_factory=Occurrences)
    size: int = 0
    shape: tuple[int, ...] = ()
    misread_as_text: Occurrences = field(default_factory=Occurrences)
    num_digits: int = 0
    row_labels: bool = False
    lines: Stream | None = None

    @property
    def num_rows(self) -> int | None:
        """N, if it is known."""
        return None if self.matrix is None else int(self.matrix.shape[0])

    @property
    def dim(self) -> int | None:
        """D, if it is known."""
        return None if self.matrix is None else int(self.matrix.shape[1])

    @property
    def has_wrong_size(self) -> bool:
        """Whether a raw file does not have the size of its shape."""
        is_raw = self.kind == "binary" and len(self.shape) == 2
        return is_raw and self.size != math.prod(self.shape) * FLOAT_BYTES

    @property
    def is_read_by_server(self) -> bool:
        """Whether the server can read the file; a NaN does not stop it."""
        return self.matrix is not None and not self.unequal_rows and not self.words


def read_text(
    path: Path, *, reader: Reader, advance: Callable[[int], None] = lambda _: None
) -> Vectors:
    """Read tab-separated numbers, one vector per line, like `reader`."""
    stream = stream_of(path, sender="file" if reader == "page" else "TensorBoard")
    vectors = Vectors(path=path, kind="text", lines=stream)
    with TemporaryFile(prefix="projector-export-") as numbers:
        rows = _TextRows(vectors, reader, numbers)
        for batch in batches(stream, advance):
            rows.add(batch.lines, batch.first_line)
        vectors.matrix = rows.matrix()
    return vectors


def read_binary(path: Path, shape: tuple[int, ...], *, reader: Reader) -> Vectors:
    """Read raw float32 by the config's shape; the file is memory-mapped."""
    import numpy as np

    size = path.stat().st_size
    vectors = Vectors(path=path, kind="binary", size=size, shape=shape)
    if reader == "TensorBoard":
        how, vectors.misread_as_text = server_reading(path)
        if how == "text" and not vectors.misread_as_text:
            vectors.misread_as_text.add(line=1, byte=0, sample="all of it decodes as UTF-8")
    is_usable = len(shape) == 2 and min(shape) > 0 and size > 0 and size % FLOAT_BYTES == 0
    if not is_usable or vectors.misread_as_text:
        return vectors
    num_rows = shape[0] if reader == "TensorBoard" else size // FLOAT_BYTES // shape[1]
    if num_rows * shape[1] * FLOAT_BYTES == size:
        vectors.matrix = np.memmap(path, dtype="<f4", mode="r", shape=(num_rows, shape[1]))
    return vectors


def read_checkpoint(prefix: Path, matrix: NDArray[np.float32]) -> Vectors:
    """Return a checkpoint's (N, D) tensor as the server sends it: as float32."""
    import numpy as np

    return Vectors(path=prefix, kind="checkpoint", matrix=matrix.astype(np.float32, copy=False))


class _TextRows:
    """Rows of text, parsed into a file of float32, which may be too large for memory."""

    def __init__(self, vectors: Vectors, reader: Reader, numbers: IO[bytes]) -> None:
        self._vectors = vectors
        self._reader = reader
        self._numbers = numbers
        self._width: int | None = None
        self._num_labels = 0
        self._num_rows = 0

    def add(self, lines: list[str], first_line: int) -> None:
        if self._reader == "page":
            lines = [line.strip(WHITESPACE) for line in lines]
        kept = [index for index, line in enumerate(lines) if line]
        if not kept:
            return
        rows = lines if len(kept) == len(lines) else [lines[index] for index in kept]
        if not self._num_rows:
            self._vectors.num_digits = typical_digits(rows[:NUM_LINES_TO_JUDGE])
        if not self._add_clean(rows):
            for index in kept:
                self._add_row(lines[index], first_line + index)

    def _add_clean(self, rows: list[str]) -> bool:
        """Add rows of equal length that contain only finite numbers, all at once."""
        import numpy as np

        width = rows[0].count("\t") + 1 if self._width is None else self._width
        if any(row.count("\t") != width - 1 for row in rows):
            return False
        joined = "\t".join(rows)
        if "_" in joined:  # a number to Python, but not to the page
            return False
        try:
            numbers = np.fromiter(map(float, joined.split("\t")), dtype=np.float64)
        except ValueError:
            return False
        with np.errstate(over="ignore"):
            values = numbers.astype(np.float32)
        if not np.isfinite(values).all():
            return False
        self._width = width
        self._num_rows += len(rows)
        self._numbers.write(values.tobytes())
        return True

    def _add_row(self, line: str, line_number: int) -> None:
        import numpy as np

        cells = line.split("\t")
        if self._takes_label(cells):
            cells = cells[1:]
            self._num_labels += 1
        values = np.array([_finite(cell) for cell in cells], dtype=np.float32)
        bad = np.flatnonzero(np.isnan(values))
        if bad.size:
            self._vectors.not_numbers.add(
                int(bad.size), line=line_number, sample=cells[bad[0]][:40]
            )
        if words := [cell for cell in cells if not is_row(cell or "x")]:
            self._vectors.words.add(len(words), line=line_number, sample=words[0][:40])
        if self._width is None:
            self._width = len(cells)
        if len(cells) != self._width:
            self._vectors.unequal_rows.add(line=line_number, sample=str(len(cells)))
            return
        self._num_rows += 1
        self._numbers.write(values.tobytes())

    def _takes_label(self, cells: list[str]) -> bool:
        """Whether the page reads the first cell as a label, like any word."""
        if self._reader != "page" or len(cells) < 2:
            return False
        return math.isnan(_finite(cells[0])) or self._width == len(cells) - 1

    def matrix(self) -> NDArray[np.float32] | None:
        import numpy as np

        self._vectors.row_labels = bool(self._num_rows) and self._num_labels == self._num_rows
        if not self._num_rows or not self._width:
            return None
        shape = (self._num_rows, self._width)
        self._numbers.flush()
        return np.memmap(self._numbers, dtype=np.float32, mode="r+", shape=shape)


def _finite(cell: str) -> float:
    """Return the number in a cell; NaN for anything else."""
    try:
        value = float("x" if "_" in cell else cell)
    except ValueError:
        return float("nan")
    return value if abs(value) <= 3.4028235e38 else float("nan")


def typical_digits(lines: list[str]) -> int:
    """Return the number of significant digits that at least half of the numbers have."""
    cells = (cell for line in lines for cell in line.split("\t"))
    lengths = sorted(_num_digits(cell) for cell in cells if is_row(cell))
    return lengths[len(lengths) // 2] if lengths else 0


def _num_digits(cell: str) -> int:
    mantissa = cell.strip().lower().split("e")[0].lstrip("+-")
    return len(mantissa.replace(".", "").lstrip("0"))
