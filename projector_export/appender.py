"""Add a table to every part of an export."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from projector_export.embedding import Embedding
from projector_export.errors import RunError, UsageError
from projector_export.export_check import check_exports
from projector_export.export_folder import WEB_CONFIG_NAME, ExportFolder
from projector_export.exporter import layout_options
from projector_export.files import updated_folder
from projector_export.prepare.colors import refuse_impossible_colors
from projector_export.prepare.table import prepare
from projector_export.progress import ProgressCallback, no_progress
from projector_export.viewer_facts import CONFIG_NAME
from projector_export.write.appending import append_to_tensorboard_folder, append_to_upload_set
from projector_export.write.site.about import read_about
from projector_export.write.site.page import write_site
from projector_export.write.tables import SerializedTable, serialize

if TYPE_CHECKING:
    from projector_export.checker.findings import Report

logger = logging.getLogger(__name__)


def append(  # noqa: PLR0913
    folder: str | Path,
    embedding: Embedding,
    *,
    layouts: Sequence[str] = (),
    layout_dimensions: int = 2,
    max_colors: int = 10,
    seed: int = 1,
    on_progress: ProgressCallback = no_progress,
) -> Report:
    """Add a table to an export; its other tables stay as they are.

    >>> import numpy as np, projector_export as px
    >>> topics = px.Embedding("topics", np.eye(5, 8), ["sea", "land", "air", "fire", "ice"])
    >>> px.append("map", topics).findings
    []
    >>> list(px.open_export("map").tables)
    ['vectors', 'topics']

    Args:
        folder: what `export` wrote, or only its `projector/` or `upload/`.
        embedding: a table with an unused name.
        layouts: the layouts to compute for it.
        layout_dimensions: 2 or 3.
        max_colors: how many values the column to color by may keep, 10 to 50.
        seed: the same seed gives the same layouts.
        on_progress: called with the progress of each layout.

    Returns:
        The report of `check`.

    Raises:
        InputError: the export has a table with that name, or with that of a layout, or is damaged.
        UsageError: `embedding` is something else, or `max_colors` is not from 10 to 50.
        RunError: there is no export in `folder`, or it cannot be added to.
    """
    from projector_export.checker.check import check

    _refuse_other_types(embedding)
    refuse_impossible_colors(max_colors)
    found = ExportFolder(Path(folder))
    _refuse_damage(found)
    maps = layout_options(layouts, dimensions=layout_dimensions, seed=seed)
    table = prepare(embedding, max_colors=max_colors, layouts=maps, on_progress=on_progress)
    _append(found, serialize(table))
    logger.info("%s has a new table %s; restart TensorBoard if it is open", folder, table.name)
    return check_exports(found.path) if found.is_export() else check(found.path)


def _refuse_other_types(embedding: object) -> None:
    if not isinstance(embedding, Embedding):
        raise UsageError(
            f"append() got {type(embedding).__name__}; expected an Embedding",
            tip='px.append(folder, px.Embedding("name", vectors, metadata))',
        )


def _refuse_damage(export: ExportFolder) -> None:
    """Refuse an export whose configs cannot be read, before anything is computed."""
    from projector_export.checker.model.configs import read_json, read_pbtxt

    tensorboard, upload = export.find_tensorboard_folder(), export.find_upload_set()
    configs = [
        *([read_pbtxt(tensorboard / CONFIG_NAME)] if tensorboard else []),
        *([read_json(upload / WEB_CONFIG_NAME)] if upload else []),
    ]
    if not all(config.readable().entries for config in configs) or not configs:
        raise RunError(f"{export.path} has no export to add a table to")


def _append(export: ExportFolder, added: SerializedTable) -> None:
    """Add to a copy of each part; the copies replace the parts in one step."""
    tensorboard, upload = export.find_tensorboard_folder(), export.find_upload_set()
    with updated_folder(export.path) as new:
        for part in {part for part in (tensorboard, upload) if part}:
            copy = new / part.relative_to(export.path)
            shutil.copytree(part, copy, symlinks=True, dirs_exist_ok=True)
        if tensorboard:
            append_to_tensorboard_folder(new / tensorboard.relative_to(export.path), added)
        if upload:
            new_upload = new / upload.relative_to(export.path)
            append_to_upload_set(new_upload, added)
            if site := export.find_site():
                new_site = new / site.relative_to(export.path)
                new_site.mkdir(exist_ok=True)
                write_site(new_site, new_upload, read_about(site))
