"""`px.export` writes what it is given, or refuses it in one line and writes nothing."""

from __future__ import annotations

import base64
import html
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import projector_export as px
from projector_export.errors import InputError, RunError, UsageError
from projector_export.explore import notebook

VECTORS = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]]
CITIES = {"city": ["Oslo", "Lima", "Cairo", "Tokyo"], "half": ["north", "south", "north", "north"]}
# East and north, in degrees.
PLACES = [[10, 60], [-77, -12], [31, 30], [140, 36]]


def web_config(folder: Path) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = json.loads(
        (folder / "upload/projector_config.json").read_text("utf-8")
    )["embeddings"]
    return tables


def bookmarks(folder: Path, table: str) -> list[dict[str, Any]]:
    states: list[dict[str, Any]] = json.loads(
        (folder / f"upload/{table}.bookmarks.json").read_text("utf-8")
    )
    return states


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_several_tables_are_listed_in_order_and_only_the_first_gets_layouts(tmp_path) -> None:
    cities = px.Embedding("cities", VECTORS, CITIES)
    colors = px.Embedding("colors", np.eye(2, 5), ["red", "green"])
    exported = px.export([cities, colors], folder=tmp_path / "map", layouts=("pca",))
    assert [(table.name, table.num_rows) for table in exported.tables] == [
        ("cities", 4),
        ("colors", 2),
    ]
    listed = web_config(tmp_path / "map")
    assert [(table["tensorName"], table["tensorShape"]) for table in listed] == [
        ("cities", [4, 3]),
        ("colors", [2, 5]),
    ]
    assert ["bookmarksPath" in table for table in listed] == [True, False]
    assert exported.findings == []


def test_the_title_is_the_first_name_unless_one_is_given(tmp_path) -> None:
    for title, expected in [(None, "cities"), ("Cities of the world", "Cities of the world")]:
        px.export(
            VECTORS, CITIES, tmp_path / "map", name="cities", title=title, layouts=(), replace=True
        )
        page = (tmp_path / "map/site/index.html").read_text("utf-8")
        assert f"<title>{expected}</title>" in page


def test_an_existing_export_is_kept_unless_it_is_to_be_replaced(tmp_path) -> None:
    px.export(VECTORS, CITIES, tmp_path / "map", name="cities", layouts=("pca",))
    before = files_in(tmp_path / "map")
    with pytest.raises(RunError, match="map already exists"):
        px.export(VECTORS, CITIES, tmp_path / "map", name="towns", layouts=())
    assert files_in(tmp_path / "map") == before
    px.export(VECTORS, CITIES, tmp_path / "map", name="towns", layouts=(), replace=True)
    after = files_in(tmp_path / "map")
    assert "upload/towns.metadata.tsv" in after
    assert [name for name in after if "cities" in name or "bookmarks" in name] == []


def test_replace_never_deletes_a_folder_that_is_not_an_export(tmp_path) -> None:
    photos = tmp_path / "photos"
    (photos / "projector").mkdir(parents=True)
    (photos / "holiday.jpg").write_bytes(b"dear")
    with pytest.raises(UsageError, match="photos is not an export"):
        px.export(VECTORS, CITIES, photos, layouts=(), replace=True)
    assert files_in(tmp_path) == {"photos/holiday.jpg": b"dear"}


def test_replace_accepts_an_empty_folder(tmp_path) -> None:
    px.export(VECTORS, CITIES, tmp_path / "map", layouts=(), replace=True)
    px.export(VECTORS, CITIES, tmp_path / "map", layouts=(), replace=True)
    assert px.open_export(tmp_path / "map").table().labels == CITIES["city"]


@pytest.mark.parametrize("layouts", [(), ("pca",)])
def test_two_tables_with_one_name_are_refused(tmp_path, layouts) -> None:
    twice = [px.Embedding("cities", VECTORS, CITIES), px.Embedding("cities", VECTORS[:2])]
    with pytest.raises(InputError, match="two tables are named 'cities'; each needs its own name"):
        px.export(twice, folder=tmp_path / "map", layouts=layouts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("own", "computed", "name"),
    [({"world": PLACES}, (), "cities_world"), ({}, ("tsne",), "cities_tsne")],
)
def test_a_table_that_is_named_like_a_layout_of_another_is_refused(
    tmp_path, own, computed, name
) -> None:
    cities = px.Embedding("cities", VECTORS, CITIES, layouts=own)
    with pytest.raises(InputError, match=f"two tables are named '{name}'") as refused:
        px.export([cities, px.Embedding(name, VECTORS)], folder=tmp_path / "map", layouts=computed)
    assert refused.value.tip == "a layout is a table too, named <table>_<layout>"


def test_pca_takes_no_name_as_the_viewer_computes_it_itself(tmp_path) -> None:
    tables = [px.Embedding("cities", VECTORS, CITIES), px.Embedding("cities_pca", VECTORS)]
    px.export(tables, folder=tmp_path / "map", layouts=("pca",))
    assert [table["tensorName"] for table in web_config(tmp_path / "map")] == [
        "cities",
        "cities_pca",
    ]


def test_without_a_color_column_rows_and_values_stay_as_they_are(tmp_path) -> None:
    # With it, rows would be sorted by the legend and rare values would become "Other".
    table = {
        "number": [f"no. {row}" for row in range(60)],
        "digit": [row % 13 for row in range(60)],
    }
    vectors = np.random.default_rng(0).normal(size=(60, 4))
    exported = px.export(vectors, table, tmp_path / "map", layouts=("pca",), color_by=None)
    lines = (tmp_path / "map/upload/vectors.metadata.tsv").read_text("utf-8").splitlines()
    assert lines == ["number\tdigit", *(f"no. {row}\t{row % 13}" for row in range(60))]
    assert exported.tables[0].color_by is None
    (state,) = bookmarks(tmp_path / "map", "vectors")
    assert (state["label"], state["selectedColorOptionName"]) == ("PCA", "No color map")


def test_a_layout_of_your_own_is_the_first_bookmark(tmp_path) -> None:
    cities = px.Embedding("cities", VECTORS, CITIES, color_by=None, layouts={"world": PLACES})
    exported = px.export(cities, folder=tmp_path / "map", layouts=("pca",))
    world, pca = bookmarks(tmp_path / "map", "cities")
    assert (world["label"], pca["label"]) == ("world", "PCA")
    assert (world["selectedProjection"], pca["selectedProjection"]) == ("umap", "pca")
    # East goes from -77 to 140, north from -12 to 60; each axis is stretched to -10,000..10,000.
    # Oslo's east: (10 - 31.5) / 108.5 * 10,000 = -1,982; Cairo's north: (30 - 24) / 36 * 10,000.
    shown = [[point["umap-0"], point["umap-1"]] for point in world["projections"]]
    assert shown == [[-1982, 10000], [-10000, -10000], [-46, 1667], [10000, 3333]]
    # It is also a separate table, centered on its mean: (26, 28.5).
    opened = px.open_export(tmp_path / "map")
    expected = [[-16, 31.5, 0], [-103, -40.5, 0], [5, 1.5, 0], [114, 7.5, 0]]
    np.testing.assert_allclose(opened.table("cities_world").vectors, expected, atol=1e-4)
    assert exported.findings == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((VECTORS, CITIES), "needs a folder to write to"),
        (
            (px.Embedding("a", VECTORS), CITIES, "map"),
            "metadata and options belong in each of them",
        ),
        (([px.Embedding("a", VECTORS), VECTORS], None, "map"), "every table to be an Embedding"),
    ],
)
def test_arguments_that_do_not_fit_together_are_refused(
    tmp_path, monkeypatch, arguments, words
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=words):
        px.export(*arguments)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_halfway_leaves_the_old_one_and_nothing_else(tmp_path) -> None:
    px.export(VECTORS, CITIES, tmp_path / "map", layouts=())
    before = files_in(tmp_path)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    vectors = np.random.default_rng(7).normal(size=(60, 4))
    with pytest.raises(KeyboardInterrupt):
        px.export(
            vectors, None, tmp_path / "map", layouts=("tsne",), replace=True, on_progress=interrupt
        )
    assert files_in(tmp_path) == before


def test_its_page_is_written_elsewhere_and_shown_in_a_notebook(tmp_path) -> None:
    exported = px.export(VECTORS, CITIES, tmp_path / "map", name="cities", layouts=("pca",))
    site = exported.site(tmp_path / "public")
    assert files_in(site) == files_in(tmp_path / "map/site")
    with pytest.raises(RunError, match="public already exists"):
        exported.site(tmp_path / "public")
    one_file = exported.site(tmp_path / "cities.html", single_file=True)
    assert "<title>cities</title>" in one_file.read_text("utf-8")
    frame = exported._repr_html_()
    assert frame.startswith('<iframe title="Map" srcdoc="')
    assert html.escape(one_file.read_text("utf-8")) in frame


def test_a_page_that_is_too_large_for_a_notebook_is_shown_as_a_picture(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(notebook, "MAX_BYTES", 1_000)
    exported = px.export(VECTORS, CITIES, tmp_path / "a&b", name="cities", layouts=("pca",))
    shown = exported._repr_html_()
    picture = base64.b64decode(shown.split("base64,")[1].split('"')[0])
    assert picture.startswith(b"\x89PNG")
    assert f"projector-export view &#x27;{tmp_path}/a&amp;b&#x27;" in shown
