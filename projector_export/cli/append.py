"""`projector-export append`: add a table to an export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from projector_export.cli.console import logdir_option, result, verbosity_options
from projector_export.cli.embedding_options import (
    color_option,
    embedding_options,
    read_to_export,
)
from projector_export.cli.map_options import map_options
from projector_export.cli.progress_bars import progress_bars
from projector_export.cli.reading import Reading, reading_options
from projector_export.cli.runs import resolve_run

if TYPE_CHECKING:
    from projector_export.embedding import EmbeddingOptions


@click.command()
@click.argument("export", metavar="EXPORT")
@reading_options("VECTORS")
@color_option
@map_options(layouts="none")
@embedding_options
@logdir_option
@verbosity_options
def append(
    export: str,
    reading: Reading,
    color_by: str | None,
    maps: dict[str, Any],
    logdir: Path,
    *,
    options: EmbeddingOptions,
) -> None:
    """Add a table to an export; its other tables stay as they are.

    EXPORT is a run, or the folder of any export. The table needs a name of its own.

    \b
    projector-export append map topics.npy topics.csv --name topics
    """
    from projector_export.appender import append as append_table
    from projector_export.export_check import require_no_errors

    folder = resolve_run(export, logdir=logdir)
    embedding = read_to_export(reading, color_by, options)
    with progress_bars() as on_progress:
        report = append_table(folder, embedding, on_progress=on_progress, **maps)
    require_no_errors(report, folder)
    result(f"{folder} has the table {embedding.name}")
