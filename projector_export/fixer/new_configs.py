"""Write the files that make a folder without a config open: both configs, and an event file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from projector_export.checker.model.view import Tensor
from projector_export.checker.rules.config_rules import UNSAFE_CHARACTERS
from projector_export.viewer_facts import CONFIG_NAME
from projector_export.write.projector_config import Table, config_json, config_pbtxt
from projector_export.write.tensorboard_folder import write_event_file

WEB_CONFIG_NAME = "projector_config.json"


def write_configs(tensors: Sequence[Tensor], root: Path) -> list[str]:
    """Write both configs for files that could only be loaded manually before.

    Args:
        tensors: of files to load manually, with their shapes.
        root: the log directory; a folder below it needs an event file.

    Returns:
        The changes, one line each.
    """
    changes = []
    for folder in sorted({tensor.source.parent for tensor in tensors}):
        here = [tensor for tensor in tensors if tensor.source.parent == folder]
        tables = [_table(tensor, tensor.shape) for tensor in here if tensor.shape]
        (folder / CONFIG_NAME).write_text(config_pbtxt(tables), encoding="utf-8")
        web_config = config_json(tables, title=here[0].source.stem)
        (folder / WEB_CONFIG_NAME).write_text(web_config, encoding="utf-8")
        if folder != root:
            write_event_file(folder)
        changes.append(f"{CONFIG_NAME} and {WEB_CONFIG_NAME}: added, they name the files")
    return changes


def _table(tensor: Tensor, shape: tuple[int, ...]) -> Table:
    return Table(
        name=UNSAFE_CHARACTERS.sub("_", tensor.source.name),
        shape=(shape[0], shape[1]),
        tensor_path=tensor.source.name,
        metadata_path=tensor.metadata.path.name if tensor.metadata else "",
    )
