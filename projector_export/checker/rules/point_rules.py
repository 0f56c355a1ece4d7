"""Rules about the points themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.bookmarks import layout_slots
from projector_export.checker.model.view import Tensor, View
from projector_export.checker.rules.vector_rules import ROWS_AT_ONCE, is_sound
from projector_export.viewer_facts import (
    MAX_SERVED_ROWS,
    MAX_TSNE_POINTS,
    MAX_UMAP_POINTS,
    SPHEREIZE_FROM_DIM,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

W12 = Rule(
    "W12",
    "More points than the viewer can handle",
    (
        "TensorBoard shows only the first 100,000 rows. In the page, t-SNE samples 10,000 points "
        "and UMAP 5,000."
    ),
    (
        "Add a computed layout as a bookmark, and for TensorBoard choose the 100,000 rows that "
        "matter most."
    ),
    "Nothing: which rows to leave out is your choice.",
)
W13 = Rule(
    "W13",
    "The viewer's centering changes the neighbors",
    (
        'From 50 dimensions on, "Sphereize data" is on: the mean is subtracted and every vector '
        "scaled to length 1. So the neighbors that the page lists are not those of the vectors in "
        "the file."
    ),
    'Write centered vectors of length 1, or tell people to turn off "Sphereize data".',
    "Nothing: that would change the vectors.",
)
W17 = Rule(
    "W17",
    "Zero or repeated vectors",
    (
        "Equal vectors are drawn on top of each other and fill each other's list of neighbors; a "
        "zero vector has no direction, so its neighbors are meaningless."
    ),
    "Leave out rows that were never trained, and find out why others are equal.",
    "Nothing: the rows are your data.",
)
RULES = (W12, W13, W17)

MAX_DRAWN_DIM = 3
NUM_SAMPLED, NUM_QUERIES, NUM_NEIGHBORS, MIN_OVERLAP = 2_000, 100, 10, 0.9


def findings(view: View) -> Iterator[Finding]:
    """Check the points of every tensor that the config names."""
    for run in view.runs:
        for tensor in run.tensors:
            vectors = tensor.vectors
            if not tensor.is_named or vectors is None or vectors.matrix is None:
                continue
            yield from _size(view, tensor, vectors.path)
            if is_sound(vectors) and not vectors.not_numbers:
                yield from _equal_vectors(vectors.matrix, vectors.path)
                yield from _centering(vectors.matrix, vectors.path)


def _centering(matrix: NDArray[np.float32], path: Path) -> Iterator[Finding]:
    if matrix.shape[1] >= SPHEREIZE_FROM_DIM and (kept := neighbors_kept(matrix)) < MIN_OVERLAP:
        yield W13.finding(f"{kept:.0%} of a point's {NUM_NEIGHBORS} nearest neighbors stay", path)


def _size(view: View, tensor: Tensor, path: Path) -> Iterator[Finding]:
    num_rows = tensor.num_rows or 0
    # Three dimensions or fewer are drawn as they are.
    has_layout = (tensor.dim or 0) <= MAX_DRAWN_DIM or bool(
        layout_slots(tensor.bookmarks, tensor.num_points or 0)
    )
    if view.viewer == "TensorBoard" and num_rows > MAX_SERVED_ROWS:
        yield W12.finding(f"{num_rows:,} points; TensorBoard shows the first 100,000", path)
    elif num_rows > MAX_TSNE_POINTS and not has_layout:
        yield W12.finding(f"{num_rows:,} points; t-SNE uses 10,000 of them and UMAP 5,000", path)
    elif num_rows > MAX_UMAP_POINTS and not has_layout:
        yield W12.finding(f"{num_rows:,} points; UMAP uses 5,000 of them", path)


def _equal_vectors(matrix: NDArray[np.float32], path: Path) -> Iterator[Finding]:
    import numpy as np

    from projector_export.large_arrays import release

    hashes = np.empty(len(matrix), dtype=np.int64)  # (N,)
    num_zero, first_zero = 0, None
    for start in range(0, len(matrix), ROWS_AT_ONCE):
        rows = np.ascontiguousarray(matrix[start : start + ROWS_AT_ONCE])
        hashes[start : start + len(rows)] = [hash(row.tobytes()) for row in rows]
        zero = np.flatnonzero((rows == 0).all(axis=1))
        num_zero += zero.size
        first_zero = start + int(zero[0]) if first_zero is None and zero.size else first_zero
        release(matrix)
    if num_zero:
        yield W17.finding(
            f"{num_zero:,} zero {'vector' if num_zero == 1 else 'vectors'}", path, row=first_zero
        )
    _, first_rows, counts = np.unique(hashes, return_index=True, return_counts=True)
    num_repeated = int((counts - 1).sum()) - max(0, num_zero - 1)
    if num_repeated:
        yield W17.finding(
            (
                f"{num_repeated:,} {'vector repeats' if num_repeated == 1 else 'vectors repeat'} "
                "another"
            ),
            path,
            row=int(first_rows[counts > 1].min()),
        )


def neighbors_kept(matrix: NDArray[np.float32]) -> float:
    """Return the share of cosine neighbors that centering keeps, on a sample."""
    import numpy as np

    from projector_export.large_arrays import take_rows

    rows = np.unique(np.linspace(0, len(matrix) - 1, min(len(matrix), NUM_SAMPLED)).astype(int))
    sample = take_rows(matrix, rows).astype(np.float64)  # (S, D)
    if len(sample) < 2 or not np.isfinite(sample).all():
        return 1.0
    before, after = _nearest(sample), _nearest(sample - sample.mean(axis=0))  # (Q, K)
    kept = [len(set(a) & set(b)) for a, b in zip(before.tolist(), after.tolist(), strict=True)]
    return sum(kept) / before.size


def _nearest(sample: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the nearest neighbors by cosine of evenly spread queries, without themselves: (Q, K)."""
    import numpy as np

    lengths = np.linalg.norm(sample, axis=1, keepdims=True)
    unit = sample / np.where(lengths > 0, lengths, 1)
    queries = np.unique(np.linspace(0, len(unit) - 1, min(len(unit), NUM_QUERIES)).astype(int))
    similarity = unit[queries] @ unit.T  # (Q, S)
    similarity[np.arange(len(queries)), queries] = -np.inf
    num_neighbors = min(NUM_NEIGHBORS, len(unit) - 1)
    return np.argsort(-similarity, axis=1, kind="stable")[:, :num_neighbors]
