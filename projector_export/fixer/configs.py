"""Edit the two configs in place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

_JSON_KEYS = {
    "tensor_path": "tensorPath",
    "metadata_path": "metadataPath",
    "bookmarks_path": "bookmarksPath",
}


class EditableConfig(Protocol):
    """A config whose entries can be changed by their index."""

    def set_path(self, index: int, key: str, path: str) -> None:
        """Set `tensor_path`, `metadata_path`, `bookmarks_path` or `sprite.image_path`."""

    def set_shape(self, index: int, shape: tuple[int, int]) -> None:
        """Set (N, D)."""

    def set_name(self, index: int, name: str) -> None:
        """Set the tensor's name."""

    def save(self) -> None:
        """Write the file."""


class ProtoConfig:
    """projector_config.pbtxt."""

    def __init__(self, path: Path) -> None:
        from google.protobuf import text_format
        from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

        self._path = path
        self._proto = text_format.Parse(path.read_text("utf-8"), ProjectorConfig())

    def set_path(self, index: int, key: str, path: str) -> None:
        """Set one of the paths."""
        entry = self._proto.embeddings[index]
        if key == "sprite.image_path":
            entry.sprite.image_path = path
        else:
            setattr(entry, key, path)

    def set_shape(self, index: int, shape: tuple[int, int]) -> None:
        """Set (N, D)."""
        self._proto.embeddings[index].tensor_shape[:] = shape

    def set_name(self, index: int, name: str) -> None:
        """Set the tensor's name."""
        self._proto.embeddings[index].tensor_name = name

    def save(self) -> None:
        """Write the file."""
        from google.protobuf import text_format

        text = text_format.MessageToString(self._proto, as_utf8=True)
        self._path.write_text(text, encoding="utf-8")


class JsonConfig:
    """The web app's config; keys that this program does not know are kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._content: dict[str, Any] = json.loads(path.read_text("utf-8-sig"))

    def set_path(self, index: int, key: str, path: str) -> None:
        """Set one of the paths."""
        entry = self._content["embeddings"][index]
        if key == "sprite.image_path":
            entry["sprite"]["imagePath"] = path
        else:
            entry[_JSON_KEYS[key]] = path

    def set_shape(self, index: int, shape: tuple[int, int]) -> None:
        """Set (N, D)."""
        self._content["embeddings"][index]["tensorShape"] = list(shape)

    def set_name(self, index: int, name: str) -> None:
        """Set the tensor's name."""
        self._content["embeddings"][index]["tensorName"] = name

    def save(self) -> None:
        """Write the file."""
        text = json.dumps(self._content, indent=2)
        self._path.write_text(text + "\n", encoding="utf-8")


def edit(path: Path) -> EditableConfig:
    """Open a config that parses."""
    return JsonConfig(path) if path.suffix == ".json" else ProtoConfig(path)
