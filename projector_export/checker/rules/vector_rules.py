"""Rules about files of vectors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.raw_floats import guess_real_type
from projector_export.checker.model.stream import Occurrences
from projector_export.checker.model.vectors import FLOAT_BYTES, MAX_FLOAT32_DIGITS, Vectors
from projector_export.checker.model.view import Tensor, View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

E08 = Rule(
    "E08",
    "Vectors contain NaN, infinity or text",
    (
        "The page reads a first cell that is not a number as a label, and computes NaN from "
        "others: PCA fails or points are missing. TensorBoard answers HTTP 500 for text, and "
        "shows nothing."
    ),
    "Write only finite numbers, without a header or labels; labels belong in the metadata.",
    (
        "Moves a header or a column of labels out of the vectors. NaN stays: a number in its place "
        "would be a guess."
    ),
)
E09 = Rule(
    "E09",
    "Vectors have fewer than 3 dimensions or unequal lengths, or there are fewer than 2",
    (
        "Tensors with fewer than 2 rows or columns are not listed. With 2 columns the plot is "
        "blank, because the projector needs three components. Vectors of unequal length stop the "
        "page with: Vector dimensions do not match."
    ),
    (
        "Write the same number of tab-separated numbers in every row, 3 or more; add a column of "
        "zeros to a 2-D layout."
    ),
    (
        "Adds a column of zeros to vectors of 2 numbers, and replaces commas or blanks between "
        "numbers by tabs."
    ),
)
E13 = Rule(
    "E13",
    "A raw float32 file does not have the size of its shape, or another type",
    (
        "TensorBoard answers HTTP 500 and shows nothing. The web app splits the numbers by the "
        "config's shape and shows garbage."
    ),
    (
        "Write little-endian float32, row by row: exactly rows x dimensions x 4 bytes, with that "
        "shape in the config."
    ),
    (
        "Converts float64, float16 or big-endian numbers if the shape leaves no doubt; corrects "
        "the number of rows if only that is wrong."
    ),
)
E19 = Rule(
    "E19",
    "TensorBoard reads raw float32 as text",
    (
        "TensorBoard reads `tensor_path` as text first, and as raw float32 only after a line that "
        "is not UTF-8. This file's first bytes happen to be valid text, so it answers HTTP 500 "
        "and shows nothing."
    ),
    (
        "Set the file's first byte to a value from 0x80 to 0xBF: that changes the first number by "
        "less than 0.004 %. Or write the vectors into a checkpoint."
    ),
    "Sets the first byte.",
)
W15 = Rule(
    "W15",
    "Vectors as text have more digits than float32 keeps",
    (
        "The viewer keeps 32 bits of each number, for which 9 digits are enough. More of them make "
        "the file two or three times as large and slow to load."
    ),
    'Write numbers with 9 digits ("%.9g"), or write a .bytes file.',
    "Rounds to 9 digits.",
)
RULES = (E08, E09, E13, E19, W15)

ROWS_AT_ONCE = 65_536


def findings(view: View) -> Iterator[Finding]:
    """Check the vectors of every tensor that the config names."""
    for run in view.runs:
        for tensor in run.tensors:
            vectors = tensor.vectors
            if not tensor.is_named or vectors is None:
                continue
            if vectors.kind == "text":
                yield from _text(vectors)
            elif vectors.kind == "binary":
                yield from _binary(view, tensor, vectors)
            if vectors.matrix is not None:
                yield from _shape(vectors, vectors.matrix)
                if vectors.kind != "text" and is_sound(vectors):
                    yield from _finite(vectors.path, vectors.matrix)


def is_sound(vectors: Vectors) -> bool:
    """Whether the numbers were read as intended, so that other rules can judge them."""
    return (
        vectors.matrix is not None
        and not vectors.has_wrong_size
        and not (vectors.kind == "binary" and guess_real_type(vectors.matrix))
    )


def _text(vectors: Vectors) -> Iterator[Finding]:
    if vectors.row_labels and vectors.not_numbers:
        yield E08.finding(
            "the first line is a header",
            vectors.path,
            line=1,
            viewer=("The page reads it as a vector, and every line's first number as a label."),
        )
    elif vectors.row_labels:
        yield E08.finding(
            "every line starts with a word",
            vectors.path,
            line=1,
            viewer=(
                "The page reads the words as labels and discards them; TensorBoard "
                "answers HTTP 500."
            ),
        )
    elif (bad := vectors.not_numbers) and vectors.dim != 1:
        what = "an empty cell" if not bad.sample else f"{bad.sample!r}"
        yield E08.finding(
            f"{what} is not a finite number ({_times(bad)})",
            vectors.path,
            line=bad.line,
            is_fixable=False,
        )
    if bad := vectors.unequal_rows:
        yield E09.finding(
            f"{bad.sample} numbers where the first line has {vectors.dim} ({_times(bad)})",
            vectors.path,
            line=bad.line,
            is_fixable=False,
        )
    if vectors.matrix is None:
        yield E09.finding("the file contains no vectors", vectors.path, is_fixable=False)
    if vectors.num_digits > MAX_FLOAT32_DIGITS:
        yield W15.finding(
            f"numbers have {vectors.num_digits} significant digits", vectors.path, line=1
        )


def _times(mark: Occurrences) -> str:
    return "once" if mark.count == 1 else f"{mark.count:,} times"


def _binary(view: View, tensor: Tensor, vectors: Vectors) -> Iterator[Finding]:
    if vectors.misread_as_text:
        bad = vectors.misread_as_text
        yield E19.finding(f"{bad.sample} is valid text", vectors.path, byte=bad.byte)
    if view.viewer == "upload":
        yield E13.finding(
            "the file is not text",
            vectors.path,
            viewer="Vectors that are loaded manually are always read as text.",
            fix="Load tab-separated text, or name the file in a config with its shape.",
        )
    if len(vectors.shape) != 2:
        if view.viewer == "TensorBoard":
            yield E13.finding(
                f"{tensor.name!r} has no tensor_shape, which raw float32 needs", tensor.source
            )
        return
    num_rows, dim = vectors.shape
    if vectors.size != num_rows * dim * FLOAT_BYTES:
        yield E13.finding(
            (
                f"{vectors.size:,} bytes; {num_rows:,} x {dim} float32 need "
                f"{num_rows * dim * FLOAT_BYTES:,}{_likely_type(vectors)}"
            ),
            vectors.path,
        )
    elif vectors.matrix is not None and (likely := guess_real_type(vectors.matrix)):
        yield E13.finding(
            f"most numbers are absurd as little-endian float32; {likely}", vectors.path
        )


def _likely_type(vectors: Vectors) -> str:
    num_rows, dim = vectors.shape
    for width, name in ((8, "float64"), (2, "float16")):
        if vectors.size == num_rows * dim * width:
            return f". That is the size of {name}"
    row_bytes = dim * FLOAT_BYTES
    if row_bytes > 0 and vectors.size and vectors.size % row_bytes == 0:
        return f". That is {vectors.size // row_bytes:,} rows of {dim}"
    return ""


def _shape(vectors: Vectors, matrix: NDArray[np.float32]) -> Iterator[Finding]:
    num_rows, dim = matrix.shape
    if dim <= 2:
        is_other_text = dim == 1 and vectors.kind == "text"
        hint = "; only tabs separate numbers, not commas or blanks" if is_other_text else ""
        noun = "number" if dim == 1 else "numbers"
        yield E09.finding(f"vectors have {dim} {noun} each{hint}", vectors.path)
    elif num_rows < 2:
        yield E09.finding(f"there is {num_rows} vector", vectors.path, is_fixable=False)


def _finite(path: Path, matrix: NDArray[np.float32]) -> Iterator[Finding]:
    import numpy as np

    from projector_export.large_arrays import release

    num_bad, first = 0, None
    for start in range(0, len(matrix), ROWS_AT_ONCE):
        bad = np.flatnonzero(~np.isfinite(matrix[start : start + ROWS_AT_ONCE]).all(axis=1))
        num_bad += bad.size
        first = start + int(bad[0]) if first is None and bad.size else first
        release(matrix)
    if num_bad:
        rows = "1 row contains" if num_bad == 1 else f"{num_bad:,} rows contain"
        yield E08.finding(f"{rows} NaN or infinity", path, row=first, is_fixable=False)
