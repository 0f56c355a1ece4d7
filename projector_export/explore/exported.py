"""Vectors and labels out of an export, whoever wrote it: what there is to ask about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError, RunError
from projector_export.read.files import read_metadata, read_vectors
from projector_export.write.metadata import WORD_JOINER

if TYPE_CHECKING:
    from projector_export.check.model.configs import Config, Entry

WEB_CONFIG, TENSORBOARD_CONFIG = "projector_config.json", "projector_config.pbtxt"
# All rows and no TensorFlow are needed for the first; the second may be cut.
CONFIG_PLACES = (
    *(f"upload/{WEB_CONFIG}", WEB_CONFIG),
    *(f"projector/{TENSORBOARD_CONFIG}", TENSORBOARD_CONFIG),
)


@dataclass(frozen=True, slots=True, eq=False)
class ExportedTable:
    """One table as a viewer lists it.

    Attributes:
        name: what the viewer lists it as.
        vectors: float32 (N, D), as they are shown.
        labels: N, from the first column that holds text.
    """

    name: str
    vectors: Float32Matrix
    labels: list[str]


def read_exported_table(folder: Path, name: str | None = None) -> ExportedTable:
    """Read the table `name`, or the first, from the export in `folder`.

    Raises:
        RunError: the folder holds no export.
        InputError: no such table, or files that are missing or do not fit together.
    """
    config = _config_of(folder)
    entry = _entry_named(config, name)
    vectors = _vectors_of(config, entry)
    labels = _labels_of(config, entry, num_rows=len(vectors))
    if len(labels) != len(vectors):
        raise InputError(
            f"{config.path}: {entry.tensor_name} has {len(vectors):,} vectors "
            f"but {len(labels):,} labels",
            tip=f"see what is wrong with: projector-export check {config.path.parent}",
        )
    return ExportedTable(entry.tensor_name, vectors, labels)


def _config_of(folder: Path) -> Config:
    from projector_export.check.model.configs import read_json, read_pbtxt

    for path in (folder / place for place in CONFIG_PLACES):
        if path.is_file():
            config = read_json(path) if path.name == WEB_CONFIG else read_pbtxt(path)
            if config.problem:
                raise InputError(f"{path} cannot be read: {config.problem}")
            return config
    raise RunError(
        f"{folder} holds no export",
        tip=f"if it is a run, write one with: projector-export export {folder}",
    )


def _entry_named(config: Config, name: str | None) -> Entry:
    names = [entry.tensor_name for entry in config.entries]
    for entry in config.entries:
        if name is None or entry.tensor_name == name:
            return entry
    if not names:
        raise InputError(f"{config.path} names no table", tip="projector-export check says more")
    raise InputError(
        f"{config.path.parent} has no table {name!r}", tip=f"tables are: {', '.join(names)}"
    )


def _vectors_of(config: Config, entry: Entry) -> Float32Matrix:
    if not entry.tensor_path:
        return _checkpoint_matrix(config, entry.tensor_name)
    path = _file_of(config, entry.tensor_path)
    num_bytes = 4 * int(np.prod(entry.tensor_shape)) if len(entry.tensor_shape) == 2 else -1
    if path.stat().st_size == num_bytes:
        return np.fromfile(path, "<f4").reshape(entry.tensor_shape)
    return read_vectors(path)


def _checkpoint_matrix(config: Config, name: str) -> Float32Matrix:
    from projector_export.native_libraries import load_tensorflow

    load_tensorflow()
    import tensorflow as tf

    folder = config.path.parent
    written = config.checkpoint_path
    prefix = str(folder / written) if written else tf.train.latest_checkpoint(str(folder))
    try:
        matrix = tf.train.load_checkpoint(prefix).get_tensor(name)
    except (ValueError, RuntimeError, tf.errors.OpError) as error:
        raise InputError(
            f"{folder} has no checkpoint with the tensor {name!r}",
            tip=f"see what is wrong with: projector-export check {folder}",
        ) from error
    return np.asarray(matrix, dtype=np.float32)


def _labels_of(config: Config, entry: Entry, *, num_rows: int) -> list[str]:
    if not entry.metadata_path:
        return [f"row {row}" for row in range(num_rows)]
    table = read_metadata(_file_of(config, entry.metadata_path))
    columns = [table.iloc[:, place] for place in range(table.shape[1])]
    text = [column for column in columns if pd.to_numeric(column, errors="coerce").isna().any()]
    label = next(iter(text), columns[0])
    return [str(cell).replace(WORD_JOINER, "") for cell in label]


def _file_of(config: Config, written: str) -> Path:
    """Find a file that a config names by its path, or by a web address, beside the config."""
    path = unquote(urlsplit(written).path)
    places = (config.path.parent / path, config.path.parent / PurePosixPath(path).name)
    for place in places:
        if place.is_file():
            return place
    raise InputError(f"{config.path} names {written!r}, which is not there")
