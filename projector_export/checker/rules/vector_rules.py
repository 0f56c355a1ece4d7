"""Rules about how vectors are written."""

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
    "Vectors hold NaN, infinity or something that is no number",
    (
        "The page takes a first cell that is no number for a label, and computes NaN from the "
        "rest: PCA fails or points are missing. TensorBoard answers HTTP 500 for a word, and then "
        "shows nothing."
    ),
    "Write finite numbers only, without header line or labels; labels belong in the metadata.",
    (
        "Moves a header line or a column of labels out of the vectors. NaN is left: a number in "
        "its place would be a guess."
    ),
)
E09 = Rule(
    "E09",
    "Vectors have 1 or 2 dimensions, unequal lengths, or there are fewer than 2",
    (
        "Tensors with fewer than 2 rows or columns are not listed. With 2 columns the plot is "
        "blank, as the projector wants three components. Vectors of unequal length stop the page "
        "with: Vector dimensions do not match."
    ),
    (
        "Give every row the same number of tab-separated numbers, 3 or more; add a column of "
        "zeros to a 2-D layout."
    ),
    (
        "Adds a column of zeros to vectors of 2 numbers, and puts tabs where commas or blanks "
        "part the numbers."
    ),
)
E13 = Rule(
    "E13",
    "A file of raw float32 does not have the size or the type of its shape",
    (
        "TensorBoard answers HTTP 500 and shows nothing. The web app cuts the numbers into rows "
        "by the shape it was told, and shows garbage."
    ),
    (
        "Write float32, little-endian, row by row: exactly rows x dimensions x 4 bytes, and give "
        "that shape."
    ),
    (
        "Converts float64, float16 or big-endian numbers if the shape leaves no doubt; corrects "
        "the number of rows if that alone is wrong."
    ),
)
E19 = Rule(
    "E19",
    "A file of raw float32 that TensorBoard takes for text",
    (
        "TensorBoard reads `tensor_path` as text first and turns to raw float32 only at a line "
        "that is not UTF-8. This file's first bytes happen to be valid text, so it answers HTTP "
        "500 and shows nothing."
    ),
    (
        "Make the file's first byte lie between 0x80 and 0xBF: that changes the first number by "
        "less than 0.004 %. Or write the vectors into a checkpoint."
    ),
    "Sets the first byte so.",
)
W15 = Rule(
    "W15",
    "Text vectors with more digits than float32 can keep",
    (
        "The viewer keeps 32 bits of each number: 9 digits bring back every one. The others make "
        "the file two or three times as big and slow to load."
    ),
    'Write numbers with 9 digits ("%.9g"), or a .bytes file.',
    "Writes 9 digits.",
)
RULES = (E08, E09, E13, E19, W15)

ROWS_AT_ONCE = 65_536


def findings(view: View) -> Iterator[Finding]:
    """Check how the vectors of every tensor that the config names are written."""
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
    """Whether the numbers are what was meant, so that more can be said of them."""
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
            viewer=(
                "The page takes it for a vector, and then every line's first number for a label."
            ),
        )
    elif vectors.row_labels:
        yield E08.finding(
            "every line begins with a word",
            vectors.path,
            line=1,
            viewer=(
                "The page takes the words for labels and then throws them away; TensorBoard "
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
        yield E09.finding("there are no vectors in the file", vectors.path, is_fixable=False)
    if vectors.num_digits > MAX_FLOAT32_DIGITS:
        yield W15.finding(
            f"numbers have {vectors.num_digits} significant digits", vectors.path, line=1
        )


def _times(mark: Occurrences) -> str:
    return "once" if mark.count == 1 else f"{mark.count:,} times"


def _binary(view: View, tensor: Tensor, vectors: Vectors) -> Iterator[Finding]:
    if vectors.misread_as_text:
        bad = vectors.misread_as_text
        yield E19.finding(f"{bad.sample} reads as text", vectors.path, byte=bad.byte)
    if view.viewer == "upload":
        yield E13.finding(
            "the file is not text",
            vectors.path,
            viewer="Loaded by hand, vectors are read as text, whatever they are.",
            fix="Load tab-separated text, or name the file in a config that gives its shape.",
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
                f"{vectors.size:,} bytes; {num_rows:,} x {dim} float32 take "
                f"{num_rows * dim * FLOAT_BYTES:,}{_likely_type(vectors)}"
            ),
            vectors.path,
        )
    elif vectors.matrix is not None and (likely := guess_real_type(vectors.matrix)):
        yield E13.finding(
            f"as little-endian float32 most numbers are absurd; {likely}", vectors.path
        )


def _likely_type(vectors: Vectors) -> str:
    num_rows, dim = vectors.shape
    for width, name in ((8, "float64"), (2, "float16")):
        if vectors.size == num_rows * dim * width:
            return f". It has the size of {name}"
    row_bytes = dim * FLOAT_BYTES
    if row_bytes > 0 and vectors.size and vectors.size % row_bytes == 0:
        return f". It holds {vectors.size // row_bytes:,} rows of {dim}"
    return ""


def _shape(vectors: Vectors, matrix: NDArray[np.float32]) -> Iterator[Finding]:
    num_rows, dim = matrix.shape
    if dim <= 2:
        is_other_text = dim == 1 and vectors.kind == "text"
        hint = "; tabs alone part numbers, not commas or blanks" if is_other_text else ""
        noun = "number" if dim == 1 else "numbers"
        yield E09.finding(f"vectors have {dim} {noun} each{hint}", vectors.path)
    elif num_rows < 2:
        yield E09.finding(f"there is {num_rows} vector", vectors.path, is_fixable=False)


def _finite(path: Path, matrix: NDArray[np.float32]) -> Iterator[Finding]:
    import numpy as np

    num_bad, first = 0, None
    for start in range(0, len(matrix), ROWS_AT_ONCE):
        bad = np.flatnonzero(~np.isfinite(matrix[start : start + ROWS_AT_ONCE]).all(axis=1))
        num_bad += bad.size
        first = start + int(bad[0]) if first is None and bad.size else first
    if num_bad:
        rows = "1 row holds" if num_bad == 1 else f"{num_bad:,} rows hold"
        yield E08.finding(f"{rows} NaN or infinity", path, row=first, is_fixable=False)
