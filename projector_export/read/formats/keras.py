"""The weights of Keras: .keras, .weights.h5 and the older .h5; no model is built or run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from projector_export.arrays import Float32Matrix
from projector_export.read.formats.base import (
    FileFormat,
    Source,
    choose_array,
    damage_as_input_error,
    float32_matrix,
)
from projector_export.read.formats.hdf5 import is_hdf5, open_hdf5, refuse_lying_shape, top_names
from projector_export.read.formats.zip import is_zip, zip_names

WEIGHTS_NAME = "model.weights.h5"
OPTIMIZERS = ("optimizer", "optimizer_weights")
TOP_NAMES = {"layers", "model_weights", "_layer_checkpoint_dependencies", "vars"}


def _is_keras(_path: Path, head: bytes) -> bool:
    return is_zip(head) and WEIGHTS_NAME in zip_names(_path)


def _is_weights(path: Path, head: bytes) -> bool:
    return is_hdf5(head) and bool(top_names(path) & TOP_NAMES)


def _read_keras(path: Path, array: str | None) -> Source:
    with damage_as_input_error(path, "a Keras model"), ZipFile(path) as archive:  # noqa: SIM117
        with archive.open(WEIGHTS_NAME) as file, open_hdf5(path, file) as weights:
            return _read_layer(path, weights, array)


def _read_weights(path: Path, array: str | None) -> Source:
    with open_hdf5(path) as weights:
        return _read_layer(path, weights, array)


def _read_layer(path: Path, weights: Any, array: str | None) -> Source:
    matrices = matrices_by_layer(weights)
    shapes = {name: dataset.shape for name, dataset in matrices.items()}
    return Source(read_matrix(path, matrices[choose_array(path, shapes, array)]))


def read_matrix(path: Path, dataset: Any) -> Float32Matrix:
    """Read a layer's matrix (N, D).

    Raises:
        InputError: it does not have the numbers that it claims.
    """
    refuse_lying_shape(path, dataset)
    return float32_matrix(path, dataset[()])


def matrices_by_layer(weights: Any) -> dict[str, Any]:
    """Map the name of a layer to its only matrix, or with a number to each of several.

    Args:
        weights: h5py's File; the matrices are its datasets, not read yet.
    """
    found: dict[str, list[Any]] = {}

    def visit(path: str, item: Any) -> None:
        is_matrix = len(getattr(item, "shape", None) or ()) == 2
        if is_matrix and not path.startswith(OPTIMIZERS):
            found.setdefault(_layer_of(path, item), []).append(item)

    weights.visititems(visit)
    named = {
        name if len(datasets) == 1 else f"{name}/{number}": dataset
        for name, datasets in found.items()
        for number, dataset in enumerate(datasets)
    }
    return dict(sorted(named.items(), key=lambda pair: _natural_order(pair[1].name)))


def _layer_of(path: str, dataset: Any) -> str:
    """Return the layer's own name: Keras 3 stores it next to the weights, which it numbers."""
    name = dataset.parent.attrs.get("name")
    if isinstance(name, bytes | str) and name:
        return name.decode("utf-8", "replace") if isinstance(name, bytes) else name
    parts = path.split("/")
    return parts[1] if parts[0] == "model_weights" and len(parts) > 2 else "/".join(parts[:-1])


def _natural_order(path: str) -> list[tuple[int, str]]:
    """Order `embedding_2` before `embedding_10`."""
    parts = re.split(r"(\d+)", path)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


KERAS = FileFormat(
    title="Keras model", suffixes=(".keras",), recognizes=_is_keras, read=_read_keras
)
WEIGHTS = FileFormat(
    title="Keras weights",
    suffixes=(".weights.h5", ".h5", ".hdf5"),
    recognizes=_is_weights,
    read=_read_weights,
)
