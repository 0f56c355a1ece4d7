"""Rules about the vectors themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from projector_export.check.bookmarks import layout_slots
from projector_export.check.findings import Finding, Rule
from projector_export.check.streaming import Mark
from projector_export.check.vectors import FLOAT_BYTES, MAX_FLOAT32_DIGITS, Vectors
from projector_export.check.viewer import SPHEREIZE_DIM, Tensor, View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

E08 = Rule(
    "E08",
    "Vectors hold NaN, infinity or something that is no number",
    "The page takes a first cell that is no number for a label, and computes NaN from the rest: PCA fails or points are missing. TensorBoard answers HTTP 500 for a word, and then shows nothing.",
    "Write finite numbers only, without header line or labels; labels belong in the metadata.",
    "Moves a header line or a column of labels out of the vectors. NaN is left: a number in its place would be a guess.",
)
E09 = Rule(
    "E09",
    "Vectors have 1 or 2 dimensions, unequal lengths, or there are fewer than 2",
    "Tensors with fewer than 2 rows or columns are not listed. With 2 columns the plot is blank, as the projector wants three components. Vectors of unequal length stop the page with: Vector dimensions do not match.",
    "Give every row the same number of tab-separated numbers, 3 or more; add a column of zeros to a 2-D layout.",
    "Adds a column of zeros to vectors of 2 numbers, and puts tabs where commas or blanks part the numbers.",
)
E13 = Rule(
    "E13",
    "A file of raw float32 does not have the size or the type of its shape",
    "TensorBoard answers HTTP 500 and shows nothing. The web app cuts the numbers into rows by the shape it was told, and shows garbage.",
    "Write float32, little-endian, row by row: exactly rows x dimensions x 4 bytes, and give that shape.",
    "Converts float64, float16 or big-endian numbers if the shape leaves no doubt; corrects the number of rows if that alone is wrong.",
)
E19 = Rule(
    "E19",
    "A file of raw float32 that TensorBoard takes for text",
    "TensorBoard reads `tensor_path` as text first and turns to raw float32 only at a line that is not UTF-8. This file's first bytes happen to be valid text, so it answers HTTP 500 and shows nothing.",
    "Make the file's first byte lie between 0x80 and 0xBF: that changes the first number by less than 0.004 %. Or write the vectors into a checkpoint.",
    "Sets the first byte so.",
)
W12 = Rule(
    "W12",
    "More points than the viewer works with at once",
    "TensorBoard shows the first 100,000 rows and no more. t-SNE in the page takes a random 10,000 points and UMAP 5,000.",
    "Ship a computed layout as a bookmark, and for TensorBoard choose the 100,000 rows that matter most.",
    "Nothing: which rows to leave out is yours to say.",
)
W13 = Rule(
    "W13",
    "The viewer's own centring changes the neighbours",
    'From 50 dimensions up, "Sphereize data" is on: the mean is taken off and every vector scaled to length 1. The neighbours that the page lists are then not those of the vectors as written.',
    'Write the vectors centred and of length 1, or tell people to untick "Sphereize data".',
    "Nothing: it would change the vectors' meaning.",
)
W15 = Rule(
    "W15",
    "Text vectors with more digits than float32 can keep",
    "The viewer keeps 32 bits of each number: 9 digits bring back every one. The others make the file two or three times as big and slow to load.",
    'Write numbers with 9 digits ("%.9g"), or a .bytes file.',
    "Writes 9 digits.",
)
W17 = Rule(
    "W17",
    "Zero or repeated vectors",
    "Equal vectors are drawn on top of each other and fill each other's list of neighbours; a zero vector has no direction, so its neighbours mean nothing.",
    "Leave out rows that were never trained, and find out why rows are equal.",
    "Nothing: the rows are your data.",
)
RULES = (E08, E09, E13, E19, W12, W13, W15, W17)

ROWS_AT_ONCE = 65_536
MAX_PCA_FREE_POINTS, MAX_TSNE_POINTS, MAX_UMAP_POINTS = 100_000, 10_000, 5_000
NUM_SAMPLED, NUM_QUERIES, NUM_NEIGHBORS, MIN_OVERLAP = 2_000, 100, 10, 0.9


def findings(view: View) -> Iterator[Finding]:
    """Check the vectors of every tensor that the config names."""
    for run in view.runs:
        for tensor in run.tensors:
            if not tensor.is_named:
                continue
            if tensor.vectors is not None:
                yield from _file(view, tensor, tensor.vectors)
            if tensor.has_points:
                yield from _points(view, tensor)


def _file(view: View, tensor: Tensor, vectors: Vectors) -> Iterator[Finding]:
    if vectors.kind == "text":
        yield from _text(view, vectors)
    elif vectors.kind == "binary":
        yield from _binary(view, tensor, vectors)


def _text(view: View, vectors: Vectors) -> Iterator[Finding]:
    if vectors.row_labels:
        yield E08.found(
            "every line begins with a word",
            vectors.path,
            line=1,
            viewer="The page takes the words for labels and then throws them away; TensorBoard answers HTTP 500.",
        )
    elif (bad := vectors.not_numbers) and vectors.dim != 1:
        what = "an empty cell" if not bad.sample else f"{bad.sample!r}"
        yield E08.found(f"{what} is no finite number ({_times(bad)})", vectors.path, line=bad.line)
    if bad := vectors.unequal_rows:
        yield E09.found(
            f"{bad.sample} numbers where the first line has {vectors.dim} ({_times(bad)})",
            vectors.path,
            line=bad.line,
        )
    if vectors.matrix is None:
        yield E09.found("there are no vectors in the file", vectors.path)
    if vectors.num_digits > MAX_FLOAT32_DIGITS:
        yield W15.found(
            f"numbers have {vectors.num_digits} significant digits", vectors.path, line=1
        )


def _times(mark: Mark) -> str:
    return "once" if mark.count == 1 else f"{mark.count:,} times"


def _binary(view: View, tensor: Tensor, vectors: Vectors) -> Iterator[Finding]:
    if vectors.misread_as_text:
        bad = vectors.misread_as_text
        yield E19.found(f"{bad.sample} reads as text", vectors.path, byte=bad.byte)
    if len(vectors.shape) != 2:
        if view.viewer == "TensorBoard":
            yield E13.found(
                f"{tensor.name!r} has no tensor_shape, which raw float32 needs", tensor.source
            )
        return
    num_rows, dim = vectors.shape
    if vectors.size != num_rows * dim * FLOAT_BYTES:
        yield E13.found(
            f"{vectors.size:,} bytes; {num_rows:,} x {dim} float32 take {num_rows * dim * FLOAT_BYTES:,}{_likely_type(vectors)}",
            vectors.path,
        )
    elif vectors.matrix is not None and (likely := _absurd(vectors.matrix)):
        yield E13.found(f"as little-endian float32 most numbers are absurd; {likely}", vectors.path)


def _likely_type(vectors: Vectors) -> str:
    num_rows, dim = vectors.shape
    for width, name in ((8, "float64"), (2, "float16")):
        if vectors.size == num_rows * dim * width:
            return f". It has the size of {name}"
    row_bytes = dim * FLOAT_BYTES
    if row_bytes > 0 and vectors.size and vectors.size % row_bytes == 0:
        return f". It holds {vectors.size // row_bytes:,} rows of {dim}"
    return ""


def _absurd(matrix: NDArray[np.float32]) -> str:
    """Say what raw numbers probably are whose sizes as float32 nobody would write."""
    import numpy as np

    sample = np.array(matrix[:1000]).reshape(-1)[:100_000]
    if _share_plausible(sample) > 0.5:
        return ""
    if _share_plausible(sample.view(">f4").astype(np.float32)) > 0.9:
        return "as big-endian they are not"
    if np.abs(sample.view("<i4").astype(np.int64)).max(initial=0) < 1_000_000:
        return "they look like int32"
    return "is it another type?"


def _share_plausible(values: NDArray[np.float32]) -> float:
    import numpy as np

    with np.errstate(invalid="ignore"):
        size = np.abs(values)
    return float(np.mean((size == 0) | ((size > 1e-15) & (size < 1e15)))) if size.size else 1.0


def _points(view: View, tensor: Tensor) -> Iterator[Finding]:
    assert tensor.vectors is not None
    assert tensor.vectors.matrix is not None
    matrix, path = tensor.vectors.matrix, tensor.vectors.path
    yield from _shape(tensor, path)
    yield from _size(view, tensor, path)
    if tensor.vectors.has_wrong_size or _absurd(matrix):
        return  # what follows would speak of garbage
    if tensor.vectors.kind != "text":
        yield from _finite(tensor, path)
    if not tensor.vectors.not_numbers:
        yield from _alike(matrix, path)
        if matrix.shape[1] >= SPHEREIZE_DIM and (overlap := neighbors_kept(matrix)) < MIN_OVERLAP:
            yield W13.found(f"of the {NUM_NEIGHBORS} nearest of a point, {overlap:.0%} stay", path)


def _shape(tensor: Tensor, path: Path) -> Iterator[Finding]:
    num_rows, dim = tensor.num_rows or 0, tensor.dim or 0
    if dim <= 2:
        text = tensor.vectors is not None and tensor.vectors.kind == "text"
        hint = (
            "; numbers are parted by tabs alone, not by commas or blanks"
            if dim == 1 and text
            else ""
        )
        yield E09.found(
            f"vectors have {dim} {'number' if dim == 1 else 'numbers'} each{hint}", path
        )
    elif num_rows < 2:
        yield E09.found(f"there is {num_rows} vector", path)


def _finite(tensor: Tensor, path: Path) -> Iterator[Finding]:
    import numpy as np

    assert tensor.vectors is not None
    assert tensor.vectors.matrix is not None
    matrix, num_bad, first = tensor.vectors.matrix, 0, None
    for start in range(0, len(matrix), ROWS_AT_ONCE):
        bad = np.flatnonzero(~np.isfinite(matrix[start : start + ROWS_AT_ONCE]).all(axis=1))
        num_bad += bad.size
        first = start + int(bad[0]) if first is None and bad.size else first
    if num_bad:
        yield E08.found(
            f"{num_bad:,} {'row holds' if num_bad == 1 else 'rows hold'} NaN or infinity",
            path,
            row=first,
        )


def _size(view: View, tensor: Tensor, path: Path) -> Iterator[Finding]:
    num_rows = tensor.num_rows or 0
    slots = layout_slots(tensor.bookmarks, tensor.num_points or 0)
    if view.viewer == "TensorBoard" and num_rows > MAX_PCA_FREE_POINTS:
        yield W12.found(f"{num_rows:,} points; TensorBoard shows the first 100,000", path)
    elif num_rows > MAX_TSNE_POINTS and not slots:
        yield W12.found(f"{num_rows:,} points; t-SNE takes 10,000 of them and UMAP 5,000", path)
    elif num_rows > MAX_UMAP_POINTS and not slots:
        yield W12.found(f"{num_rows:,} points; UMAP takes 5,000 of them", path)


def _alike(matrix: NDArray[np.float32], path: Path) -> Iterator[Finding]:
    import numpy as np

    hashes = np.empty(len(matrix), dtype=np.int64)  # (N,)
    num_zero, first_zero = 0, None
    for start in range(0, len(matrix), ROWS_AT_ONCE):
        rows = np.ascontiguousarray(matrix[start : start + ROWS_AT_ONCE])
        hashes[start : start + len(rows)] = [hash(row.tobytes()) for row in rows]
        zero = np.flatnonzero((rows == 0).all(axis=1))
        num_zero += zero.size
        first_zero = start + int(zero[0]) if first_zero is None and zero.size else first_zero
    if num_zero:
        yield W17.found(
            f"{num_zero:,} zero {'vector' if num_zero == 1 else 'vectors'}", path, row=first_zero
        )
    _, first_rows, counts = np.unique(hashes, return_index=True, return_counts=True)
    num_repeated = int((counts - 1).sum()) - max(0, num_zero - 1)
    if num_repeated:
        yield W17.found(
            f"{num_repeated:,} {'vector repeats' if num_repeated == 1 else 'vectors repeat'} another",
            path,
            row=int(first_rows[counts > 1].min()),
        )


def neighbors_kept(matrix: NDArray[np.float32]) -> float:
    """Return the share of cosine neighbours that stay when the mean is taken off; on a sample."""
    import numpy as np

    rows = np.unique(np.linspace(0, len(matrix) - 1, min(len(matrix), NUM_SAMPLED)).astype(int))
    sample = np.asarray(matrix[rows], dtype=np.float64)  # (S, D)
    if len(sample) < 2 or not np.isfinite(sample).all():
        return 1.0
    before, after = _nearest(sample), _nearest(sample - sample.mean(axis=0))  # (Q, K)
    kept = [len(set(a) & set(b)) for a, b in zip(before.tolist(), after.tolist(), strict=True)]
    return sum(kept) / before.size


def _nearest(sample: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the nearest by cosine of evenly spread queries: (Q, K), themselves left out."""
    import numpy as np

    lengths = np.linalg.norm(sample, axis=1, keepdims=True)
    unit = sample / np.where(lengths > 0, lengths, 1)
    queries = np.unique(np.linspace(0, len(unit) - 1, min(len(unit), NUM_QUERIES)).astype(int))
    similarity = unit[queries] @ unit.T  # (Q, S)
    similarity[np.arange(len(queries)), queries] = -np.inf
    num_neighbors = min(NUM_NEIGHBORS, len(unit) - 1)
    return np.argsort(-similarity, axis=1, kind="stable")[:, :num_neighbors]
