"""Pictures show every point, mixed, in colors that all can tell apart, with titles that don't overlap."""

from __future__ import annotations

import io
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from PIL import Image

import projector_export as px
from projector_export.explore.concepts import concepts_figure, find_concepts, place_concepts
from projector_export.explore.map_pictures import around_figure, bars_figure, map_figure
from projector_export.explore.picture import FAINT, PALETTE, PRESETS, figure_bytes, file_slug
from projector_export.explore.plots import plot_maps
from tests.helpers.made_exports import grouped_embedding, write_made_export
from tests.helpers.running import exit_code

SCREEN = PRESETS["screen"]
RNG = np.random.default_rng(0)
LAYOUT = RNG.normal(size=(400, 2)).astype("f4")
LABELS = [f"Title number {row}" for row in range(400)]


def drawn(values: pd.Series | None, labels: list[str] = LABELS, **style: object) -> Figure:
    return map_figure(LAYOUT, values, labels=labels, title="t", **{"preset": SCREEN, **style})


def points(figure: Figure) -> list[PathCollection]:
    """The collections of points, without the rings of landmarks."""
    collections = figure.axes[0].collections
    return [one for one in collections if one.get_linewidths()[0] == 0]


def legend(figure: Figure) -> dict[str, str]:
    """Map each entry to its color."""
    made = figure.axes[0].get_legend()
    colors = [to_hex(handle.get_color()) for handle in made.legend_handles]
    return dict(zip([text.get_text() for text in made.get_texts()], colors, strict=True))


def titles(figure: Figure) -> list[Annotation]:
    return [text for text in figure.axes[0].texts if isinstance(text, Annotation)]


def num_overlaps(figure: Figure) -> int:
    boxes = [Text.get_window_extent(title) for title in titles(figure)]
    return sum(one.overlaps(two) for index, one in enumerate(boxes) for two in boxes[:index])


def test_every_point_is_drawn_once_in_its_color_and_other_is_faint() -> None:
    values = pd.Series(["sea"] * 200 + ["land"] * 150 + ["Other"] * 50, name="topic")
    figure = drawn(values)
    assert legend(figure) == {
        "sea  200": PALETTE[0],
        "land  150": PALETTE[1],
        "Other  50": FAINT,
    }
    found = Counter()
    for collection in points(figure):
        offsets, colors = collection.get_offsets(), collection.get_facecolors()
        for place, color in zip(offsets, np.resize(colors, (len(offsets), 4)), strict=True):
            found[(*np.round(np.asarray(place), 4).tolist(), to_hex(color[:3]))] += 1
    looks = {"sea": PALETTE[0], "land": PALETTE[1], "Other": FAINT}
    rounded = np.round(LAYOUT.astype(float), 4).tolist()
    assert found == Counter((x, y, looks[v]) for (x, y), v in zip(rounded, values, strict=True))


def test_categories_are_mixed_and_other_is_below_them() -> None:
    values = pd.Series(["sea"] * 200 + ["land"] * 150 + ["Other"] * 50)
    below, above = points(drawn(values))
    assert {to_hex(color[:3]) for color in below.get_facecolors()} == {FAINT}
    colors = [to_hex(color[:3]) for color in above.get_facecolors()]
    changes = sum(one != two for one, two in pairwise(colors))
    assert changes > 100  # in blocks it would be 1; 350 shuffled points change 171 times on average
    assert above.get_alpha() < 1


def test_colors_are_far_apart_for_people_who_see_no_red_or_no_green() -> None:
    """By the transformations of Viénot et al. (1999), in linear RGB."""
    linear = np.array([to_rgb(color) for color in (*PALETTE, FAINT)]) ** 2.2
    to_lms = np.array(
        [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]]
    )
    no_red = np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]])
    no_green = np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]])
    for missing in (np.eye(3), no_red, no_green):
        seen = linear @ (np.linalg.inv(to_lms) @ missing @ to_lms).T
        seen = seen.clip(0, 1) ** (1 / 2.2)
        gaps = np.linalg.norm(seen[:, None] - seen, axis=2)[~np.eye(len(seen), dtype=bool)]
        assert gaps.min() > 0.09


@pytest.mark.parametrize("preset", PRESETS)
def test_titles_do_not_overlap_and_stay_inside(preset: str) -> None:
    layout = np.random.default_rng(1).normal(size=(300, 2)).astype("f4")
    names = ["A title that is long enough to be in the way"] * 300
    style = {"title": "t", "preset": PRESETS[preset]}
    figure = map_figure(layout, None, labels=names, **style)
    assert 5 < len(titles(figure)) <= PRESETS[preset].num_titles
    assert num_overlaps(figure) == 0
    near = [(row, 0.5) for row in range(1, 11)]
    figure = around_figure(layout, 0, near, labels=names, **style)
    assert num_overlaps(figure) == 0
    assert len(titles(figure)) >= 9  # the list beside the map has all
    area = figure.axes[0].bbox
    for title in titles(figure):
        box = Text.get_window_extent(title)
        assert area.x0 <= box.x0 < box.x1 <= area.x1
        assert area.y0 <= box.y0 < box.y1 <= area.y1


def test_numbers_are_a_gradient_and_unknown_ones_are_faint() -> None:
    values = pd.Series([*range(1, 391), *["Unknown"] * 10], name="year")
    unknown, known = points(drawn(values))
    assert len(unknown.get_offsets()) == 10
    assert np.ptp(known.get_array()) == 389
    assert drawn(values).axes[0].get_legend() is None


def test_names_with_dollars_or_of_any_length_or_script_are_drawn_as_they_are() -> None:
    values = pd.Series(["$\\frac{1}{0", "a very long name of a value that has no end"] * 200)
    figure = drawn(values, ["$x^{", "戦争と平和", "<b>", "é\n\t\x00"] * 100)
    assert {title.get_text() for title in titles(figure)} <= {"$x^{", "<b>"}
    assert Image.open(io.BytesIO(figure_bytes(figure, "png"))).size == (1380, 990)


def test_similarities_are_bars() -> None:
    closest = pd.DataFrame({"similarity": [0.9, 0.8], "label": ["a", "$b$"]})
    furthest = pd.DataFrame({"similarity": [-0.4], "label": ["c"]})
    above, below = bars_figure(closest, furthest, title="x", preset=SCREEN).axes
    assert [bar.get_width() for bar in above.patches] == [0.9, 0.8]
    assert [bar.get_width() for bar in below.patches] == [-0.4]
    assert [text.get_text() for text in above.get_yticklabels()] == ["a", "$b$"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plots") / "map"
    write_made_export(path, grouped_embedding(120), layouts=("tsne",))
    return path


def test_the_command_writes_a_picture_of_each_layout(folder, tmp_path, capsys) -> None:
    assert exit_code(["plot", str(folder), "-o", str(tmp_path)]) == 0
    written = capsys.readouterr().out.split()
    assert written == [str(tmp_path / f"books_{name}.png") for name in ("tsne", "pca")]
    first = Path(written[0]).read_bytes()
    assert Image.open(io.BytesIO(first)).size == (1380, 990)
    plot_maps(px.open_export(folder), tmp_path)
    assert Path(written[0]).read_bytes() == first


@pytest.mark.parametrize(
    ("options", "name", "start"),
    [
        (["--color-by=year", "--preset=slide"], "books_tsne_by_year.png", b"\x89PNG"),
        (["--around=Book 00007", "--format=svg"], "books_pca_around_book-00007.svg", b"<?xml"),
        (["--neighbors=book 00007", "--format=pdf"], "books_neighbors_book-00007.pdf", b"%PDF"),
    ],
)
def test_the_options_choose_what_is_drawn(folder, tmp_path, options, name, start) -> None:
    assert exit_code(["plot", str(folder), "-o", str(tmp_path), *options]) == 0
    assert (tmp_path / name).read_bytes().startswith(start)


@pytest.mark.parametrize(("preset", "size"), [("slide", (1920, 1080)), ("social", (1200, 630))])
def test_presets_have_the_size_that_the_help_says(preset, size) -> None:
    figure = drawn(None, preset=PRESETS[preset])
    assert Image.open(io.BytesIO(figure_bytes(figure, "png"))).size == size
    assert PRESETS["paper"].size[0] * 25.4 == pytest.approx(183)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--color-by=yeer"], "did you mean 'year'?"),
        (["--around=Bok 00007"], "did you mean 'Book 00007'"),
        (
            ["--around=a", "--neighbors=b"],
            "expected one of --around, --neighbors, --concepts, --curves and --color-by",
        ),
    ],
)
def test_what_does_not_exist_is_refused(folder, tmp_path, capsys, options, message) -> None:
    assert exit_code(["plot", str(folder), "-o", str(tmp_path / "new"), *options]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@given(st.text())
def test_a_label_becomes_a_file_name_without_folders(label: str) -> None:
    slug = file_slug(label)
    assert slug
    assert Path("folder", f"{slug}.png").resolve().parent == Path("folder").resolve()


@pytest.mark.parametrize("missing", ["books.vectors.bytes", "books.metadata.tsv"])
def test_an_incomplete_upload_set_is_refused(tmp_path, capsys, missing) -> None:
    write_made_export(tmp_path, grouped_embedding(60), layouts=("pca",))
    (tmp_path / "upload" / missing).unlink()
    assert exit_code(["plot", str(tmp_path)]) == 2
    assert missing in capsys.readouterr().err


def test_no_legend_is_cut_off_however_small_the_picture() -> None:
    long = [f"{row} {'n' * 40}" for row in range(400)]
    for preset in PRESETS.values():
        values = pd.Series(["n" * 40] * 200 + ["o" * 40] * 200, name="topic")
        neighbors = [(row, 0.5) for row in range(1, 11)]
        for figure in (
            drawn(values, preset=preset),
            around_figure(LAYOUT, 0, neighbors, labels=long, title="t", preset=preset),
        ):
            assert figure.axes[0].get_legend().get_window_extent().x1 <= figure.bbox.x1


def test_concepts_are_at_the_mean_of_their_rows_and_those_alike_are_near() -> None:
    # Three directions, of which the first two are 20 degrees apart, and the third is opposite.
    degrees = np.radians([0, 20, 180]).repeat([6, 3, 4])
    vectors = np.column_stack([np.cos(degrees), np.sin(degrees)])
    cells = ["sea"] * 6 + ["sea; lake"] * 3 + ["land"] * 4
    found = find_concepts(vectors, pd.Series(cells, name="topic"), most=10)
    assert [(concept.name, concept.num_rows) for concept in found] == [
        *(("sea", 9), ("land", 4), ("lake", 3))
    ]
    expected = (6 * np.array([1, 0]) + 3 * np.array([np.cos(degrees[6]), np.sin(degrees[6])])) / 9
    assert found[0].mean == pytest.approx(expected)
    sea, land, lake = place_concepts(np.stack([concept.mean for concept in found]))
    # Chords of 2 sin(angle / 2): the mean of the sea is some 6.6 degrees from 0.
    angle = np.degrees(np.arctan2(expected[1], expected[0]))
    chords = [2 * np.sin(np.radians(part) / 2) for part in (20 - angle, 180 - angle)]
    assert np.linalg.norm(sea - lake) == pytest.approx(chords[0], abs=0.02)
    assert np.linalg.norm(sea - land) == pytest.approx(chords[1], abs=0.02)


@pytest.mark.parametrize("preset", PRESETS)
def test_names_of_concepts_never_overlap_and_all_are_drawn(preset) -> None:
    rng = np.random.default_rng(0)
    vectors, names = rng.normal(size=(400, 8)), [f"Concept {row % 40}" for row in range(400)]
    style = PRESETS[preset]
    figure = concepts_figure(vectors, pd.Series(names, name="x"), title="t", preset=style)
    assert num_overlaps(figure) == 0
    assert len(titles(figure)) == style.num_titles
    assert len(figure.axes[0].collections[0].get_offsets()) == style.num_titles


def test_a_column_without_repeated_values_has_no_concepts(tmp_path, capsys) -> None:
    write_made_export(tmp_path / "map", grouped_embedding(), layouts=())
    assert exit_code(["plot", str(tmp_path / "map"), "--concepts", "title"]) == 2
    assert "'title' has 0 values that 3 or more rows have" in capsys.readouterr().err
    assert exit_code(["plot", str(tmp_path / "map"), "--concepts", "genre", "--format", "svg"]) == 0
    (written,) = (tmp_path / "map/plots").iterdir()
    assert written.name == "books_concepts_genre.svg"
    assert "<svg" in written.read_text()
