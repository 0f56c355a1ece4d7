"""The files of a page in `site/`, as its scripts read them; written without the project's code."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

VIEWER = "projector_binary.js"


def read_page_file(site: Path, name: str) -> bytes:
    return gzip.decompress((site / f"{name}.gz").read_bytes())


def write_page_file(site: Path, name: str, content: bytes | str) -> None:
    """Replace a file of the page, to see what it does with another one."""
    content = content.encode() if isinstance(content, str) else content
    (site / f"{name}.gz").write_bytes(gzip.compress(content))


def page_config(site: Path) -> dict[str, Any]:
    return json.loads(read_page_file(site, "config.json"))


def integers(planes: bytes) -> np.ndarray:
    """Join 16-bit integers, whose high bytes come first: high * 256 + low, the high one signed."""
    high, low = np.frombuffer(planes, np.uint8).reshape(2, -1)
    return high.astype(np.int8).astype(int) * 256 + low


def page_vectors(site: Path, table: int = 0) -> np.ndarray:
    """Read the vectors (N, D) of a table as the page gives them to the viewer."""
    entry = page_config(site)["embeddings"][table]
    content = read_page_file(site, entry["tensorPath"])
    if "step" not in entry:
        return np.frombuffer(content, "<f4").reshape(entry["tensorShape"])
    return (integers(content) * entry["step"]).reshape(entry["tensorShape"])


def state_columns(state: dict[str, Any]) -> dict[str, np.ndarray]:
    """Read the coordinates of a bookmark: name -> integers (N,)."""
    columns = state["projections"].items()
    return {name: integers(base64.b64decode(text)) for name, text in columns}


def opening_bytes(site: Path, table: int = 0) -> int:
    """Add up what a browser loads to open the page on a host that compresses text."""
    entry = page_config(site)["embeddings"][table]
    names = [VIEWER, "config.json", "colorings.json"]
    keys = ("tensorPath", "metadataPath", "bookmarksPath")
    names += [entry[key] for key in keys if entry.get(key)]
    page = gzip.compress((site / "index.html").read_bytes(), 6)
    return len(page) + sum((site / f"{name}.gz").stat().st_size for name in names)
