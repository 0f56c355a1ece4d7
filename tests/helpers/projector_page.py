"""What a page with the Embedding Projector shows, read from the viewer's objects.

The property names are those of TensorBoard's source (vz-projector.ts, scatterPlot.ts).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from projector_export.arrays import Float32Matrix

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOAD_MILLISECONDS = 60_000

# The viewer is inside shadow roots, with other parents in TensorBoard than in the page.
FIND = """
window.projector = () => {
  const found = (root) => root.querySelector('vz-projector') ||
    [...root.querySelectorAll('*')].map(e => e.shadowRoot && found(e.shadowRoot)).find(Boolean);
  return found(document);
};
"""


def install(page: Page) -> None:
    """Let the page's scripts call `projector()`; call this before `goto`."""
    page.add_init_script(FIND)


def evaluate(page: Page, expression: str) -> Any:
    """Evaluate JavaScript in which `q` is the viewer's element."""
    return page.evaluate(f"(() => {{ const q = projector(); return {expression}; }})()")


def wait_until(page: Page, condition: str, *, timeout: float = LOAD_MILLISECONDS) -> None:
    """Wait until a JavaScript `condition` on the viewer's element `q` holds."""
    page.wait_for_function(
        f"(() => {{ const q = projector(); return Boolean(q && ({condition})); }})()",
        timeout=timeout,
    )


def wait_until_loaded(page: Page) -> None:
    """Wait until points, labels and the first projection are there."""
    wait_until(
        page,
        "q.dataSet && q.projection && q.projection.dataSet === q.dataSet && "
        "q.dataPanel.colorOptions && q.dataSet.points[0].metadata && "
        # After a change of tables the viewer first draws the new points at undefined positions.
        "isFinite(q.projectorScatterPlotAdapter.scatterPlot.worldSpacePointPositions?.[0])",
    )


def wait_until_bookmarks(page: Page) -> None:
    """Wait until bookmarks are listed."""
    wait_until(page, "q.bookmarkPanel && q.bookmarkPanel.savedStates.length")


def dimensions(page: Page) -> list[int]:
    """Read [N, D]."""
    return list(evaluate(page, "q.dataSet.dim"))


def column(page: Page, name: str) -> list[Any]:
    """Read one metadata column, one cell per point."""
    return list(evaluate(page, f"q.dataSet.points.map(p => p.metadata[{name!r}])"))


def color_counts(page: Page, name: str) -> dict[str, int]:
    """Read the legend that "Color by" offers for a column."""
    items = evaluate(
        page, f"(q.dataPanel.colorOptions.find(o => o.name === {name!r}) || {{}}).items"
    )
    return {str(item["label"]): int(item["count"]) for item in items or []}


def bookmark_labels(page: Page) -> list[str]:
    """Read the names in the bookmark drawer."""
    return list(evaluate(page, "q.bookmarkPanel.savedStates.map(s => s.label)"))


def click_bookmark(page: Page, index: int) -> None:
    """Click a bookmark's radio button like a user, and wait until it is selected."""
    row = page.locator("vz-projector-bookmark-panel .state-row").nth(index)
    row.locator(".state-radio paper-icon-button:visible").click()
    wait_until(page, f"q.bookmarkPanel.savedStates[{index}].isSelected")


def open_tab(page: Page, name: str) -> None:
    """Click the tab of a projection: umap, tsne, pca or custom."""
    page.locator(f".ink-tab[data-tab={name}]").click()
    wait_until(page, f"q.projection && q.projection.projectionType === {name!r}")


def choose_component(page: Page, component: int) -> None:
    """Choose what the PCA tab draws from left to right; components are numbered from 0."""
    evaluate(page, f"(q.projectionsPanel.pcaX = {component})")
    wait_until(page, f"q.projection.projectionComponents[0] === 'pca-{component}'")


def offered_components(page: Page) -> list[int]:
    """Read which components the PCA tab offers, from 0."""
    return list(evaluate(page, "q.projectionsPanel.pcaComponents.map(c => c.id)"))


def choose_table(page: Page, name: str) -> None:
    """Choose a table by its name in the menu, and wait for its points."""
    evaluate(page, f"q.dataPanel.selectedTensor = {name!r}")
    wait_until_loaded(page)


def choose_run(page: Page, name: str) -> None:
    """Choose a run by its name in the menu, and wait for its points."""
    if evaluate(page, "q.dataPanel.selectedRun") != name:
        evaluate(page, "void (window.left = q.dataSet)")
        evaluate(page, f"(q.dataPanel.selectedRun = {name!r})")
        wait_until(page, "q.dataSet && q.dataSet !== window.left")
    wait_until_loaded(page)


def positions(page: Page) -> Float32Matrix:
    """Read the positions of points: (N, 3)."""
    return _matrix(page, "q.projectorScatterPlotAdapter.scatterPlot.worldSpacePointPositions")


def point_colors(page: Page) -> Float32Matrix:
    """Read the colors of points: (N, 3), red, green and blue from 0 to 1."""
    return _matrix(page, "q.projectorScatterPlotAdapter.scatterPlot.pointColors")


def pca_values(page: Page, component: int) -> Float32Matrix:
    """Read the values (N,) of one of the viewer's principal components."""
    key = f"pca-{component}"
    return np.array(evaluate(page, f"q.dataSet.points.map(p => p.projections[{key!r}])"), float)


def neighbors(page: Page, row: int, *, k: int = 10) -> list[int]:
    """Select a point and read its nearest rows, from the list that the page shows."""
    select = f"q.notifySelectionChanged([{row}])"
    found = "q.projectorScatterPlotAdapter.neighborsOfFirstSelectedPoint"
    # In one step: the address of an earlier selection may still bring that one back.
    return list(evaluate(page, f"({select}, {found}.slice(0, {k}).map(n => n.index))"))


def shown_projection(page: Page) -> str:
    """Read which slot is shown: pca, tsne, umap or custom."""
    return str(evaluate(page, "q.projection.projectionType"))


def shown_color(page: Page) -> str:
    """Read the name of the column that is colored by."""
    return str(evaluate(page, "q.dataPanel.selectedColorOptionName"))


def shown_legend(page: Page) -> dict[str, str]:
    """Read the legend: value -> color, in its order."""
    items = evaluate(page, "q.dataPanel.colorLegendRenderInfo.items")
    return {str(item["label"]): str(item["color"]) for item in items}


def _matrix(page: Page, array: str) -> Float32Matrix:
    # As base64, because the browser's protocol takes seconds for a hundred thousand numbers.
    letters = "Array.from(bytes, byte => String.fromCharCode(byte)).join('')"
    as_base64 = f"(bytes => btoa({letters}))(new Uint8Array(Float32Array.from({array}).buffer))"
    raw = base64.b64decode(evaluate(page, as_base64))
    return np.frombuffer(raw, "<f4").astype(float).reshape(-1, 3)
