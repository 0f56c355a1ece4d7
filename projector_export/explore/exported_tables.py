"""The tables of an export, read back from its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix
from projector_export.checkpoints.opening import latest_checkpoint, open_checkpoint
from projector_export.checkpoints.reader import CheckpointError
from projector_export.errors import InputError, RunError, command_line
from projector_export.explore.neighbors import find_row
from projector_export.export_folder import WEB_CONFIG_NAME, ExportFolder
from projector_export.files import is_file_inside
from projector_export.prepare.cells import shown_text
from projector_export.prepare.geometry import sphereize
from projector_export.read.formats.base import float32_matrix
from projector_export.read.formats.delimited import read_matrix
from projector_export.read.formats.text_tables import read_table
from projector_export.viewer_facts import CONFIG_NAME

if TYPE_CHECKING:
    from projector_export.checker.model.configs import Config, Entry

Labeled = tuple[pd.DataFrame, list[str]]  # metadata of N rows, and their labels


@dataclass(frozen=True, eq=False)
class ExportedTable:
    """One table of an export.

    Attributes:
        name: the name that the viewer lists it under.
        vectors: float32 (N, D), as the viewer shows them.
        metadata: N rows, as the viewer shows them.
        labels: the cells of the first text column, one per row.
    """

    name: str
    vectors: Float32Matrix
    metadata: pd.DataFrame
    labels: list[str]

    def find_rows(self, labels: Sequence[str]) -> list[int]:
        """Find the row of each label, as `neighbors.find_row` does."""
        return [find_row(self.labels, label, table=self.name) for label in labels]

    @cached_property
    def compared_vectors(self) -> Float32Matrix:
        """Vectors (N, D) as the viewer compares them: centered and scaled from 50 dimensions up."""
        return sphereize(self.vectors)


class ExportedTables(Mapping[str, ExportedTable]):
    """The tables of a config by name, in its order; each is read when it is first used."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.entries = {entry.tensor_name: entry for entry in config.entries}
        self._read: dict[str, ExportedTable] = {}
        self._metadata: dict[str, Labeled] = {}  # by path: a table's maps share its metadata

    def __getitem__(self, name: str) -> ExportedTable:
        if name not in self._read:
            self._read[name] = self._table(self.entries[name])
        return self._read[name]

    def _table(self, entry: Entry) -> ExportedTable:
        vectors = _vectors_of(self.config, entry)
        metadata, labels = self._metadata_of(entry, num_rows=len(vectors))
        if len(metadata) != len(vectors):
            raise InputError(
                f"{self.config.path}: {entry.tensor_name} has {len(vectors):,} vectors "
                f"but {len(metadata):,} labels",
                tip=f"see what is wrong with: {command_line('check', self.config.path.parent)}",
            )
        return ExportedTable(entry.tensor_name, vectors, metadata, labels)

    def _metadata_of(self, entry: Entry, *, num_rows: int) -> Labeled:
        written = entry.metadata_path
        if not written:
            labels = [f"row {row}" for row in range(num_rows)]
            return pd.DataFrame({"label": labels}), labels
        if written not in self._metadata:
            self._metadata[written] = _labeled(read_table(find_file(self.config, written)))
        return self._metadata[written]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def read_config(folder: Path) -> Config:
    """Read the config of the export in `folder`.

    Raises:
        RunError: the folder has no export.
        InputError: its config cannot be read.
    """
    from projector_export.checker.model.configs import read_json, read_pbtxt

    export = ExportFolder(folder)
    # The upload set has all rows, which TensorBoard's folder may not.
    if upload := export.find_upload_set():
        return read_json(upload / WEB_CONFIG_NAME).readable()
    if tensorboard := export.find_tensorboard_folder():
        return read_pbtxt(tensorboard / CONFIG_NAME).readable()
    raise RunError(
        f"{folder} has no export",
        tip=f"if it is a run, write one with: {command_line('export', folder)}",
    )


def _labeled(metadata: pd.DataFrame) -> Labeled:
    """Return metadata as the viewer shows it, and its labels."""
    # What a word joiner keeps from being a number is text, so labels are chosen before it goes.
    labels = [shown_text(cell) for cell in metadata.iloc[:, _label_column(metadata)]]
    for name in metadata.columns:
        if not pd.api.types.is_numeric_dtype(metadata[name]):
            metadata[name] = [shown_text(cell) for cell in metadata[name]]
    return metadata, labels


def _label_column(metadata: pd.DataFrame) -> int:
    """Return the index of the first text column, which the viewer labels by; 0 if there is none."""
    for index in range(metadata.shape[1]):
        if pd.to_numeric(metadata.iloc[:, index], errors="coerce").isna().any():
            return index
    return 0


def _vectors_of(config: Config, entry: Entry) -> Float32Matrix:
    if not entry.tensor_path:
        return _checkpoint_matrix(config, entry.tensor_name)
    path = find_file(config, entry.tensor_path)
    num_bytes = 4 * int(np.prod(entry.tensor_shape)) if len(entry.tensor_shape) == 2 else -1
    if path.stat().st_size == num_bytes:
        return np.fromfile(path, "<f4").reshape(entry.tensor_shape)
    return read_matrix(path, "\t")


def _checkpoint_matrix(config: Config, name: str) -> Float32Matrix:
    folder = config.path.parent
    written = config.checkpoint_path
    prefix = str(folder / written) if written else latest_checkpoint(folder)
    try:
        return float32_matrix(folder, open_checkpoint(prefix or "").numbers(name))
    except (KeyError, CheckpointError) as error:
        raise InputError(
            f"{folder} has no checkpoint with the tensor {name!r}",
            tip=f"see what is wrong with: {command_line('check', folder)}",
        ) from error


def find_file(config: Config, written: str) -> Path:
    """Find a file that a config names by its path; for a web address, look next to the config.

    Raises:
        InputError: it does not exist, or is outside the config's folder.
    """
    folder = config.path.parent
    path = _path_in_address(written)
    for candidate in (folder / path, folder / PurePosixPath(path).name):
        if is_file_inside(candidate, folder):
            return candidate
    raise InputError(
        f"{config.path} names {written!r}, which is not a file in its folder",
        tip=f"see what is wrong with: {command_line('check', folder)}",
    )


def _path_in_address(written: str) -> str:
    try:
        return unquote(urlsplit(written).path)
    except ValueError:  # such as half an IPv6 address
        return written
