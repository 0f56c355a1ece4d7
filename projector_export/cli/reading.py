"""What to read: the arguments and options of commands that take vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from projector_export.errors import UsageError

if TYPE_CHECKING:
    from projector_export.embedding import Embedding


@dataclass(frozen=True, slots=True)
class Reading:
    """What to read, as the user gave it; `projector_export.read_embedding` explains each."""

    source: str
    metadata: Path | None
    name: str
    array: str | None
    join_on: str | None

    def read(self) -> Embedding:
        """Read the vectors and their metadata."""
        from projector_export.read.files import read_embedding

        return read_embedding(
            self.source, self.metadata, name=self.name, array=self.array, join_on=self.join_on
        )


_OPTIONS = (
    click.argument(
        "metadata", metavar="[METADATA]", required=False, type=click.Path(path_type=Path)
    ),
    click.option(
        "--metadata",
        "metadata_option",
        type=click.Path(path_type=Path),
        help="The same as METADATA: a table with a row per vector, the label first.",
    ),
    click.option(
        "--array",
        "--tensor",
        "--layer",
        "--obsm",
        "--collection",
        "array",
        metavar="NAME",
        help="Which of several in VECTORS: an array, tensor, layer, column or collection.",
    ),
    click.option(
        "--join-on",
        metavar="COLUMN",
        help="The column of METADATA by which to match rows to vectors.  [default: by order]",
    ),
    click.option(
        "--name", default="vectors", show_default=True, help="What the viewer lists VECTORS as."
    ),
)


def reading_options(source: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add VECTORS, METADATA and how to read them to a command, as its argument `reading`.

    Args:
        source: what the help calls the first argument.
    """
    return partial(_add_options, [click.argument("source", metavar=source), *_OPTIONS])


def _add_options(
    options: Sequence[Callable[..., Any]], command: Callable[..., Any]
) -> Callable[..., Any]:
    @wraps(command)
    def with_reading(
        *,
        source: str,
        metadata: Path | None,
        metadata_option: Path | None,
        name: str,
        array: str | None,
        join_on: str | None,
        **others: Any,
    ) -> Any:
        if metadata is not None and metadata_option is not None:
            raise UsageError("METADATA is given twice, as an argument and with --metadata")
        reading = Reading(source, metadata or metadata_option, name, array, join_on)
        return command(reading=reading, **others)

    decorated: Callable[..., Any] = with_reading
    for option in reversed(options):
        decorated = option(decorated)
    return decorated
