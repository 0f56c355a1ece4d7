"""Add a table to every part of an export."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from projector_export.embedding import Embedding
from projector_export.errors import RunError
from projector_export.export_check import check_exports
from projector_export.export_folder import ExportFolder
from projector_export.exporter import layout_options
from projector_export.files import whole_folder
from projector_export.prepare.table import prepare
from projector_export.progress import ProgressCallback, no_progress
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
        InputError: the export has a table with that name, or with that of a layout.
        RunError: there is no export in `folder`, or it cannot be added to.
    """
    from projector_export.checker.check import check

    found = ExportFolder(Path(folder))
    if found.find_tensorboard_folder() is None and found.find_upload_set() is None:
        raise RunError(f"{folder} has no export to add a table to")
    maps = layout_options(layouts, dimensions=layout_dimensions, seed=seed)
    table = prepare(embedding, max_colors=max_colors, layouts=maps, on_progress=on_progress)
    _append(found, serialize(table))
    logger.info("%s has a new table %s; restart TensorBoard if it is open", folder, table.name)
    return check_exports(found.path) if found.is_export() else check(found.path)


def _append(export: ExportFolder, added: SerializedTable) -> None:
    """Add to a copy of each part; the copies replace the parts when all of them are finished."""
    with ExitStack() as parts:
        if tensorboard := export.find_tensorboard_folder():
            append_to_tensorboard_folder(_copy(parts, tensorboard), added)
        if upload := export.find_upload_set():
            new_upload = _copy(parts, upload)
            append_to_upload_set(new_upload, added)
            if site := export.find_site():
                new_site = parts.enter_context(whole_folder(site, when_present="replace"))
                write_site(new_site, new_upload, read_about(site))


def _copy(parts: ExitStack, folder: Path) -> Path:
    new = parts.enter_context(whole_folder(folder, when_present="replace"))
    shutil.copytree(folder, new, dirs_exist_ok=True)
    return new
