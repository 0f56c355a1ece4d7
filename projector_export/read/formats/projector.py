"""A folder that a projector can open: an export, or a logdir of Keras, torch or tensorboardX.

What the viewer would refuse is read from a fixed copy, as `check --fix` makes one.
"""

from __future__ import annotations

import logging
import re
import tempfile
from pathlib import Path

import pandas as pd

from projector_export.errors import InputError, UserFacingError
from projector_export.export_folder import WEB_CONFIG_NAME, ExportFolder
from projector_export.files import is_file_inside
from projector_export.read.formats.base import FileFormat, Source, choose_array
from projector_export.read.formats.hdf5 import open_hdf5
from projector_export.read.formats.keras import matrices_by_layer, read_matrix
from projector_export.read.formats.text_tables import read_table
from projector_export.viewer_facts import CONFIG_NAME

logger = logging.getLogger(__name__)

KERAS_WEIGHTS = "keras_embedding.ckpt-*.weights.h5"  # what its TensorBoard callback writes


def _is_folder(path: Path, _head: bytes) -> bool:
    return bool(_exports(path))


def _is_config(path: Path, _head: bytes) -> bool:
    return path.name in {CONFIG_NAME, WEB_CONFIG_NAME}


def _exports(path: Path) -> list[Path]:
    """List the folder itself if it has an export, else those of its runs."""
    return [
        folder
        for folder in (path, *sorted(path.glob("*/")))
        if folder.resolve().is_relative_to(path.resolve())
        if ExportFolder(folder).find_upload_set() or ExportFolder(folder).find_tensorboard_folder()
    ]


def _read_folder(path: Path, array: str | None) -> Source:
    export, *others = _exports(path)
    if others and export != path:
        names = ", ".join(str(folder) for folder in (export, *others))
        raise InputError(
            f"{path} has {len(others) + 1} runs with an export; expected one",
            tip=f"name one: {names}",
        )
    if weights := _keras_weights(export):
        return _read_keras_logdir(export, weights, array)
    return _read_export(export, array)


def _read_config(path: Path, array: str | None) -> Source:
    return _read_folder(path.parent, array)


def _read_export(folder: Path, array: str | None) -> Source:
    try:
        return _read_table(folder, array)
    except InputError as error:
        from projector_export.fixer.fix import write_fixed

        with tempfile.TemporaryDirectory() as temporary:
            try:
                fixed = write_fixed(folder, None, Path(temporary) / "fixed")
                source = _read_table(fixed.path, array)
            except UserFacingError:
                raise error from None  # of the user's own folder
        logger.info("%s: fixed %d things in a copy, to read it", folder, len(fixed.changes))
        return source


def _read_table(folder: Path, array: str | None) -> Source:
    from projector_export.explore.exported_tables import ExportedTables, read_config

    config = read_config(folder)
    entries = {entry.tensor_name: entry for entry in config.entries}
    shapes = {name: entry.tensor_shape for name, entry in entries.items()}
    table = ExportedTables(config)[choose_array(folder, shapes, array)]
    return Source(table.vectors, table.metadata)


def _keras_weights(folder: Path) -> Path | None:
    """Return the weights of the last epoch, if Keras's TensorBoard callback wrote the folder."""
    found = [*folder.glob(KERAS_WEIGHTS), *folder.glob(f"*/{KERAS_WEIGHTS}")]
    return max(found, key=_epoch, default=None)


def _epoch(path: Path) -> int:
    digits = re.search(r"ckpt-(\d+)", path.name)
    return int(digits[1]) if digits else -1


def _read_keras_logdir(folder: Path, weights_path: Path, array: str | None) -> Source:
    """Read a layer; the config names tensors that do not exist, in the order of the layers."""
    from projector_export.explore.exported_tables import read_config

    with open_hdf5(weights_path) as weights:
        matrices = matrices_by_layer(weights)
        shapes = {name: item.shape for name, item in matrices.items() if "/embedding" in item.name}
        name = choose_array(folder, shapes or {k: v.shape for k, v in matrices.items()}, array)
        vectors = read_matrix(weights_path, matrices[name])
    entry = dict(zip(shapes, read_config(folder).entries, strict=False)).get(name)
    return Source(vectors, _metadata(folder, entry.metadata_path) if entry else None)


def _metadata(folder: Path, written: str) -> pd.DataFrame | None:
    path = folder / written
    return read_table(path) if is_file_inside(path, folder) else None


FOLDER = FileFormat(
    title="projector folder", recognizes=_is_folder, read=_read_folder, is_folder=True
)
CONFIG = FileFormat(
    title="projector config",
    suffixes=(CONFIG_NAME, WEB_CONFIG_NAME),
    recognizes=_is_config,
    read=_read_config,
)
