"""Fix bookmarks and sprites."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from projector_export.checker.model.bookmarks import (
    LISTS,
    NUMBERS,
    TEXTS,
    is_number,
    num_shown_points,
    read_bookmarks,
)
from projector_export.checker.model.sprites import read_sprite
from projector_export.viewer_facts import (
    MAX_SPRITE_SIDE,
    STATIC_SLOT,
    UMAP_MIN_DIST,
    UMAP_NEIGHBORS,
)

# The page's own defaults (data.ts:675-722).
USUAL: dict[str, Any] = {
    **dict.fromkeys(TEXTS, ""),
    "tSNEIteration": 0,
    "tSNEPerplexity": 30,
    "tSNELearningRate": 1,
    "pcaComponentDimensions": [0, 1, 2],
    "selectedPoints": [],
}


def fix_bookmarks(path: Path, shape: tuple[int, int]) -> list[str]:
    """Add what the page needs, and move t-SNE layouts to the slot that keeps them.

    Args:
        path: the bookmark file.
        shape: (N, D) that the page reads.
    """
    bookmarks = read_bookmarks(path)
    changes: list[str] = []
    for line_number, state in enumerate(bookmarks.states, start=1):
        fixed = [*_fill(state), *_fit(state, shape), *_move_tsne(state)]
        changes += [f"{path.name}: bookmark {line_number}: {change}" for change in fixed]
    if changes:
        path.write_text(json.dumps(bookmarks.states), encoding="utf-8")
    return changes


def _fill(state: dict[str, Any]) -> list[str]:
    changes = []
    for key, value in USUAL.items():
        kind_is_right = (
            is_number(state.get(key))
            if key in NUMBERS
            else isinstance(state.get(key), str)
            if key in TEXTS
            else isinstance(state.get(key), list) and key in LISTS
        )
        if not kind_is_right:
            state[key] = value
            changes.append(f"{key} is {value!r} now")
    return changes


def _fit(state: dict[str, Any], shape: tuple[int, int]) -> list[str]:
    num_points = num_shown_points(state, num_points=shape[0])
    projections = state.get("projections")
    if not isinstance(projections, list) or len(projections) > num_points:
        return []  # another tensor's layout; the shape is not the problem
    changes = []
    if state.get("dataSetDimensions") != [num_points, shape[1]]:
        state["dataSetDimensions"] = [num_points, shape[1]]
        changes.append(f"dataSetDimensions is {[num_points, shape[1]]} now")
    shuffled = state.get("shuffledDataIndices")
    if isinstance(shuffled, list) and sorted(map(str, shuffled)) != sorted(
        map(str, range(num_points))
    ):
        del state["shuffledDataIndices"]
        changes.append("shuffledDataIndices was removed")
    return changes


def _move_tsne(state: dict[str, Any]) -> list[str]:
    projections = state.get("projections")
    if state.get("selectedProjection") != "tsne" or not isinstance(projections, list):
        return []
    for point in projections:
        for part in range(3):
            if isinstance(point, dict) and f"tsne-{part}" in point:
                point[f"{STATIC_SLOT}-{part}"] = point.pop(f"tsne-{part}")
    state["selectedProjection"] = STATIC_SLOT
    state["umapIs3d"] = bool(state.get("tSNEis3d"))
    state.setdefault("umapNeighbors", UMAP_NEIGHBORS)
    state.setdefault("umapMinDist", UMAP_MIN_DIST)
    return ["the t-SNE layout is in the umap slot now"]


def fix_sprite(path: Path, tile: tuple[int, ...], num_points: int) -> list[str]:
    """Rearrange the tiles into a square grid, if there are enough and they fit."""
    from PIL import Image

    sprite = read_sprite(path, tile)
    if sprite.problem or not sprite.has_tiles or sprite.num_rows == sprite.num_columns:
        return []
    columns, rows = int(sprite.num_columns), int(sprite.num_rows)
    side = math.ceil(math.sqrt(num_points))
    if (
        columns * rows < num_points
        or side * max(tile) > MAX_SPRITE_SIDE
        or max(sprite.width, sprite.height) > 2 * MAX_SPRITE_SIDE
    ):
        return []
    with Image.open(path) as opened:
        picture = opened.convert("RGBA")
    grid = Image.new("RGBA", (side * tile[0], side * tile[1]))
    for point in range(num_points):
        left, top = point % columns * tile[0], point // columns * tile[1]
        box = picture.crop((left, top, left + tile[0], top + tile[1]))
        grid.paste(box, (point % side * tile[0], point // side * tile[1]))
    grid.save(path, "PNG")
    return [f"{path.name}: tiles are {side} x {side} now"]
