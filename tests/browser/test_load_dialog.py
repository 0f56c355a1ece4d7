"""The web app's "Load" dialog accepts the upload set, file by file."""

from __future__ import annotations

import json

import numpy as np

from projector_export.serve.static import serve_folder
from projector_export.write.site.viewer import installed_viewer
from tests.helpers import projector_page as viewer
from tests.helpers.made_exports import DIM, NUM_POINTS

APP = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<style>html, body {width: 100%; height: 100%; margin: 0}</style>
<body>
<script src="projector_binary.js"></script>
<vz-projector-app serving-mode="demo" projector-config-json-path="config.json"></vz-projector-app>
"""


def write_web_app(folder) -> None:
    """The app like on projector.tensorflow.org, showing ten other points."""
    (folder / "projector_binary.js").write_bytes(installed_viewer().script)
    (folder / "index.html").write_text(APP)
    vectors = np.random.default_rng(0).normal(size=(10, 4)).astype("<f4")
    (folder / "own.bytes").write_bytes(vectors.tobytes())
    (folder / "own.tsv").write_text(
        "name\tkind\n" + "".join(f"own {row}\tx\n" for row in range(10))
    )
    table = {
        "tensorName": "own",
        "tensorShape": [10, 4],
        "tensorPath": "own.bytes",
        "metadataPath": "own.tsv",
    }
    (folder / "config.json").write_text(json.dumps({"embeddings": [table]}))


def load(page, upload, table: str) -> None:
    """Follow the README of the upload set."""
    page.locator("vz-projector-data-panel #upload").click()
    page.locator("input#file").set_input_files(upload / f"{table}.vectors.tsv")
    viewer.wait_until(page, f"q.dataSet && q.dataSet.dim[0] === {NUM_POINTS}")
    # Like a user: the viewer fails if labels arrive while it still computes PCA.
    viewer.wait_until_loaded(page)
    page.locator("input#file-metadata").set_input_files(upload / "books.metadata.tsv")
    viewer.wait_until(page, "q.dataPanel.colorOptions.some(o => o.name === 'genre')")
    viewer.wait_until_loaded(page)


def test_vectors_metadata_and_bookmark_load_as_in_tensorboard(page, made_export, tmp_path) -> None:
    folder, shown = made_export
    write_web_app(tmp_path)
    with serve_folder(tmp_path, host="127.0.0.1", port=0) as address:
        page.goto(address)
        viewer.wait_until_loaded(page)
        load(page, folder / "upload", "books")
        assert viewer.dimensions(page) == [NUM_POINTS, DIM]
        assert viewer.column(page, "title") == list(shown.metadata["title"])
        assert list(viewer.color_counts(page, "genre")) == list(
            dict.fromkeys(shown.metadata["genre"])
        )
        bookmarks = folder / "upload" / "books.bookmarks.json"
        page.locator("input#state-file").set_input_files(bookmarks)
        viewer.wait_until(page, "q.projection && q.projection.projectionType === 'umap'")
        np.testing.assert_allclose(viewer.positions(page)[:, :2], shown.layouts["tsne"], atol=1e-4)
        assert viewer.shown_color(page) == "genre"
        assert len(np.unique(viewer.point_colors(page), axis=0)) == 10
        assert page.problems == []


def test_the_map_loads_as_vectors_if_bookmarks_fail(page, made_export, tmp_path) -> None:
    write_web_app(tmp_path)
    with serve_folder(tmp_path, host="127.0.0.1", port=0) as address:
        page.goto(address)
        viewer.wait_until_loaded(page)
        load(page, made_export[0] / "upload", "books_tsne")
        assert viewer.dimensions(page) == [NUM_POINTS, 3]
        assert np.isfinite(viewer.positions(page)).all()
        assert page.problems == []
