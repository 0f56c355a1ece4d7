"""What makes a folder of bare files one that can be opened: both configs, and an event file."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from projector_export.checker.model.view import Tensor
from projector_export.checker.rules.config_rules import UNSAFE_CHARACTERS
from projector_export.viewer_facts import CONFIG_NAME

WEB_CONFIG_NAME = "projector_config.json"


def write_configs(tensors: Sequence[Tensor], root: Path) -> list[str]:
    """Write configs that name files which only a person could bring together until now.

    Args:
        tensors: those of files to be loaded by hand, with the shapes that they have.
        root: the log directory; a folder below it needs an event file.

    Returns:
        What was written, in words.
    """
    changes = []
    folders = sorted({tensor.source.parent for tensor in tensors})
    for folder in folders:
        entries = [_entry(tensor) for tensor in tensors if tensor.source.parent == folder]
        _write_proto(folder / CONFIG_NAME, entries)
        text = json.dumps({"embeddings": entries}, indent=2)
        (folder / WEB_CONFIG_NAME).write_text(text + "\n", encoding="utf-8")
        if folder != root:
            write_event_file(folder)
        changes.append(f"{CONFIG_NAME} and {WEB_CONFIG_NAME}: they name the files now")
    return changes


def _entry(tensor: Tensor) -> dict[str, Any]:
    """Return what the web app's config says of one tensor."""
    entry = {
        "tensorName": UNSAFE_CHARACTERS.sub("_", tensor.source.name),
        "tensorShape": list(tensor.shape or ()),
        "tensorPath": tensor.source.name,
    }
    return entry | ({"metadataPath": tensor.metadata.path.name} if tensor.metadata else {})


def _write_proto(path: Path, entries: Sequence[dict[str, Any]]) -> None:
    from google.protobuf import text_format
    from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

    proto = ProjectorConfig()
    for entry in entries:
        proto.embeddings.add(
            tensor_name=entry["tensorName"],
            tensor_shape=entry["tensorShape"],
            tensor_path=entry["tensorPath"],
            metadata_path=entry.get("metadataPath", ""),
        )
    path.write_text(text_format.MessageToString(proto, as_utf8=True), encoding="utf-8")


def write_event_file(folder: Path) -> None:
    """Make a run of a folder below the log directory."""
    # TensorBoard's EventFileWriter would do, but brings TensorFlow in.
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.summary.writer.record_writer import RecordWriter

    now = time.time()
    with (folder / f"events.out.tfevents.{now:.0f}.fixed").open("wb") as file:
        event = Event(wall_time=now, file_version="brain.Event:2")
        RecordWriter(file).write(event.SerializeToString())
