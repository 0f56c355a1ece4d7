"""What a page with the Embedding Projector shows, read from the viewer's own objects.

The property names are those of TensorBoard's source (vz-projector.ts, scatterPlot.ts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOAD_MILLISECONDS = 60_000

# The viewer sits below shadow roots, under other parents in TensorBoard than in a page of its own.
FIND = """
window.projector = () => {
  const found = (root) => root.querySelector('vz-projector') ||
    [...root.querySelectorAll('*')].map(e => e.shadowRoot && found(e.shadowRoot)).find(Boolean);
  return found(document);
};
"""


def install(page: Page) -> None:
    """Let the page's scripts call `projector()`; to be called before `goto`."""
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
        "q.projectorScatterPlotAdapter.scatterPlot.worldSpacePointPositions",
    )


def wait_until_bookmarks(page: Page) -> None:
    """Wait until bookmarks are listed."""
    wait_until(page, "q.bookmarkPanel && q.bookmarkPanel.savedStates.length")


def dimensions(page: Page) -> list[int]:
    """Read [N, D]."""
    return list(evaluate(page, "q.dataSet.dim"))


def column(page: Page, name: str) -> list[Any]:
    """Read one metadata column, a cell per point."""
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
    """Click a bookmark's radio button as a person does."""
    page.locator(
        "vz-projector-bookmark-panel paper-radio-button, "
        "vz-projector-bookmark-panel input[type=radio]"
    ).nth(index).click()


def positions(page: Page) -> list[float]:
    """Read where points are drawn, x, y, z of one after the other."""
    return list(
        evaluate(
            page,
            "Array.from(q.projectorScatterPlotAdapter.scatterPlot.worldSpacePointPositions)",
        )
    )


def point_colors(page: Page) -> list[float]:
    """Read the colours that points are drawn in, r, g, b of one after the other."""
    return list(evaluate(page, "Array.from(q.projectorScatterPlotAdapter.scatterPlot.pointColors)"))


def shown_projection(page: Page) -> str:
    """Read which slot is shown: pca, tsne, umap or custom."""
    return str(evaluate(page, "q.projection.projectionType"))


def shown_color(page: Page) -> str:
    """Read what is coloured by."""
    return str(evaluate(page, "q.dataPanel.selectedColorOptionName"))
