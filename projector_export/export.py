"""Everything that is written for a viewer, from embeddings as they were learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from projector_export.colors import colorable
from projector_export.embedding import Embedding
from projector_export.geometry import viewer_ready
from projector_export.tensorboard_folder import write_tensorboard_folder
from projector_export.upload_set import write_upload_set

TENSORBOARD_FOLDER = "projector"
UPLOAD_FOLDER = "upload"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """How embeddings are shown.

    Attributes:
        title: what the web app calls the data.
        color_by: the metadata column to colour by, in the tables that have it.
        max_colors: the most values that column may keep.
    """

    title: str
    color_by: str
    max_colors: int


def write_exports(
    folder: Path, embeddings: Sequence[Embedding], options: ExportOptions
) -> list[Embedding]:
    """Write `projector/` and `upload/` into `folder`; return the embeddings as the viewer has them."""
    shown = [prepared(embedding, options) for embedding in embeddings]
    write_tensorboard_folder(folder / TENSORBOARD_FOLDER, shown)
    write_upload_set(folder / UPLOAD_FOLDER, shown, title=options.title)
    return shown


def prepared(embedding: Embedding, options: ExportOptions) -> Embedding:
    """Make vectors whose neighbors the viewer keeps, and a column that it can colour."""
    color_by = options.color_by if options.color_by in embedding.metadata.columns else None
    ready = replace(embedding, vectors=viewer_ready(embedding.vectors), color_by=color_by)
    return colorable(ready, max_colors=options.max_colors)
