"""Rules about the optional files: sprites and bookmarks."""

from __future__ import annotations

from collections.abc import Iterator

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.bookmarks import Bookmarks, state_problems
from projector_export.checker.model.sprites import Sprite
from projector_export.checker.model.view import Tensor, View
from projector_export.viewer_facts import MAX_SPRITE_SIDE

E14 = Rule(
    "E14",
    "The sprite is too large, not a square grid of tiles, or has too few tiles",
    (
        "Above 8192 x 8192 pixels the page shows an error and no points. It computes a tile's row "
        "from the number of rows, so unless there are as many rows as columns, points show the "
        "wrong tiles; points without a tile show a wrong one too."
    ),
    "Draw the tiles row by row into a grid with as many rows as columns, at most 8192 pixels wide.",
    "Rearranges the tiles into a square grid, if there are enough and it fits.",
)
E15 = Rule(
    "E15",
    "A bookmark lacks fields, or does not have the tensor's shape",
    (
        "Opening it stops halfway: the plot stays unchanged or goes blank, with an error only in "
        "the browser's console. With another shape it is refused on upload. In TensorBoard a "
        "bookmark replaces the PCA that the page computed: the tab still offers ten components, or "
        "as many as there are dimensions, and draws nothing if the chosen one is not in the "
        "bookmark."
    ),
    "Write every field that the page itself saves; docs/checks.md lists them.",
    "Fills in the shape, and fields whose default is harmless.",
)
W19 = Rule(
    "W19",
    "A bookmark in the t-SNE slot restarts the computation",
    (
        "TensorBoard 2.14 and later runs t-SNE again when such a bookmark is opened, so the "
        "layout drifts away from the saved one."
    ),
    (
        'Save the layout as `umap-0`, `umap-1` with selectedProjection "umap": it is shown '
        "unchanged, whatever computed it."
    ),
    "Moves the layout into the umap slot.",
)
RULES = (E14, E15, W19)


def findings(view: View) -> Iterator[Finding]:
    """Check the sprite and the bookmarks of every tensor that the config names."""
    for run in view.runs:
        for tensor in run.tensors:
            if tensor.sprite is not None:
                yield from _sprite(tensor, tensor.sprite)
            if tensor.bookmarks is not None and tensor.is_named:
                yield from _bookmarks(view, tensor, tensor.bookmarks)


def _sprite(tensor: Tensor, sprite: Sprite) -> Iterator[Finding]:
    size = f"{sprite.width} x {sprite.height} pixels"
    if sprite.problem:
        yield E14.finding(f"the file {sprite.problem}", sprite.path, is_fixable=False)
    elif max(sprite.width, sprite.height) > MAX_SPRITE_SIDE:
        yield E14.finding(f"{size}; at most {MAX_SPRITE_SIDE} x {MAX_SPRITE_SIDE}", sprite.path)
    elif not sprite.has_tiles:
        yield E14.finding(
            "the config does not give single_image_dim, a tile's width and height", tensor.source
        )
    elif sprite.num_rows != sprite.num_columns or sprite.num_rows % 1:
        yield E14.finding(
            f"{size} are {sprite.num_columns:g} x {sprite.num_rows:g} tiles", sprite.path
        )
    elif sprite.num_rows * sprite.num_columns < (tensor.num_points or 0):
        yield E14.finding(
            f"{sprite.num_rows * sprite.num_columns:,.0f} tiles for {tensor.num_points:,} points",
            sprite.path,
        )


def _bookmarks(view: View, tensor: Tensor, bookmarks: Bookmarks) -> Iterator[Finding]:
    if bookmarks.problem:
        yield E15.finding(
            f"does not parse: {bookmarks.problem}",
            bookmarks.path,
            line=bookmarks.problem_line,
            viewer="No bookmark is listed; the page may wait at: Fetching bookmarks.",
            is_fixable=False,
        )
    shape = (tensor.num_points, tensor.dim)
    wipes_pca = view.viewer == "TensorBoard"
    for index, state in enumerate(bookmarks.states):
        label = str(state.get("label", ""))[:40]
        known = (shape[0], shape[1]) if shape[0] is not None and shape[1] is not None else None
        for problem in state_problems(state, known, wipes_pca=wipes_pca):
            yield E15.finding(f"bookmark {index + 1}, {label!r}: {problem}", bookmarks.path)
        if state.get("selectedProjection") == "tsne":
            yield W19.finding(f"bookmark {index + 1}, {label!r}", bookmarks.path)
