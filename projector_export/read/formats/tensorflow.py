"""TensorFlow's checkpoints and SavedModels: their variables, with no graph loaded or run."""

from __future__ import annotations

import glob
import re
from collections import Counter
from pathlib import Path

import numpy as np
from tensorboard.compat.proto.trackable_object_graph_pb2 import TrackableObjectGraph

from projector_export.arrays import is_real
from projector_export.checkpoints.opening import (
    CheckpointReader,
    latest_checkpoint,
    open_checkpoint,
)
from projector_export.read.formats.base import (
    FileFormat,
    Source,
    choose_array,
    damage_as_input_error,
    float32_matrix,
)
from projector_export.viewer_facts import OPTIMIZER_SLOT

GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
VALUE_SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"
UNNAMED = re.compile(r"(Variable(_\d+)?)?")  # as TensorFlow names a variable by default
PART = re.compile(r"(.+)\.(?:index|data-\d{5}-of-\d{5})")  # a file of a checkpoint
# Of a compiled model, a checkpoint may have the variables themselves only in its optimizer.
TRAINED = "_trainable_variables"
SAVED_MODEL, VARIABLES = "saved_model.pb", Path("variables") / "variables"


def _is_checkpoint(path: Path, _head: bytes) -> bool:
    return _prefix(path) is not None


def _is_index(path: Path, _head: bytes) -> bool:
    found = PART.fullmatch(path.name)
    return found is not None and any(path.parent.glob(f"{glob.escape(found[1])}.data-*"))


def _prefix(path: Path) -> str | None:
    """Return the prefix of a checkpoint's files; of several, that of the newest."""
    if path.is_dir():
        if (path / SAVED_MODEL).is_file():
            return str(path / VARIABLES)
        # A folder that was moved may name a checkpoint at its old place.
        prefix = latest_checkpoint(path) or _only_index(path)
        return prefix or (str(path) if (path / "checkpoint").is_file() else None)
    return str(path) if path.with_name(path.name + ".index").is_file() else None


def _only_index(folder: Path) -> str | None:
    indices = list(folder.glob("*.index"))
    return str(indices[0].with_suffix("")) if len(indices) == 1 else None


def _read(path: Path, array: str | None) -> Source:
    part = PART.fullmatch(path.name)
    prefix = str(path.with_name(part[1])) if part else _prefix(path)
    with damage_as_input_error(path, "a TensorFlow checkpoint"):
        checkpoint = open_checkpoint(prefix or "")
        keys = _matrices(checkpoint)
        shapes = {name: checkpoint.shapes[key] for name, key in keys.items()}
        matrix = checkpoint.numbers(keys[choose_array(path, shapes, array)])
        return Source(float32_matrix(path, np.array(matrix)))


def _matrices(checkpoint: CheckpointReader) -> dict[str, str]:
    """Map the name of each matrix that is not an optimizer's to its key."""
    names = _full_names(checkpoint)
    found: dict[str, str] = {}
    for key in sorted(checkpoint.shapes, key=lambda key: (_is_copy(key), key)):
        is_matrix = len(checkpoint.shapes[key]) == 2 and is_real(checkpoint.dtypes[key])
        parts = key.split("/")
        is_optimizers = OPTIMIZER_SLOT in key or ("optimizer" in parts and TRAINED not in parts)
        if is_matrix and not is_optimizers:
            found.setdefault(names.get(key, key.removesuffix(VALUE_SUFFIX)), key)
    return found


def _is_copy(key: str) -> bool:
    """Whether it is one of `_all_variables`, where Keras lists a model's variables again."""
    return key.startswith("_")


def _full_names(checkpoint: CheckpointReader) -> dict[str, str]:
    """Map keys such as `variables/0/...` to the variables' own names, where those are unique."""
    if GRAPH_KEY not in checkpoint.shapes:
        return {}
    graph = TrackableObjectGraph.FromString(checkpoint.text(GRAPH_KEY))
    names = {
        attribute.checkpoint_key: attribute.full_name
        for node in graph.nodes
        for attribute in node.attributes
    }
    counts = Counter(name for key, name in names.items() if not _is_copy(key))
    return {
        key: name
        for key, name in names.items()
        if counts[name] <= 1 and not UNNAMED.fullmatch(name)
    }


CHECKPOINT = FileFormat(
    title="TensorFlow checkpoint or SavedModel",
    recognizes=_is_checkpoint,
    read=_read,
    is_folder=True,
)
INDEX = FileFormat(
    title="TensorFlow checkpoint", suffixes=(".index",), recognizes=_is_index, read=_read
)
