"""Exports for the tests of `check`: a good one, and ways to break it.

Nothing here uses the project's writers, so that their mistakes are found.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

NUM_ROWS, DIM = 60, 4
GENRES = ("drama", "satire", "epic")


def good_vectors(num_rows: int = NUM_ROWS, dim: int = DIM) -> np.ndarray:
    """Distinct float32 (N, D); the first byte of the file cannot start UTF-8 text."""
    vectors = np.random.default_rng(7).normal(size=(num_rows, dim)).astype("<f4")
    raw = bytearray(vectors.tobytes())
    raw[0] = 0x80
    return np.frombuffer(bytes(raw), "<f4").reshape(num_rows, dim)


def good_rows(num_rows: int = NUM_ROWS) -> list[list[str]]:
    rows = [[f"Book no. {row}", GENRES[row % 3]] for row in range(num_rows)]
    return [["title", "genre"], *rows]


def tsv(rows: list[list[str]]) -> bytes:
    return "".join("\t".join(cells) + "\n" for cells in rows).encode()


def text_vectors(vectors: np.ndarray) -> bytes:
    return "".join(
        "\t".join(f"{value:.9g}" for value in row) + "\n" for row in vectors.tolist()
    ).encode()


@dataclass
class Export:
    """A folder for TensorBoard or the web app; every part can be replaced."""

    folder: Path
    viewer: str = "TensorBoard"
    vectors: np.ndarray = field(default_factory=good_vectors)
    rows: list[list[str]] = field(default_factory=good_rows)
    entry: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    more: str = ""

    def write(self) -> Path:
        """Write everything; return the path to check."""
        entry = {
            "tensorName": "books",
            "tensorShape": list(self.vectors.shape),
            "tensorPath": "books.bytes",
            "metadataPath": "metadata.tsv",
            **self.entry,
        }
        entry = {key: value for key, value in entry.items() if value is not None}
        files = {
            "books.bytes": self.vectors.astype("<f4").tobytes(),
            "metadata.tsv": tsv(self.rows),
        }
        for name, content in {**files, **self.files}.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(content)
        if self.viewer == "web app":
            path = self.folder / "config.json"
            path.write_text(json.dumps({"embeddings": [entry]}))
            return path
        (self.folder / "projector_config.pbtxt").write_text(pbtxt(entry) + self.more)
        return self.folder


def pbtxt(entry: dict[str, Any]) -> str:
    lines = []
    for key, value in entry.items():
        name = {
            "tensorName": "tensor_name",
            "tensorShape": "tensor_shape",
            "tensorPath": "tensor_path",
            "metadataPath": "metadata_path",
            "bookmarksPath": "bookmarks_path",
        }.get(key)
        if key == "sprite":
            sizes = " ".join(f"single_image_dim: {size}" for size in value["singleImageDim"])
            lines.append(f"sprite {{ image_path: {json.dumps(value['imagePath'])} {sizes} }}")
        elif key == "tensorShape":
            lines += [f"tensor_shape: {size}" for size in value]
        elif name:
            lines.append(f"{name}: {json.dumps(value, ensure_ascii=False)}")
    return "embeddings {\n  " + "\n  ".join(lines) + "\n}\n"


def event_file(wall_time: float = 1.0) -> bytes:
    """One record: length, its checksum, an Event with a time and a file version, a checksum."""
    event = b"\x09" + struct.pack("<d", wall_time) + b"\x1a\x0dbrain.Event:2"
    length = struct.pack("<Q", len(event))
    return length + _masked_crc(length) + event + _masked_crc(event)


def _masked_crc(content: bytes) -> bytes:
    """CRC-32C, masked as in the TFRecord format."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def bookmark(
    num_rows: int = NUM_ROWS, dim: int = DIM, slot: str = "umap", **changes: Any
) -> dict[str, Any]:
    """A state with every field that the page saves; None removes a field."""
    points = [
        {
            f"{slot}-0": row * 0.5,
            f"{slot}-1": -1.0 * row,
            **{f"pca-{part}": 0.1 * part for part in range(10)},
        }
        for row in range(num_rows)
    ]
    state = {
        "label": "The map",
        "isSelected": False,
        "selectedProjection": slot,
        "dataSetDimensions": [num_rows, dim],
        "tSNEIteration": 0,
        "tSNEPerplexity": 30,
        "tSNELearningRate": 1,
        "tSNEis3d": False,
        "umapIs3d": False,
        "umapNeighbors": 15,
        "umapMinDist": 0.1,
        "pcaComponentDimensions": [0, 1, 2],
        "customSelectedSearchByMetadataOption": "title",
        **{
            f"custom{side}{what}": "" if what == "Text" else False
            for side in ("XLeft", "XRight", "YUp", "YDown")
            for what in ("Text", "Regex")
        },
        "projections": points,
        "selectedPoints": [],
        "cameraDef": {"orthographic": True, "position": [0, 0, 4], "target": [0, 0, 0], "zoom": 1},
        "selectedColorOptionName": "genre",
        "forceCategoricalColoring": False,
        "selectedLabelOption": "title",
        **changes,
    }
    return {key: value for key, value in state.items() if value is not None}


def png(width: int, height: int) -> bytes:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return file.getvalue()


def write_checkpoint(folder: Path, **matrices: np.ndarray) -> None:
    """A checkpoint written by TensorFlow, with the state file that names it."""
    import tensorflow as tf

    folder.mkdir(parents=True, exist_ok=True)
    tf.raw_ops.SaveV2(
        prefix=str(folder / "model.ckpt"),
        tensor_names=list(matrices),
        shape_and_slices=[""] * len(matrices),
        tensors=[tf.constant(matrix) for matrix in matrices.values()],
    )
    (folder / "checkpoint").write_text('model_checkpoint_path: "model.ckpt"\n')
