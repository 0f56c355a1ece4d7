"""Vector databases: LanceDB, Qdrant and Chroma, from folders that they wrote, and Qdrant's server."""

from __future__ import annotations

import json
import pickle
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from tests.helpers.running import exit_code
from tests.helpers.vector_files import (
    DIM,
    IDS,
    TABLE,
    VECTORS,
    WORDS,
    chroma,
    fill_qdrant,
    lancedb,
    qdrant,
)

RAN = Path("/nowhere/pickle-was-run")
WRITERS = {"lancedb": (lancedb, None), "qdrant": (qdrant, "words"), "chroma": (chroma, None)}


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    return {name: write(tmp_path_factory.mktemp(name)) for name, (write, _) in WRITERS.items()}


def columns_of(embedding: px.Embedding) -> dict[str, list[object]]:
    return {str(name): cells for name, cells in embedding.metadata.to_dict("list").items()}


@pytest.mark.parametrize("name", WRITERS)
def test_vectors_and_metadata_are_read_back(folders, name) -> None:
    before = {path: path.stat().st_mtime_ns for path in folders[name].rglob("*")}
    embedding = px.read_embedding(folders[name], array=WRITERS[name][1])
    np.testing.assert_array_equal(embedding.vectors, VECTORS)
    assert embedding.labels == WORDS
    columns = columns_of(embedding)
    assert columns["topic"] == TABLE["topic"].tolist()
    assert columns["year"] == TABLE["year"].tolist()
    if name != "lancedb":
        assert columns["id"] == list(map(str, IDS))
    assert {path: path.stat().st_mtime_ns for path in folders[name].rglob("*")} == before


@pytest.mark.parametrize("name", WRITERS)
def test_the_command_exports_a_folder_without_an_error(folders, name, tmp_path) -> None:
    collection = ["--collection", WRITERS[name][1]] if WRITERS[name][1] else []
    output = ["-o", str(tmp_path / "map"), "--layouts", "none"]
    assert exit_code(["export", str(folders[name]), *collection, *output]) == 0
    assert px.check(tmp_path / "map").num_errors == 0


def test_one_of_several_collections_and_vectors_has_to_be_named(folders) -> None:
    with pytest.raises(px.InputError) as caught:
        px.read_vectors(folders["qdrant"])
    assert caught.value.message.endswith("contains 3 matrices; expected the name of one")
    assert str(caught.value.tip).endswith("words (8), pairs/whole (8), pairs/half (4)")
    halves = px.read_vectors(folders["qdrant"], array="pairs/half")
    np.testing.assert_array_equal(halves, VECTORS[:, : DIM // 2])


def test_a_table_of_lancedb_can_be_named_with_its_column(tmp_path) -> None:
    from lancedb import connect

    rows = [
        {"a": row.tolist(), "b": row[:3].tolist(), "word": word}
        for row, word in zip(VECTORS, WORDS, strict=True)
    ]
    connect(tmp_path).create_table("words", rows)
    connect(tmp_path).create_table("other", rows[:2])
    assert px.read_vectors(tmp_path, array="words/b").shape == (24, 3)
    assert px.read_vectors(tmp_path / "words.lance", array="a").shape == (24, DIM)
    with pytest.raises(px.InputError) as caught:
        px.read_vectors(tmp_path)
    assert str(caught.value.tip).endswith(": other, words")


class Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return RAN.touch, ()


def test_no_code_in_a_point_of_qdrant_is_run(folders, tmp_path) -> None:
    folder = tmp_path / "qdrant"
    shutil.copytree(folders["qdrant"], folder)
    with sqlite3.connect(folder / "collection" / "words" / "storage.sqlite") as storage:
        storage.execute("UPDATE points SET point = ?", (pickle.dumps(Bomb()),))
    storage.close()
    with pytest.raises(px.InputError, match="cannot be read as points of Qdrant"):
        px.read_vectors(folder, array="words")
    assert not RAN.exists()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"collections": {"a": {"vectors": 3}}}'])
def test_a_damaged_folder_of_qdrant_is_refused(tmp_path, content) -> None:
    (tmp_path / "collection").mkdir()
    (tmp_path / "meta.json").write_text(content)
    with pytest.raises(px.InputError):
        px.read_vectors(tmp_path)


def test_a_damaged_folder_of_chroma_or_lancedb_is_refused(tmp_path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(px.InputError, match="cannot be read as a Chroma folder"):
        px.read_vectors(tmp_path)
    (tmp_path / "words.lance" / "_versions").mkdir(parents=True)
    with pytest.raises(px.InputError, match="cannot be read as a LanceDB table"):
        px.read_vectors(tmp_path / "words.lance")


class Server(BaseHTTPRequestHandler):
    """Answers three requests as Qdrant's server documents them, from the client's own engine."""

    def _answer(self, result: object) -> None:
        content = json.dumps({"result": result, "status": "ok", "time": 0.0}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        engine = self.server.engine
        if found := re.fullmatch("/collections/([^/]+)", self.path):
            self._answer(engine.get_collection(found[1]).model_dump(mode="json"))
        elif self.path == "/collections":
            self._answer(engine.get_collections().model_dump(mode="json"))
        else:
            self._answer({"title": "qdrant", "version": "1.12.0"})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        collection = re.fullmatch("/collections/([^/]+)/points/scroll", self.path)[1]
        points, following = self.server.engine.scroll(
            collection,
            limit=10,  # fewer than asked for, so that there are several pages
            offset=asked.get("offset"),
            with_payload=True,
            with_vectors=asked["with_vector"],
        )
        dumped = [point.model_dump(mode="json") for point in points]
        self._answer({"points": dumped, "next_page_offset": following})

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    from qdrant_client import QdrantClient

    with HTTPServer(("127.0.0.1", 0), Server) as server:
        server.engine = QdrantClient(":memory:", force_disable_check_same_thread=True)
        fill_qdrant(server.engine)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_of_qdrant_is_read_page_by_page(address, tmp_path) -> None:
    embedding = px.read_embedding(address, array="words")
    np.testing.assert_array_equal(embedding.vectors, VECTORS)
    assert embedding.labels == WORDS
    assert px.read_metadata(address, array="words").equals(embedding.metadata)
    halves = px.read_vectors(address, array="half")
    np.testing.assert_array_equal(halves, VECTORS[:, : DIM // 2])
    output = ["-o", str(tmp_path / "map"), "--layouts", "none"]
    assert exit_code(["export", address, "--collection", "words", *output]) == 0


def test_an_address_that_does_not_answer_is_refused(tmp_path, capsys) -> None:
    output = ["-o", str(tmp_path / "map")]
    assert exit_code(["export", "http://127.0.0.1:9", *output]) == 2
    assert "http://127.0.0.1:9 cannot be read as a Qdrant server" in capsys.readouterr().err
