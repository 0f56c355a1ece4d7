"""Write the viewer's config: as .pbtxt for TensorBoard and as JSON for the web app."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from google.protobuf import json_format, text_format
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One tensor that the viewer lists; paths are relative to the config's folder.

    Attributes:
        name: its name in the menu.
        shape: (N, D).
        metadata_path: the TSV with one line per row.
        tensor_path: raw float32; if empty, the tensor is in the checkpoint.
        bookmarks_path: saved states.
        sprite_path: an image with a tile per row.
        tile: the width and height of a tile.
    """

    name: str
    shape: tuple[int, int]
    metadata_path: str
    tensor_path: str = ""
    bookmarks_path: str = ""
    sprite_path: str = ""
    tile: tuple[int, int] = (0, 0)


def config_pbtxt(tables: Sequence[Table]) -> str:
    """Write `projector_config.pbtxt`, which TensorBoard reads."""
    return str(text_format.MessageToString(_proto(tables)))


def config_json(tables: Sequence[Table], *, title: str) -> str:
    """Write the web app's JSON; the app shows `title` where TensorBoard shows the path."""
    proto = _proto(tables)
    proto.model_checkpoint_path = title
    return json.dumps(json_format.MessageToDict(proto), indent=2, ensure_ascii=False) + "\n"


def _proto(tables: Sequence[Table]) -> ProjectorConfig:
    config = ProjectorConfig()
    for table in tables:
        entry = config.embeddings.add(
            tensor_name=table.name,
            tensor_shape=table.shape,
            tensor_path=table.tensor_path,
            metadata_path=table.metadata_path,
            bookmarks_path=table.bookmarks_path,
        )
        if table.sprite_path:
            entry.sprite.image_path = table.sprite_path
            entry.sprite.single_image_dim.extend(table.tile)
    return config
