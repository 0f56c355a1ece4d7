"""Export: prepare -> write -> check, one line per step."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from projector_export.embedding import AUTO, Embedding, EmbeddingOptions
from projector_export.errors import InputError, UsageError
from projector_export.export_check import check_exports
from projector_export.export_folder import ExportFolder, refuse_to_replace_other_things
from projector_export.files import whole_folder
from projector_export.given_tables import given_embeddings
from projector_export.prepare.colors import refuse_impossible_colors
from projector_export.prepare.layouts import PCA
from projector_export.prepare.layouts.cache import user_layout_cache
from projector_export.prepare.layouts.compute import LayoutOptions
from projector_export.prepare.table import PreparedTable, prepare
from projector_export.progress import ProgressCallback, no_progress
from projector_export.read.objects import with_labels
from projector_export.tour.default import default_tour
from projector_export.tour.resolve import Tour, written_tour
from projector_export.write.site.about import NOT_SAID, About
from projector_export.write.site.page import write_page, write_site
from projector_export.write.tables import serialize
from projector_export.write.tensorboard_folder import refuse_unfindable, write_tensorboard_folder
from projector_export.write.upload_set import write_upload_set

if TYPE_CHECKING:
    from projector_export.checker.findings import Finding, Report

logger = logging.getLogger(__name__)

DEFAULT_LAYOUTS = ("tsne", "umap", "pca")


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """A finished export.

    >>> import projector_export as px
    >>> vectors = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    >>> exported = px.export(vectors, ["a", "b", "c"], "letters", layouts=())
    >>> [path.name for path in sorted(exported.path.iterdir())]
    ['projector', 'site', 'upload']

    Attributes:
        path: its folder.
        tables: what the viewer shows, in order.
        report: the report of `check`.
    """

    path: Path
    tables: Sequence[PreparedTable]
    report: Report

    @property
    def findings(self) -> list[Finding]:
        """What the viewer will not show, or show badly; errors first."""
        return self.report.findings

    def view(self, *, tensorboard: bool = False, port: int = 0, open_browser: bool = True) -> None:
        """Open the map in the browser; return after Ctrl-C, or the Stop button of a notebook.

        Args:
            tensorboard: start TensorBoard instead of serving the page.
            port: 0 takes any free one.
            open_browser: open the address; if False, only print it.

        Raises:
            RunError: the port is taken.
            JobFailedError: TensorBoard did not start.
        """
        from projector_export.serve.viewing import view_folder

        view_folder(
            self.path,
            uses_tensorboard=tensorboard,
            port=port,
            open_browser=open_browser,
            on_address=print,
        )

    def site(
        self,
        output: str | Path,
        *,
        single_file: bool = False,
        replace: bool = False,
        title: str = "",
        source: str = "",
        url: str = "",
    ) -> Path:
        """Write the page to a folder for any static host, or as one HTML file.

        Args:
            output: the folder, or the file.
            single_file: write one HTML file, which opens with a double click.
            replace: replace an existing output.
            title: what the page is called; by default as the export's own page is.
            source: where the data is from, for those who read about the map.
            url: where the page will be, which previews of links need for their picture.

        Raises:
            RunError: `output` exists, and `replace` is not set.
        """
        options: Any = {"single_file": single_file, "replace": replace}
        options["about"] = About(title=title, source=source, url=url)
        return write_page(self.path, Path(output), **options)

    def _repr_html_(self) -> str:
        """Show the map in a notebook."""
        from projector_export.explore.notebook import notebook_html

        return notebook_html(ExportFolder(self.path))


def export(  # noqa: PLR0913
    vectors: Any,
    metadata: Any = None,
    folder: str | Path | None = None,
    *,
    labels: Any = None,
    name: str = "vectors",
    color_by: str | None = AUTO,
    max_colors: int = 10,
    layouts: Sequence[str] = DEFAULT_LAYOUTS,
    layout_dimensions: int = 2,
    seed: int = 1,
    title: str | None = None,
    tour: Tour = AUTO,
    replace: bool = False,
    on_progress: ProgressCallback = no_progress,
    **options: Unpack[EmbeddingOptions],
) -> Export:
    """Write vectors and metadata as a map: for TensorBoard, for an upload, and as a web page.

    >>> import numpy as np, projector_export as px
    >>> words = {"word": [f"word {n}" for n in range(40)], "topic": ["sea", "land"] * 20}
    >>> px.export(np.random.normal(size=(40, 8)), words, "map", layouts=("pca",)).findings
    []

    Args:
        vectors: (N, D) that `read.objects.as_matrix` takes, an `Embedding`, or a list of several.
        metadata: N rows, label first: a DataFrame, a dict of columns, or a list of labels.
        folder: the folder to write `projector/`, `upload/` and `site/` into.
        labels: N labels, if they are not in `metadata`.
        name: the name that the viewer lists the vectors under.
        color_by: the column to color by; AUTO chooses the most informative one, None is none.
        max_colors: how many values that column may keep, 10 to 50; the rest become "Other".
        layouts: the layouts to compute for the first table, in order.
        layout_dimensions: 2 or 3.
        seed: the same seed gives the same layouts.
        title: the page's title; by default the name.
        tour: its stops as dicts (docs/page.md); AUTO makes them from the data, () is no tour.
        replace: replace an export that `folder` contains.
        on_progress: called with the progress of each layout.
        options: other attributes of Embedding, from `sequences` on.

    Raises:
        UserFacingError: what was passed does not fit together, or `folder` cannot be written.
    """
    given = given_embeddings(vectors, metadata, labels, options)
    given = given or [Embedding(name, vectors, with_labels(metadata, labels), color_by, **options)]
    maps = layout_options(layouts, dimensions=layout_dimensions, seed=seed)
    page: Any = {"title": title, "tour": tour, "max_colors": max_colors, "on_progress": on_progress}
    return _write(folder, given, replace=replace, layouts=maps, **page)


def _write(
    folder: str | Path | None, embeddings: Sequence[Embedding], *, replace: bool, **options: Any
) -> Export:
    path = _output_path(folder, replace=replace)
    with whole_folder(path, when_present="replace" if replace else "refuse") as new:
        tables = write_exports(new, embeddings, **options)
    return Export(path, tables, check_exports(path))


def write_exports(  # noqa: PLR0913
    folder: Path,
    embeddings: Sequence[Embedding],
    *,
    title: str | None,
    max_colors: int,
    layouts: LayoutOptions,
    tour: Tour = AUTO,
    about: About = NOT_SAID,
    on_progress: ProgressCallback = no_progress,
) -> list[PreparedTable]:
    """Write `projector/`, `upload/` and `site/` into `folder`; return what the viewer shows.

    Each replaces an older one completely, so nothing of an earlier export stays. Layouts are
    computed for the first embedding, which also gives the title if that is None.

    Raises:
        InputError: two tables have the same name, or the tour names what does not exist.
    """
    refuse_impossible_colors(max_colors)
    _refuse_repeated_names(embeddings, layouts.names)
    stops = written_tour(tour, embeddings, layouts.names)
    first, *others = embeddings
    shown = prepare(
        first, max_colors=max_colors, layouts=layouts, in_fair_order=True, on_progress=on_progress
    )
    tables = [shown, *(prepare(embedding, max_colors=max_colors) for embedding in others)]
    serialized = [serialize(table) for table in tables]
    parts = ExportFolder(folder)
    with whole_folder(parts.tensorboard_path, when_present="replace") as new:
        write_tensorboard_folder(new, serialized)
    with whole_folder(parts.upload_path, when_present="replace") as new:
        stops = default_tour(shown) if stops is None else stops
        write_upload_set(new, serialized, title=title or first.name, tour=stops)
    with whole_folder(parts.site_path, when_present="replace") as new:
        write_site(new, parts.upload_path, about)
    return tables


def _output_path(folder: str | Path | None, *, replace: bool) -> Path:
    if folder is None:
        raise UsageError("export() needs a folder to write to", tip='folder="maps/words"')
    if replace:
        refuse_to_replace_other_things(Path(folder))
    refuse_unfindable(Path(folder))
    return Path(folder)


def layout_options(names: Sequence[str], *, dimensions: int, seed: int) -> LayoutOptions:
    """Return the options of layouts that are kept in the user's cache."""
    cache = user_layout_cache()
    names = [names] if isinstance(names, str) else names
    return LayoutOptions(names=tuple(names), dimensions=dimensions, seed=seed, cache_path=cache)


def _refuse_repeated_names(embeddings: Sequence[Embedding], computed: Sequence[str]) -> None:
    """Refuse two tables of one name; the viewer lists a layout as a table too."""
    first = embeddings[0]
    layouts = [(first.name, layout) for layout in computed if layout not in first.layouts]
    layouts += [(table.name, layout) for table in embeddings for layout in table.layouts]
    names = [table.name for table in embeddings]
    names += [f"{table}_{layout}" for table, layout in layouts if layout != PCA]
    if repeated := {name for name in names if names.count(name) > 1}:
        raise InputError(
            f"two tables are named {min(repeated)!r}; each needs its own name",
            tip="a layout is a table too, named <table>_<layout>",
        )
