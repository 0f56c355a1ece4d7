"""What the page loads: the files of an upload set, in as few bytes as show the same.

Every file is compressed here, so that the page is as small on a host that does not compress, and as
a single file. `scripts/data.js` unpacks them.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.errors import RunError
from projector_export.export_folder import (
    PACKED_SUFFIX,
    SITE_CONFIG_NAME,
)
from projector_export.files import is_file_inside
from projector_export.large_arrays import row_chunks
from projector_export.page_parts import (
    COLORINGS_NAME,
    Part,
    codes_of,
    read_colorings,
    written_codes,
)
from projector_export.viewer_facts import BYTES_SUFFIX
from projector_export.write.site.first_rows import first_rows
from projector_export.write.site.packing import choose_step, packed_vectors
from projector_export.write.site.states import packed_state
from projector_export.write.site.upload_config import read_upload_config

PATH_KEYS = ("tensorPath", "metadataPath", "bookmarksPath")
MAX_CONFIG_BYTES = 64_000_000  # of a page; a stranger's may unpack to anything
GZIP_HEADER = 16  # zlib's own number for it; the header has no time
Config = dict[str, Any]


def read_config(upload_folder: Path, *, max_rows: int) -> Config:
    """Return the upload set's config for a page with the first `max_rows` rows of each table.

    `rowsInAll` of a table says how many rows it has, if the page has fewer.

    Raises:
        RunError: there is no upload set.
        InputError: its config is damaged.
    """
    config = read_upload_config(upload_folder)
    for table in config["embeddings"]:
        num_rows, dim = table["tensorShape"]
        if num_rows > max_rows:
            table |= {"tensorShape": [max_rows, dim], "rowsInAll": num_rows}
    return config


def read_page_config(site: Path) -> Config:
    """Read the config of a page that was written before.

    Raises:
        RunError: the folder has none, or it is damaged.
    """
    path = site / f"{SITE_CONFIG_NAME}{PACKED_SUFFIX}"
    try:
        with gzip.open(path) as file:
            config: Config = dict(json.loads(file.read(MAX_CONFIG_BYTES)))
    except (OSError, EOFError, ValueError, TypeError, RecursionError, zlib.error) as error:
        raise RunError(f"{path} cannot be read: {error}", tip="write the page again") from error
    return config


def write_page_config(site: Path, config: Config) -> None:
    """Change the config of a page."""
    content = b"".join(packed([_json(config)]))
    (site / f"{SITE_CONFIG_NAME}{PACKED_SUFFIX}").write_bytes(content)


def page_files(upload_folder: Path, config: Config) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Yield the name and the content of each file that the page loads, before it is compressed.

    The config is the last one, as it says how the vectors were packed.

    Raises:
        RunError: a file of the upload set is missing or is not JSON.
    """
    written: set[str] = set()
    for table in config["embeddings"]:
        for key in PATH_KEYS:
            name = table.get(key)
            if name and name not in written:
                written.add(name)
                yield name, _content(file_of(upload_folder, name), key, table)
    yield COLORINGS_NAME, [_colorings(upload_folder, config)]
    yield SITE_CONFIG_NAME, [_json(config)]


def packed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Compress a file of the page by gzip; the same content always gives the same bytes."""
    stream = zlib.compressobj(wbits=zlib.MAX_WBITS + GZIP_HEADER)
    for chunk in chunks:
        yield stream.compress(chunk)
    yield stream.flush()


def file_of(upload_folder: Path, name: str) -> Path:
    """Return the path of a file of the upload set, which is directly in its folder.

    Raises:
        RunError: it does not exist.
    """
    if Path(name).name != name or not is_file_inside(upload_folder / name, upload_folder):
        raise RunError(f"{upload_folder} is incomplete: it has no file {name!r}")
    return upload_folder / name


def _content(path: Path, key: str, table: Config) -> Iterable[bytes]:
    num_rows, dim = table["tensorShape"]
    if key == "bookmarksPath":
        return [_json([packed_state(state, num_rows=num_rows) for state in _states(path)])]
    if key == "tensorPath" and path.name.endswith(BYTES_SUFFIX):
        return _vectors(_mapped(path, dim)[:num_rows], table)
    if "rowsInAll" not in table:
        return [path.read_bytes()]
    if key == "metadataPath":
        return [first_rows(path, num_rows)]
    with path.open("rb") as file:
        return list(islice(file, num_rows))


def _mapped(path: Path, dim: int) -> Float32Matrix:
    try:
        vectors: Float32Matrix = np.memmap(path, "<f4", "r").reshape(-1, dim)
    except ValueError as error:  # empty, or cut
        raise RunError(f"{path} is damaged: it has no vectors of {dim} numbers") from error
    return vectors


def _vectors(vectors: Float32Matrix, table: Config) -> Iterable[bytes]:
    """Return vectors as they are sent; `step` of their table says whether they are packed."""
    step = choose_step(vectors)
    if step is None:
        return (vectors[rows].tobytes() for rows in row_chunks(vectors))
    table["step"] = step
    return packed_vectors(vectors, step)


def _colorings(upload_folder: Path, config: Config) -> bytes:
    """Return what the page offers to color by; nothing of its own if an older version exported."""
    colorings = read_colorings(upload_folder)
    for table in config["embeddings"]:
        for coloring in colorings.get(table.get("metadataPath"), []):
            if "rowsInAll" in table and "codes" in coloring:
                _cut_coloring(coloring, table["tensorShape"][0])
    return _json(colorings)


def _cut_coloring(coloring: Part, num_rows: int) -> None:
    codes = codes_of(coloring)[:num_rows]
    counts = np.bincount(codes, minlength=len(coloring["labels"]))
    coloring |= {"codes": written_codes(codes), "counts": counts.tolist()}


def _states(path: Path) -> list[Any]:
    try:
        states = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path} is not JSON: {error}") from error
    if not isinstance(states, list) or not all(isinstance(state, dict) for state in states):
        raise RunError(f"{path} is no list of bookmarks")
    return states


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
