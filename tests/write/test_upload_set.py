from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from google.protobuf import text_format
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from projector_export.prepare.table import PreparedTable
from projector_export.write.projector_config import Table, config_json, config_pbtxt
from projector_export.write.tables import serialize
from projector_export.write.upload_set import vectors_bytes, vectors_tsv, write_upload_set
from tests.helpers.projector_reader import read_metadata, read_vectors

TITLES = ["Émile", "1984", ""]
VECTORS = np.random.default_rng(3).normal(size=(3, 50)).astype(np.float32)
BOOKS = serialize(
    PreparedTable(
        name="books",
        vectors=VECTORS,
        metadata=pd.DataFrame(
            {"title": TITLES, "genre": ["Novel", "Satire", None], "year": [1762, 1949, 0]}
        ),
        color_by="genre",
    )
)
LINKS = serialize(
    PreparedTable(
        name="links",
        vectors=VECTORS[:2, :4],
        metadata=pd.DataFrame({"name": ["London", "Paris"]}),
    )
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_upload_set(tmp_path / "upload", [BOOKS, LINKS], title="my books")
    return tmp_path / "upload"


def bits(vectors: np.ndarray) -> np.ndarray:
    return vectors.view(np.uint32)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1))
def test_any_float32_is_restored_from_text_to_the_last_bit(numbers: list[float]):
    vectors = np.array([[number, -number] for number in numbers], np.float32)
    np.testing.assert_array_equal(bits(read_vectors(b"".join(vectors_tsv(vectors)))), bits(vectors))


def test_every_exponent_of_float32_is_restored():
    exponents = np.arange(256, dtype=np.uint32)[:-1, None] << 23
    fractions = np.array([0, 1, 0x2AAAAA, 0x555555, 0x7FFFFF], np.uint32)
    vectors = (exponents | fractions).view(np.float32)
    assert np.isfinite(vectors).all()
    np.testing.assert_array_equal(bits(read_vectors(b"".join(vectors_tsv(vectors)))), bits(vectors))


def test_text_has_one_row_per_line_and_no_more_digits_than_needed():
    vectors = np.array([[0.1, -1], [1e-30, 0]], np.float32)
    assert b"".join(vectors_tsv(vectors)) == b"0.100000001\t-1\n1e-30\t0\n"


def test_bytes_are_little_endian_float32_row_by_row():
    vectors = np.asfortranarray([[1.0, 2.0], [3.0, 4.0]])
    assert b"".join(vectors_bytes(vectors)) == b"".join(
        bytes.fromhex(number) for number in ("0000803f", "00000040", "00004040", "00008040")
    )


def test_the_set_contains_what_the_web_app_reads(folder: Path):
    assert sorted(path.name for path in folder.iterdir()) == [
        *("README.md", "books.metadata.tsv", "books.vectors.bytes", "books.vectors.tsv"),
        *("colorings.json", "links.metadata.tsv", "links.vectors.bytes", "links.vectors.tsv"),
        *("projector_config.json", "tour.json"),
    ]


def test_both_forms_of_the_vectors_are_the_same_bits(folder: Path):
    for embedding in (BOOKS.table, LINKS.table):
        content = (folder / f"{embedding.name}.vectors.bytes").read_bytes()
        from_bytes = np.frombuffer(content, "<f4").reshape(embedding.vectors.shape)
        from_text = read_vectors((folder / f"{embedding.name}.vectors.tsv").read_bytes())
        np.testing.assert_array_equal(bits(from_bytes), bits(embedding.vectors))
        np.testing.assert_array_equal(bits(from_text), bits(embedding.vectors))


def test_metadata_is_in_the_order_of_the_vectors(folder: Path):
    read = read_metadata((folder / "books.metadata.tsv").read_bytes())
    assert read.names == ["title", "genre", "year"]
    assert read.cells("title") == ["Émile", "1984\u2060", "Unknown"]
    assert read.cells("year") == [1762, 1949, 0]
    links = read_metadata((folder / "links.metadata.tsv").read_bytes())
    assert links.points == [{"label": "London"}, {"label": "Paris"}]


def test_the_web_apps_config_names_every_file_and_shape(folder: Path):
    config = json.loads((folder / "projector_config.json").read_text("utf-8"))
    assert config == {
        "embeddings": [
            {
                "tensorName": "books",
                "tensorShape": [3, 50],
                "tensorPath": "books.vectors.bytes",
                "metadataPath": "books.metadata.tsv",
            },
            {
                "tensorName": "links",
                "tensorShape": [2, 4],
                "tensorPath": "links.vectors.bytes",
                "metadataPath": "links.metadata.tsv",
            },
        ],
        "modelCheckpointPath": "my books",
    }
    for table in config["embeddings"]:
        assert (folder / table["tensorPath"]).is_file()
        assert (folder / table["metadataPath"]).is_file()


def test_the_readme_is_filled_in_and_names_existing_files(folder: Path):
    text = (folder / "README.md").read_text("utf-8")
    assert "$" not in text
    assert text.startswith("# my books, ready for the Embedding Projector\n")
    assert "3 vectors of 50 numbers in `books`" in text
    assert "choose `genre`" in text
    assert "**Label by** is `title`" in text
    named = re.findall(r"`((?:books|projector_config)\.[\w.]+)`", text)
    assert {"books.vectors.tsv", "books.metadata.tsv", "projector_config.json"} <= set(named)
    assert [name for name in named if not (folder / name).is_file()] == []


def test_the_readme_of_one_column_says_what_the_viewer_calls_it(tmp_path: Path):
    write_upload_set(tmp_path, [LINKS], title="$title ${dim}")
    text = (tmp_path / "README.md").read_text("utf-8")
    assert text.startswith("# $title ${dim}, ready")
    assert "choose a column" in text
    assert "**Label by** is `label`" in text


def test_tensorboards_config_is_the_proto_that_it_reads():
    table = Table(
        name="books",
        shape=(3, 50),
        metadata_path="books.metadata.tsv",
        bookmarks_path="books.bookmarks.json",
    )
    other = Table(name="links", shape=(2, 4), metadata_path="links.metadata.tsv")
    config = text_format.Parse(config_pbtxt([table, other]), ProjectorConfig())
    first, second = config.embeddings
    assert (first.tensor_name, list(first.tensor_shape)) == ("books", [3, 50])
    assert first.metadata_path == "books.metadata.tsv"
    assert first.bookmarks_path == "books.bookmarks.json"
    assert first.tensor_path == ""
    assert (second.tensor_name, second.bookmarks_path) == ("links", "")
    assert config.model_checkpoint_path == ""


def test_the_title_of_the_json_is_any_text():
    text = config_json([], title='Bücher "ß" \n 漢')
    assert json.loads(text) == {"modelCheckpointPath": 'Bücher "ß" \n 漢'}
    assert text.endswith("}\n")
