"""Saved states of the projector ("bookmarks"), and what the page needs in them.

Sources: State in data.ts:675-722; loadState in vz-projector.ts:665-714, restoreUIFromBookmark in
vz-projector-projections-panel.ts, TensorBoard 2.21.0.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from projector_export.viewer_facts import NUM_PCA_COMPONENTS, PROJECTIONS

MAX_BYTES = 128 << 20  # two million points of our own; parsed, they take up to 24 times as much
# Without one of these keys the page stops halfway through a bookmark.
NUMBERS = ("tSNEIteration", "tSNEPerplexity", "tSNELearningRate")
TEXTS = ("customXLeftText", "customXRightText", "customYUpText", "customYDownText")
LISTS = ("pcaComponentDimensions", "projections", "selectedPoints")


@dataclass(slots=True, kw_only=True)
class Bookmarks:
    """A bookmark file.

    Attributes:
        path: the file.
        states: its content; empty if it does not parse.
        problem: why it does not parse, or "".
        problem_line: where, from 1.
    """

    path: Path
    states: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""
    problem_line: int | None = None

    @property
    def labels(self) -> list[str]:
        """The names that the page lists."""
        return [str(state.get("label", "")) for state in self.states]


def read_bookmarks(path: Path) -> Bookmarks:
    """Read a bookmark file as the page does: as one JSON list of objects."""
    bookmarks = Bookmarks(path=path)
    if path.stat().st_size > MAX_BYTES:
        bookmarks.problem = f"it has more than {MAX_BYTES >> 20} MB, too many to read"
        return bookmarks
    try:
        content = json.loads(path.read_bytes().decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        bookmarks.problem = f"it is not UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        bookmarks.problem, bookmarks.problem_line = error.msg, error.lineno
    except (ValueError, RecursionError) as error:
        bookmarks.problem = str(error)[:200]
    else:
        if not isinstance(content, list):
            bookmarks.problem = "it is not a list of states"
        elif not all(isinstance(state, dict) for state in content):
            bookmarks.problem = "the list contains something that is not an object"
        else:
            bookmarks.states = content
    return bookmarks


def state_problems(
    state: dict[str, Any], shape: tuple[int, int] | None, *, wipes_pca: bool
) -> Iterator[str]:
    """Describe what stops the page from showing one state correctly.

    Args:
        state: one bookmark.
        shape: (N, D) of the tensor as the page has it, if it is known.
        wipes_pca: whether loading a state deletes the page's own PCA, as in TensorBoard.
    """
    yield from _missing_fields(state)
    if state.get("selectedProjection") not in PROJECTIONS:
        chosen = state.get("selectedProjection")
        yield f"selectedProjection is {chosen!r}; expected one of {', '.join(PROJECTIONS)}"
    if shape is not None:
        yield from _wrong_shape(state, shape)
    if isinstance(state.get("projections"), list):
        yield from _projection_problems(state)
        if wipes_pca and shape is not None:
            yield from _missing_components(state, dim=shape[1])
    yield from _camera_problems(state.get("cameraDef"))


def _missing_fields(state: dict[str, Any]) -> Iterator[str]:
    expected: list[tuple[tuple[str, ...], Callable[[Any], bool], str]] = [
        (NUMBERS, is_number, "a number"),
        (TEXTS, lambda value: isinstance(value, str), "a text, which can be empty"),
        (LISTS, lambda value: isinstance(value, list), "a list"),
    ]
    for keys, is_right, what in expected:
        for key in keys:
            if key not in state:
                yield f"{key} is missing; expected {what}"
            elif not is_right(state[key]):
                yield f"{key} is {str(state[key])[:30]!r}; expected {what}"


def is_number(value: object) -> bool:
    """Whether a value is a finite JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _wrong_shape(state: dict[str, Any], shape: tuple[int, int]) -> Iterator[str]:
    num_points = num_shown_points(state, num_points=shape[0])
    projections = state.get("projections")
    if isinstance(projections, list) and len(projections) > num_points:
        yield f"{len(projections):,} projections for {num_points:,} points"
    dimensions = state.get("dataSetDimensions")
    if dimensions != [num_points, shape[1]]:
        yield f"dataSetDimensions is {str(dimensions)[:40]}; expected {[num_points, shape[1]]}"
    shuffled = state.get("shuffledDataIndices")
    if isinstance(shuffled, list) and not _is_permutation(shuffled, num_points):
        yield f"shuffledDataIndices does not contain each of {num_points:,} points once"


def num_shown_points(state: dict[str, Any], *, num_points: int) -> int:
    """How many of the points a state shows: an empty list of them means all (data.ts:224)."""
    subset = state.get("filteredPoints")
    return len(subset) if isinstance(subset, list) and subset else num_points


def _is_permutation(values: list[Any], size: int) -> bool:
    return (
        len(values) == size
        and all(type(value) is int for value in values)
        and set(values) == set(range(size))
    )


def _projection_problems(state: dict[str, Any]) -> Iterator[str]:
    for row, point in enumerate(state["projections"]):
        if not isinstance(point, dict):
            yield f"projections[{row}] is not an object"
            return
        for key in needed_keys(state):
            if not is_number(point.get(key)):
                yield f"projections[{row}] has no number {key!r}, so the point is not drawn"
                return


def _missing_components(state: dict[str, Any], *, dim: int) -> Iterator[str]:
    """List components that the PCA tab offers and the first point lacks.

    Without entries nothing is deleted; a state with `filteredPoints` creates a new set of points,
    for which PCA is computed again (vz-projector.ts:284-294).
    """
    projections = state["projections"]
    if not projections or isinstance(state.get("filteredPoints"), list):
        return
    offered = [f"pca-{part}" for part in range(min(NUM_PCA_COMPONENTS, dim))]
    brought = projections[0] if isinstance(projections[0], dict) else {}
    missing = [key for key in offered if not is_number(brought.get(key))]
    if missing:
        yield (
            f"projections lack {', '.join(missing)} of the {len(offered)} components that the PCA "
            "tab offers, so after this bookmark the tab is blank if one of them is chosen"
        )


def needed_keys(state: dict[str, Any]) -> list[str]:
    """List the coordinates from which the state's projection is drawn."""
    chosen = state.get("selectedProjection")
    if chosen == "custom":
        return ["linear-x", "linear-y"]
    if chosen == "pca":
        components = state.get("pcaComponentDimensions")
        return [f"pca-{part}" for part in components] if isinstance(components, list) else []
    if chosen in ("tsne", "umap"):
        is_3d = state.get("tSNEis3d" if chosen == "tsne" else "umapIs3d")
        return [f"{chosen}-{part}" for part in range(3 if is_3d else 2)]
    return []


def _camera_problems(camera: object) -> Iterator[str]:
    if camera is None:
        return  # the page then uses its own camera
    if not isinstance(camera, dict):
        yield f"cameraDef is {str(camera)[:30]!r}; expected an object"
        return
    for key in ("position", "target"):
        value = camera.get(key)
        if not (isinstance(value, list) and len(value) == 3 and all(map(is_number, value))):
            yield f"cameraDef.{key} is {str(value)[:30]}; expected a list of three numbers"
    if not is_number(camera.get("zoom")):
        yield "cameraDef.zoom is missing; expected a number"


def layout_slots(bookmarks: Bookmarks | None, num_points: int) -> set[str]:
    """List the projections for which a state has the coordinates of all points."""
    states = bookmarks.states if bookmarks else []
    return {
        str(state.get("selectedProjection"))
        for state in states
        if isinstance(state.get("projections"), list) and len(state["projections"]) >= num_points
    }
