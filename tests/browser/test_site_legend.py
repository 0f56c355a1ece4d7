"""A click in the legend shows one category, Shift several, the same again all."""

from __future__ import annotations

from tests.helpers import projector_page as viewer
from tests.helpers.made_exports import NUM_POINTS


def item(page, label: str):
    return page.locator("vz-projector-legend .item").filter(has_text=label)


def drawn(page) -> set[int]:
    geometry = "q.projectorScatterPlotAdapter.spriteVisualizer.points.geometry"
    return set(viewer.evaluate(page, f"Array.from({geometry}.index.array)"))


def rows_of(page, *labels: str) -> set[int]:
    codes = (
        "(o => q.dataSet.points.map(p => o.items[o.codes[p.index]].label))(q.selectedColorOption)"
    )
    return {row for row, label in enumerate(viewer.evaluate(page, codes)) if label in labels}


def num_shown(page) -> str:
    return str(page.locator("span.numDataPoints").inner_text())


def test_a_click_shows_one_category_and_the_same_again_all(opened) -> None:
    item(opened, "Genre 03").click()
    rows = rows_of(opened, "Genre 03")
    assert 0 < len(rows) < NUM_POINTS
    assert drawn(opened) == rows
    assert num_shown(opened) == f"{len(rows)} of {NUM_POINTS}"
    assert int(item(opened, "Genre 03").locator(".info").inner_text()) == len(rows)
    assert item(opened, "Genre 03").get_attribute("aria-pressed") == "true"
    item(opened, "Genre 05").click()
    assert drawn(opened) == rows_of(opened, "Genre 05")
    item(opened, "Genre 05").click()
    assert len(drawn(opened)) == NUM_POINTS
    assert num_shown(opened) == str(NUM_POINTS)


def test_shift_adds_and_takes_away(opened) -> None:
    item(opened, "Genre 03").click()
    item(opened, "Genre 05").click(modifiers=["Shift"])
    assert drawn(opened) == rows_of(opened, "Genre 03", "Genre 05")
    item(opened, "Genre 03").click(modifiers=["Shift"])
    assert drawn(opened) == rows_of(opened, "Genre 05")
    item(opened, "Genre 05").click(modifiers=["Shift"])
    assert len(drawn(opened)) == NUM_POINTS


def test_keys_choose_too(opened) -> None:
    item(opened, "Genre 03").focus()
    opened.keyboard.press("Enter")
    assert drawn(opened) == rows_of(opened, "Genre 03")


def test_hidden_points_cannot_be_hovered_but_a_selected_one_is_shown(opened) -> None:
    item(opened, "Genre 03").click()
    other = min(rows_of(opened, "Genre 05"))
    viewer.evaluate(opened, f"q.notifySelectionChanged([{other}])")
    assert other in drawn(opened)
    assert len(drawn(opened)) >= 101


def test_another_color_shows_all_again(opened) -> None:
    item(opened, "Genre 03").click()
    viewer.evaluate(opened, "q.dataPanel.selectedColorOptionName = 'year'")
    assert len(drawn(opened)) == NUM_POINTS
    assert num_shown(opened) == str(NUM_POINTS)


def test_the_legend_counts_the_isolated_points(opened) -> None:
    viewer.evaluate(opened, "q.notifySelectionChanged([5])")
    opened.get_by_role("button", name="Isolate 101 points").click()
    counts = opened.locator("vz-projector-legend .info").all_inner_texts()
    assert sum(map(int, counts)) == 101
    opened.get_by_role("button", name="Show All Data").click()
    counts = opened.locator("vz-projector-legend .info").all_inner_texts()
    assert sum(map(int, counts)) == NUM_POINTS
