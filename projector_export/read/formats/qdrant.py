"""Qdrant: the folder of its Python client, or a server's address; payloads are the metadata.

The client keeps points as pickles. They are read here without it, by an unpickler that knows no
class and no function, so that nothing in an untrusted folder can run.
"""

from __future__ import annotations

import json
import os
import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from projector_export.errors import InputError
from projector_export.files import is_file_inside
from projector_export.read.formats.base import (
    FileFormat,
    Shape,
    Source,
    choose_array,
    damage_as_input_error,
    require_extra,
)
from projector_export.read.formats.columns import label_first, stack_rows, table_of_records

META_NAME, COLLECTIONS, STORAGE_NAME = "meta.json", "collection", "storage.sqlite"
POINTS_PER_PAGE = 1_000
KEY_VARIABLE = "QDRANT_API_KEY"


def _recognizes(path: Path, _head: bytes) -> bool:
    return (path / META_NAME).is_file() and (path / COLLECTIONS).is_dir()


def _read_folder(path: Path, array: str | None) -> Source:
    with damage_as_input_error(path / META_NAME, "a list of Qdrant's collections"):
        collections = json.loads((path / META_NAME).read_text("utf-8"))["collections"]
        shapes = _shapes({name: part["vectors"] for name, part in collections.items()})
    collection, vector = _split(choose_array(path, shapes, array), collections)
    storage = path / COLLECTIONS / collection / STORAGE_NAME
    if not is_file_inside(storage, path):
        raise InputError(f"{path} has no points of the collection {collection!r}")
    with damage_as_input_error(storage, "points of Qdrant"):
        with closing(sqlite3.connect(f"{storage.resolve().as_uri()}?mode=ro", uri=True)) as opened:
            # Of several rows of one point, which older clients could leave, the last one counts.
            rows = opened.execute("SELECT point FROM points ORDER BY rowid").fetchall()
        points = {point["id"]: point for point in (_unpickled(content) for (content,) in rows)}
        return _source(path, points.values(), vector)


class _Inert:
    """Stands in for every class of Qdrant's client: it keeps the state, and does nothing."""

    fields: Mapping[str, Any]

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.fields = state["__dict__"]


class _Unpickler(pickle.Unpickler):  # noqa: S301 - it can find no class or function
    """Reads plain values and points."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        """Return a stand-in that runs nothing, for any class of Qdrant."""
        if module_name.startswith("qdrant_client."):
            return _Inert
        raise pickle.UnpicklingError(f"a point contains {module_name}.{global_name}")


def _unpickled(content: bytes) -> Mapping[str, Any]:
    point = _Unpickler(BytesIO(content)).load()
    if not isinstance(point, _Inert):
        raise TypeError("a row is not a point")
    return point.fields


def read_address(address: str, array: str | None) -> Source:
    """Read a collection from a server; the environment variable QDRANT_API_KEY has its key.

    Raises:
        InputError: the server cannot be reached, or it is not clear which collection is meant.
    """
    client_module = require_extra("qdrant_client", "qdrant", address)
    key = os.environ.get(KEY_VARIABLE)
    with damage_as_input_error(address, "a Qdrant server"):
        client = client_module.QdrantClient(url=address, api_key=key, check_compatibility=False)
        with closing(client):
            names = [collection.name for collection in client.get_collections().collections]
            configs = {name: client.get_collection(name).config.params.vectors for name in names}
            shapes = _shapes({name: _plain(config) for name, config in configs.items()})
            collection, vector = _split(choose_array(address, shapes, array), names)
            points = list(_scroll(client, collection, vector))
    return _source(address, points, vector)


def _plain(config: Any) -> dict[str, Any]:
    if isinstance(config, Mapping):
        return {name: {"size": part.size} for name, part in config.items()}
    return {"size": config.size} if config is not None else {}


def _scroll(client: Any, collection: str, vector: str) -> Iterator[Mapping[str, Any]]:
    offset = None
    while True:
        points, offset = client.scroll(
            collection,
            limit=POINTS_PER_PAGE,
            offset=offset,
            with_payload=True,
            with_vectors=[vector] if vector else True,
        )
        yield from ({"id": p.id, "vector": p.vector, "payload": p.payload} for p in points)
        if offset is None:
            return


def _shapes(configs: Mapping[str, Mapping[str, Any]]) -> dict[str, Shape]:
    """Map `collection`, or `collection/vector` where vectors have names, to their length."""
    shapes: dict[str, Shape] = {}
    for name, config in configs.items():
        if "size" in config and not isinstance(config["size"], Mapping):
            shapes[name] = (config["size"],)
        else:
            shapes |= {f"{name}/{vector}": (part["size"],) for vector, part in config.items()}
    return shapes


def _split(name: str, collections: Iterable[str]) -> tuple[str, str]:
    collection = name if name in collections else name.rpartition("/")[0]
    return collection, name[len(collection) + 1 :]


def _source(path: Path | str, points: Iterable[Mapping[str, Any]], vector: str) -> Source:
    """Take the vectors of points, and their payloads with the id last."""
    found = [
        (point, point["vector"][vector] if vector else point["vector"])
        for point in points
        if not vector or vector in point["vector"]
    ]
    if not found:
        raise InputError(f"{path}: the collection has no points with such a vector")
    vectors = [np.array(numbers, dtype=np.float32) for _, numbers in found]
    records = [{**(point.get("payload") or {}), "id": str(point["id"])} for point, _ in found]
    return Source(stack_rows(path, vectors), label_first(table_of_records(records)))


FORMAT = FileFormat(
    title="Qdrant folder", recognizes=_recognizes, read=_read_folder, is_folder=True
)
