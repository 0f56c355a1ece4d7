"""Names of categories stand on their densest part, without overlaps, and follow the map."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np

from projector_export.serve.static import serve_folder
from tests.helpers import projector_page as viewer
from tests.helpers.made_exports import grouped_embedding, write_made_export

SCATTER = "q.projectorScatterPlotAdapter.scatterPlot"


def names(page) -> list[dict]:
    return list(viewer.evaluate(page, "q.shadowRoot.getElementById('names').names"))


def categories(page) -> dict[str, dict]:
    return {name["text"]: name for name in names(page) if name["kind"] == "category"}


def move_camera(page, *, x: float, y: float, zoom: float) -> None:
    viewer.evaluate(
        page,
        f"(s => {{ s.camera.position.set({x}, {y}, 4); s.orbitCameraControls.target.set({x}, {y}, 0);"
        f" s.camera.zoom = {zoom}; s.camera.updateProjectionMatrix(); s.render(); }})({SCATTER})",
    )


def overlaps(one: dict, other: dict) -> bool:
    return (
        one["left"] < other["right"]
        and other["left"] < one["right"]
        and one["top"] < other["bottom"]
        and other["top"] < one["bottom"]
    )


def test_names_of_categories_are_drawn_amid_their_points_without_overlaps(opened) -> None:
    drawn = categories(opened)
    assert len(drawn) >= 6
    assert set(drawn) <= set(viewer.shown_legend(opened))
    assert not any(overlaps(*pair) for pair in combinations(names(opened), 2))
    option = "(o => q.dataSet.points.map(p => o.items[o.codes[p.index]].label))"
    labels = np.array(viewer.evaluate(opened, f"{option}(q.selectedColorOption)"))
    positions = viewer.positions(opened)[:, :2]
    width, height = viewer.evaluate(opened, f"[{SCATTER}.width, {SCATTER}.height]")
    view = viewer.evaluate(opened, f"(c => [c.right / c.zoom, c.top / c.zoom])({SCATTER}.camera)")
    for text, box in drawn.items():
        middle = np.array([(box["left"] + box["right"]) / 2, (box["top"] + box["bottom"]) / 2])
        place = (middle / [width, height] - 0.5) * [2, -2] * view
        nearest = np.argsort(np.linalg.norm(positions - place, axis=1))[:9]
        assert (labels[nearest] == text).mean() > 0.5, text
    pixels = "q.shadowRoot.getElementById('names').getContext('2d').getImageData"
    first = next(iter(drawn.values()))
    area = [first[side] for side in ("left", "top")] + [60, 15]
    dark = f"Array.from({pixels}({', '.join(map(str, area))}).data).filter(v => v > 0).length"
    assert viewer.evaluate(opened, dark) > 100


def test_names_follow_zoom_and_pan(opened) -> None:
    before = categories(opened)
    move_camera(opened, x=0.1, y=0, zoom=1.1)
    after = categories(opened)
    both = sorted(set(before) & set(after))
    assert len(both) >= 3
    shifts = {round(after[text]["left"] - before[text]["left"], 1) for text in both}
    assert len(shifts) == 1
    assert next(iter(shifts)) < -10


def test_close_up_points_have_their_names_too_also_in_other_scripts(opened) -> None:
    assert not [name for name in names(opened) if name["kind"] == "point"]
    row = viewer.column(opened, "title").index("Войнá и мир · 戦争と平和")
    x, y, _ = viewer.positions(opened)[row]
    move_camera(opened, x=x, y=y, zoom=12)
    drawn = [name["text"] for name in names(opened) if name["kind"] == "point"]
    assert 1 <= len(drawn) <= 30
    assert set(drawn) <= set(viewer.column(opened, "title"))
    assert not any(overlaps(*pair) for pair in combinations(names(opened), 2))


def test_names_give_way_to_a_selection_and_to_what_the_legend_hides(opened) -> None:
    viewer.evaluate(opened, "q.notifySelectionChanged([3])")
    assert names(opened) == []
    viewer.evaluate(opened, "q.notifySelectionChanged([])")
    opened.locator("vz-projector-legend .item").filter(has_text="Genre 03").click()
    assert list(categories(opened)) == ["Genre 03"]


def test_there_are_no_names_in_a_solid_view_or_without_categories(opened) -> None:
    viewer.evaluate(opened, "q.dataPanel.selectedColorOptionName = 'year'")
    assert categories(opened) == {}
    viewer.evaluate(opened, "q.dataPanel.selectedColorOptionName = 'genre'")
    viewer.open_tab(opened, "pca")
    assert names(opened) == []


def test_regions_are_named_too_unless_points_are_colored_by_them(page, tmp_path) -> None:
    embedding = grouped_embedding()
    made = replace(embedding, add_columns=["map_region"], terms=regional_terms(embedding))
    write_made_export(tmp_path, made, layouts=("pca",))
    with serve_folder(tmp_path / "site", host="127.0.0.1", port=0) as address:
        page.goto(address)
        page.wait_for_selector("body[data-opened='by itself']")
        assert kinds_when_colored_by(page, "year") == {"region"}
        assert {name["text"] for name in names(page)} <= {f"Land {number}" for number in range(12)}
        assert not any(overlaps(*pair) for pair in combinations(names(page), 2))
        assert kinds_when_colored_by(page, "map_region") == {"category"}
        assert page.problems == []


def kinds_when_colored_by(page, column: str) -> set[str]:
    viewer.evaluate(page, f"q.dataPanel.selectedColorOptionName = '{column}'")
    page.wait_for_timeout(500)
    return {name["kind"] for name in names(page)}


def regional_terms(embedding) -> list[list[str]]:
    """Name the lands that the points of each category are in."""
    return [[f"Land {int(genre.split()[-1])}"] for genre in embedding.metadata["genre"]]
