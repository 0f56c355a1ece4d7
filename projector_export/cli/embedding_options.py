"""The options of `export` and `append` that are attributes of an Embedding."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from projector_export.cli.reading import Reading

if TYPE_CHECKING:
    from projector_export.embedding import Embedding, EmbeddingOptions

logger = logging.getLogger(__name__)

AUTO, NO_COLUMN = "auto", "none"

color_option = click.option(
    "--color-by",
    metavar="COLUMN",
    help="The metadata column to color by, or none.  [default: the most informative]",
)
OPTIONS = {
    "sequences": click.option(
        "--sequences",
        metavar="COLUMN",
        help="Join rows with the same value in this column by a line, in their order.",
    ),
    "full_text": click.option(
        "--full-text",
        is_flag=True,
        help="Keep the full text of cells above 200 characters in a separate column.",
    ),
    "reduce_to": click.option(
        "--reduce-to",
        metavar="N",
        type=click.IntRange(3),
        help="Reduce wide vectors to N dimensions by PCA; 50 is a good choice.",
    ),
    "prepare_vectors": click.option(
        "--prepare-vectors/--no-prepare-vectors",
        default=True,
        show_default=True,
        help="Scale and center vectors so that the viewer lists their cosine neighbors.",
    ),
    "sprites": click.option(
        "--sprites",
        metavar="COLUMN",
        help="Draw pictures in place of points: a metadata column of files, or initials.",
    ),
    "add_columns": click.option(
        "--add-columns",
        metavar="NAMES",
        default="",
        callback=lambda _context, _parameter, text: _names(text),
        help="Columns to compute: map_region, layout_trust, hubness.",
    ),
}


def _names(text: str) -> tuple[str, ...]:
    names = (name.strip() for name in text.split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def embedding_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add these options to a command, as one parameter `options`."""

    @wraps(command)
    def with_options(*arguments: Any, **parameters: Any) -> Any:
        options = {name: parameters.pop(name) for name in OPTIONS}
        return command(*arguments, options=options, **parameters)

    for option in reversed(OPTIONS.values()):
        with_options = option(with_options)
    return with_options


def read_to_export(reading: Reading, color_by: str | None, options: EmbeddingOptions) -> Embedding:
    """Read the vectors, with what the options say of them."""
    embedding = reading.read()
    options["sprites"] = _pictures(embedding, options["sprites"], reading.metadata)
    embedding = replace(embedding, color_by=_column_to_color_by(embedding, color_by), **options)
    logger.info("%s vectors of %s numbers", f"{embedding.num_rows:,}", f"{embedding.dim:,}")
    if embedding.dim > embedding.num_rows:
        logger.info("tip: if the vectors are transposed, save vectors.T instead")
    return embedding


def _pictures(embedding: Embedding, sprites: Any, metadata_path: Path | None) -> Any:
    """Find the files in a column relative to the metadata's folder, else to the working folder."""
    if metadata_path is None or sprites not in embedding.metadata.columns:
        return sprites
    from projector_export.read.pictures import column_paths

    folders = (metadata_path.parent, Path())
    return column_paths(embedding.metadata, sprites, folders=folders)


def _column_to_color_by(embedding: Embedding, asked_for: str | None) -> str | None:
    """Read `none` as no column, unless there is a column of that name."""
    if asked_for is None:
        return AUTO
    if asked_for == NO_COLUMN and asked_for not in embedding.metadata.columns:
        return None
    return asked_for
