"""The options of `export` that are attributes of an Embedding."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

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
}


def embedding_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add these options to a command, as one parameter `options`."""

    @wraps(command)
    def with_options(*arguments: Any, **parameters: Any) -> Any:
        options = {name: parameters.pop(name) for name in OPTIONS}
        return command(*arguments, options=options, **parameters)

    for option in reversed(OPTIONS.values()):
        with_options = option(with_options)
    return with_options
