"""What the page loads is small, and shows the same as the upload set."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import projector_export as px
from projector_export.errors import InputError, RunError
from projector_export.prepare.geometry import unit_norm, viewer_ready
from projector_export.write.site.packing import (
    byte_planes,
    choose_step,
    kept_neighbors,
    packed_vectors,
)
from projector_export.write.site.page import write_single_file, write_site
from projector_export.write.site.states import packed_state
from tests.helpers.made_exports import grouped_embedding, write_made_export
from tests.helpers.page_files import (
    integers,
    page_config,
    page_vectors,
    read_page_file,
    state_columns,
)

NUM_ROWS, SHOWN = 60, 25


@pytest.fixture(scope="module")
def export(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("page data")
    write_made_export(folder, grouped_embedding(NUM_ROWS), layouts=("tsne", "pca"))
    return folder


@pytest.fixture(scope="module")
def cut(export) -> Path:
    """The page of the first 25 rows."""
    write_site(export / "cut", export / "upload", max_rows=SHOWN)
    return export / "cut"


def nearest(vectors: np.ndarray, k: int = 10) -> np.ndarray:
    cosines = unit_norm(vectors) @ unit_norm(vectors).T
    np.fill_diagonal(cosines, -np.inf)
    return np.argsort(-cosines, axis=1)[:, :k]


def packed(vectors: np.ndarray) -> tuple[float, bytes]:
    step = choose_step(vectors)
    return step, b"".join(packed_vectors(vectors, step))


def test_integers_are_split_into_high_and_low_bytes() -> None:
    # 258 = 1 * 256 + 2; -1 = -1 * 256 + 255; -32768 = -128 * 256 + 0.
    planes = byte_planes(np.array([[258, -1], [0, -32768]]))
    assert planes == bytes([1, 255, 0, 128, 2, 255, 0, 0])


@given(arrays(np.int16, st.tuples(st.integers(0, 5), st.integers(1, 4))))
def test_any_integers_are_restored(matrix) -> None:
    assert integers(byte_planes(matrix)).tolist() == matrix.ravel().tolist()


def test_vectors_become_multiples_of_a_14th_bit_of_the_largest() -> None:
    vectors = np.eye(4, dtype=np.float32)[[0, 1, 2, 3, 0]]
    vectors[4] = [0.5, 0, -0.25, 0]
    step, content = packed(vectors)
    assert step == 1 / 8191  # 2 ** 13 - 1 is the largest number of 14 bits with a sign
    # 0.5 * 8191 = 4095.5, which is rounded to the even 4096; -0.25 * 8191 = -2047.75.
    expected = [8191, 0, 0, 0, 0, 8191, 0, 0, 0, 0, 8191, 0, 0, 0, 0, 8191, 4096, 0, -2048, 0]
    assert integers(content).tolist() == expected


@pytest.mark.parametrize("dim", [8, 60])
def test_of_the_ten_nearest_neighbors_999_in_1000_stay(dim) -> None:
    vectors = viewer_ready(grouped_embedding(4_000, dim=dim).vectors)
    step, content = packed(vectors)
    restored = (integers(content) * step).astype(np.float32).reshape(vectors.shape)
    pairs = zip(nearest(vectors), nearest(restored), strict=True)
    kept = np.mean([len(np.intersect1d(*pair)) / 10 for pair in pairs])
    assert kept >= 0.999
    assert kept_neighbors(vectors, [step])[0] == pytest.approx(kept, abs=0.0005)
    # With steps a hundred times larger they do not, and the measure notices.
    assert kept_neighbors(vectors, [100 * step])[0] < 0.97


def test_vectors_too_close_for_16_bits_are_sent_as_they_are() -> None:
    rng = np.random.default_rng(1)
    vectors = (1_000 + 1e-3 * rng.normal(size=(500, 8))).astype(np.float32)
    assert choose_step(vectors) is None


def test_coordinates_and_zeros_are_sent_as_they_are() -> None:
    assert choose_step(np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)) is None
    assert choose_step(np.zeros((5, 8), np.float32)) is None
    assert choose_step(np.ones((1, 8), np.float32)) is not None


def test_the_page_has_the_vectors_and_coordinates_of_the_upload_set(export) -> None:
    site, upload = export / "site", export / "upload"
    original = np.fromfile(upload / "books.vectors.bytes", "<f4").reshape(NUM_ROWS, 60)
    np.testing.assert_allclose(page_vectors(site), original, atol=np.abs(original).max() / 2**14)
    layout = np.fromfile(upload / "books_tsne.vectors.bytes", "<f4").reshape(NUM_ROWS, 3)
    np.testing.assert_array_equal(page_vectors(site, table=1), layout)
    states = json.loads((upload / "books.bookmarks.json").read_text())
    packed = json.loads(read_page_file(site, "books.bookmarks.json"))
    assert [state["label"] for state in packed] == [state["label"] for state in states]
    for name, column in state_columns(packed[0]).items():
        assert column.tolist() == [point[name] for point in states[0]["projections"]]
    assert state_columns(packed[1]) == {}  # PCA, which the viewer computes


def test_a_bookmark_of_points_with_different_coordinates_stays_as_it_is() -> None:
    for points in ([{"umap-0": 1}, {"umap-1": 1}], [{"umap-0": 1}, {}], [{"umap-0": None}]):
        state = {"projections": points, "dataSetDimensions": [2, 3]}
        assert packed_state(state, num_rows=2) == state
    isolated = {"projections": [{"umap-0": 1}], "filteredPoints": [7]}
    assert packed_state(isolated, num_rows=9) == isolated


def test_the_same_export_gives_the_same_page(export, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    for name in ("one", "two"):
        write_site(tmp_path / name, export / "upload")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_page_above_the_limit_has_the_first_rows_of_each_table(export, cut) -> None:
    upload = export / "upload"
    tables = page_config(cut)["embeddings"]
    assert [table["tensorShape"] for table in tables] == [[SHOWN, 60], [SHOWN, 3]]
    assert [table["rowsInAll"] for table in tables] == [NUM_ROWS, NUM_ROWS]
    original = np.fromfile(upload / "books.vectors.bytes", "<f4").reshape(NUM_ROWS, 60)
    np.testing.assert_allclose(page_vectors(cut), original[:SHOWN], atol=1e-3)
    lines = (upload / "books.metadata.tsv").read_bytes().splitlines(keepends=True)
    assert read_page_file(cut, "books.metadata.tsv") == b"".join(lines[: SHOWN + 1])
    (state, _) = json.loads(read_page_file(cut, "books.bookmarks.json"))
    assert state["dataSetDimensions"] == [SHOWN, 60]
    assert {len(column) for column in state_columns(state).values()} == {SHOWN}


def test_its_legend_counts_the_rows_that_it_has(export, cut) -> None:
    lines = read_page_file(cut, "books.metadata.tsv").decode().splitlines()
    genres = [line.split("\t")[1] for line in lines[1:]]
    coloring = json.loads(read_page_file(cut, "colorings.json"))["books.metadata.tsv"][0]
    codes = base64.b64decode(coloring["codes"])
    assert len(codes) == SHOWN
    assert sum(coloring["counts"]) == SHOWN
    for label, count in zip(coloring["labels"], coloring["counts"], strict=True):
        if label in genres:
            assert count >= genres.count(label)


def test_it_says_how_many_rows_it_has(export, cut, tmp_path, caplog) -> None:
    assert '<p id="size">25 of 60 points · 60 dimensions</p>' in (cut / "index.html").read_text()
    assert "25 of 60, a sample" in (cut / "index.html").read_text()
    with caplog.at_level(logging.INFO):
        write_single_file(tmp_path / "cut.html", export / "upload", max_rows=SHOWN)
    assert "books: the page has 25 of 60 rows" in caplog.text
    whole = (export / "site" / "index.html").read_text()
    assert '<p id="size">60 points · 60 dimensions</p>' in whole
    assert "a sample" not in whole


def test_lines_between_points_end_where_the_sample_does(tmp_path) -> None:
    chains = {"word": [f"word {row}" for row in range(40)], "chain": ["one"] * 40}
    vectors = np.random.default_rng(1).normal(size=(40, 5))
    exported = px.export(
        vectors, chains, tmp_path / "map", name="words", layouts=(), sequences="chain"
    )
    write_site(tmp_path / "cut", exported.path / "upload", max_rows=10)
    rows = read_page_file(tmp_path / "cut", "words.metadata.tsv").decode().splitlines()
    following = [row.split("\t")[-1] for row in rows]
    assert following == ["__seq_next__", *map(str, range(1, 10)), ""]


def test_a_page_is_not_checked_but_what_it_was_made_from(export) -> None:
    with pytest.raises(InputError, match="is a page, whose files only it can read"):
        px.check(export / "site")
    assert px.check(export).findings == []


def test_files_that_are_missing_or_broken_are_named(export, tmp_path) -> None:
    upload = tmp_path / "upload"
    upload.mkdir()
    for path in (export / "upload").iterdir():
        (upload / path.name).write_bytes(path.read_bytes())
    (upload / "books.bookmarks.json").write_text("[{")
    with pytest.raises(RunError, match=r"books\.bookmarks\.json is not JSON"):
        write_site(tmp_path / "site", upload)
    (upload / "books.metadata.tsv").unlink()
    with pytest.raises(RunError, match=r"is incomplete: it has no file 'books\.metadata\.tsv'"):
        write_site(tmp_path / "site", upload)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 99), num_rows=st.integers(2, 40), dim=st.integers(4, 60))
def test_any_vectors_are_restored_to_within_half_a_step(seed, num_rows, dim) -> None:
    vectors = np.random.default_rng(seed).normal(size=(num_rows, dim)).astype(np.float32)
    step, content = packed(vectors)
    restored = (integers(content) * step).reshape(num_rows, dim)
    assert np.abs(restored - vectors).max() <= 0.501 * step
