"""Everything that is written for a viewer, from embeddings as they were learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from projector_export.embedding import Embedding
from projector_export.files import whole_folder
from projector_export.prepare.colors import colorable
from projector_export.prepare.geometry import viewer_ready
from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts, parameters
from projector_export.write.site.page import write_site
from projector_export.write.tensorboard_folder import write_tensorboard_folder
from projector_export.write.upload_set import write_upload_set

TENSORBOARD_FOLDER = "projector"
UPLOAD_FOLDER = "upload"
SITE_FOLDER = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """How embeddings are shown.

    Attributes:
        title: what the web app calls the data.
        color_by: the metadata column to color by, in the tables that have it; None for none.
        max_colors: the most values that column may keep; at least 10.
        layouts: the finished maps of the first table.
    """

    title: str
    color_by: str | None
    max_colors: int
    layouts: LayoutOptions = field(default_factory=LayoutOptions)


def write_exports(
    folder: Path, embeddings: Sequence[Embedding], options: ExportOptions
) -> list[Embedding]:
    """Write `projector/`, `upload/` and `site/` into `folder`; return what the viewer has.

    Each takes the place of an older one as a whole, so nothing of an earlier export stays.
    """
    first, *others = embeddings
    shown = [prepared(first, options, layouts=options.layouts)]
    shown += [prepared(embedding, options) for embedding in others]
    made_of = {
        name: parameters(name, options.layouts, num_rows=first.num_rows)
        for name in shown[0].layouts
    }
    with whole_folder(folder / TENSORBOARD_FOLDER, when_present="replace") as new:
        write_tensorboard_folder(new, shown, made_of)
    with whole_folder(folder / UPLOAD_FOLDER, when_present="replace") as new:
        write_upload_set(new, shown, title=options.title)
    with whole_folder(folder / SITE_FOLDER, when_present="replace") as new:
        write_site(new, folder / UPLOAD_FOLDER)
    return shown


def exported_folders(folder: Path) -> list[Path]:
    """Name what `write_exports` writes into `folder`."""
    return [folder / name for name in (TENSORBOARD_FOLDER, UPLOAD_FOLDER, SITE_FOLDER)]


def prepared(
    embedding: Embedding, options: ExportOptions, *, layouts: LayoutOptions | None = None
) -> Embedding:
    """Make vectors whose neighbors the viewer keeps, maps of them, and a column to color by."""
    color_by = options.color_by if options.color_by in embedding.metadata.columns else None
    vectors = viewer_ready(embedding.vectors)
    maps = compute_layouts(vectors, layouts) if layouts else {}
    ready = replace(embedding, vectors=vectors, color_by=color_by, layouts=maps)
    return colorable(ready, max_colors=options.max_colors)
