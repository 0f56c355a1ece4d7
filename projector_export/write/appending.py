"""Add a table to a finished TensorBoard folder or upload set; its other tables stay."""

from __future__ import annotations

import json
from pathlib import Path

from google.protobuf import text_format
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

from projector_export.arrays import Float32Matrix
from projector_export.checkpoints.opening import open_checkpoint
from projector_export.checkpoints.reader import CheckpointError
from projector_export.errors import InputError, RunError
from projector_export.export_folder import WEB_CONFIG_NAME
from projector_export.files import write_text_whole
from projector_export.read.formats.base import float32_matrix
from projector_export.viewer_facts import CONFIG_NAME, MAX_SERVED_ROWS
from projector_export.write.checkpoint import own_checkpoint, write_checkpoint
from projector_export.write.projector_config import config_json, config_pbtxt
from projector_export.write.site.upload_config import read_upload_config
from projector_export.write.tables import SerializedTable, write_tables
from projector_export.write.upload_set import write_tables_with_vectors


def append_to_tensorboard_folder(folder: Path, added: SerializedTable) -> None:
    """Add a table to a folder that `write_tensorboard_folder` filled.

    It is cut to as many rows as the first table has, so that TensorBoard still opens that one.

    Raises:
        InputError: a table of that name exists.
        RunError: the folder has no checkpoint that this package wrote.
    """
    path = folder / CONFIG_NAME
    config = text_format.Parse(path.read_text("utf-8"), ProjectorConfig())
    names = [entry.tensor_name for entry in config.embeddings]
    matrices = _matrices_of_checkpoint(folder, names)
    num_first = len(matrices[names[0]])
    added = added.cut(num_first - int(added.table.name <= names[0]))
    listed = write_tables(folder, [added], max_rows=MAX_SERVED_ROWS, for_tensorboard=True)
    refuse_known_names([table.name for table, _ in listed], names)
    write_checkpoint(folder, {**matrices, **{table.name: table.vectors for table, _ in listed}})
    old = text_format.MessageToString(config)
    write_text_whole(path, old + config_pbtxt([entry for _, entry in listed]))


def append_to_upload_set(folder: Path, added: SerializedTable) -> None:
    """Add a table to a folder that `write_upload_set` filled.

    Raises:
        InputError: a table of that name exists, or the config is damaged.
    """
    path = folder / WEB_CONFIG_NAME
    config = read_upload_config(folder)
    entries = write_tables_with_vectors(folder, [added])
    names = [entry["tensorName"] for entry in config["embeddings"]]
    refuse_known_names([entry.name for entry in entries], names)
    config["embeddings"] += json.loads(config_json(entries, title=""))["embeddings"]
    write_text_whole(path, json.dumps(config, indent=2, ensure_ascii=False) + "\n")


def refuse_known_names(added: list[str], names: list[str]) -> None:
    """Refuse a table, or a layout's table, that exists.

    Raises:
        InputError: a name is in both lists.
    """
    if known := sorted(set(added).intersection(names)):
        raise InputError(
            f"the export has a table {known[0]!r}; each needs its own name",
            tip=f"name it differently; tables are: {', '.join(names)}",
        )


def _matrices_of_checkpoint(folder: Path, names: list[str]) -> dict[str, Float32Matrix]:
    try:
        checkpoint = open_checkpoint(own_checkpoint(folder))
        return {name: float32_matrix(folder, checkpoint.numbers(name)) for name in names}
    except (KeyError, CheckpointError) as error:
        raise RunError(
            f"{folder} has no checkpoint of all its tables, so no table can be added",
            tip="a table can be added to what `export` wrote",
        ) from error
