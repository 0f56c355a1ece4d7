"""The command `export`; what is heavy is imported where it is used."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from projector_export.cli.console import logdir_option, result, verbosity_options
from projector_export.cli.embedding_options import (
    color_option,
    embedding_options,
    read_to_export,
)
from projector_export.cli.map_options import map_options
from projector_export.cli.progress_bars import progress_bars
from projector_export.cli.reading import Reading, reading_options
from projector_export.cli.run_exporters import export_run, is_vectors, run_to_export
from projector_export.errors import UsageError, command_line

if TYPE_CHECKING:
    from projector_export.embedding import Embedding, EmbeddingOptions
    from projector_export.prepare.table import PreparedTable

logger = logging.getLogger(__name__)

OPTIONS_FOR_RUNS = {"source", "overrides", "logdir", "quiet", "verbose"}
NUM_NAMED = 5  # columns that a tip lists


@click.command()
@reading_options("RUN|VECTORS")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The folder to write; for VECTORS only."
)
@color_option
@map_options(layouts="tsne,umap,pca")
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY.PATH=VALUE",
    help="Change a key of the run's config, such as export.max_colors=20; for RUN only.",
)
@embedding_options
@click.option("--force", is_flag=True, help="Replace the output folder if it exists.")
@logdir_option
@verbosity_options
def export(
    reading: Reading,
    output: Path | None,
    color_by: str | None,
    maps: dict[str, Any],
    overrides: tuple[str, ...],
    logdir: Path,
    *,
    options: EmbeddingOptions,
    force: bool,
) -> None:
    """Export your vectors, or a run, as a map for the viewer.

    \b
    projector-export export vectors.npy words.csv -o map
    projector-export export model.keras words.csv --layer word_embedding -o map
    projector-export export starter --set export.max_colors=20

    docs/formats.md lists what VECTORS and METADATA can be.
    """
    if not is_vectors(reading.source):
        run_path = run_to_export(reading.source, logdir=logdir, option=_option_for_vectors())
        export_run(run_path, overrides)
        return
    if output is None:
        raise UsageError("no output folder; name one with -o DIR")
    if overrides:
        raise UsageError("--set changes a run's config; for vectors, use the other options")
    from projector_export.export_check import require_no_errors
    from projector_export.exporter import export as export_vectors

    embedding = read_to_export(reading, color_by, options)
    with progress_bars() as on_progress:
        exported = export_vectors(
            embedding,
            folder=output,
            replace=force,
            on_progress=on_progress,
            **maps,
        )
    require_no_errors(exported.report, output)
    _log_colors(embedding, exported.tables[0], was_chosen=color_by is None)
    result(f"{output}: open it with  {command_line('view', output)}")


def _log_colors(embedding: Embedding, shown: PreparedTable, *, was_chosen: bool) -> None:
    """Log what the map is colored by, and give a tip if another column may be better."""
    from projector_export.prepare.colors import coloring_summary, is_mostly_other

    others = [str(column) for column in embedding.metadata.columns[1:] if column != shown.color_by]
    if shown.color_by is not None:
        summary = coloring_summary(shown.metadata, shown.color_by)
        logger.info("%s are %s", shown.name, summary)
    elif was_chosen and others:
        logger.info(
            "not colored: every column has one value for nearly all rows, or nearly one per row"
        )
    if is_mostly_other(shown.metadata, shown.color_by):
        logger.info(
            "tip: --color-by chooses a column with fewer values, --max-colors keeps up to 50"
        )
    elif was_chosen and others:
        named = ", ".join(others[:NUM_NAMED]) + (", ..." if len(others) > NUM_NAMED else "")
        logger.info("tip: --color-by COLUMN chooses another (%s), or none", named)


def _option_for_vectors() -> str | None:
    """Return an option that was given but that a run would ignore, as it has its own config."""
    context = click.get_current_context()
    for parameter in context.command.params:
        is_given = context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        if is_given and parameter.name not in OPTIONS_FOR_RUNS:
            return "METADATA" if isinstance(parameter, click.Argument) else parameter.opts[0]
    return None
