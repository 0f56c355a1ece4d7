"""The options of `export` and `append` that say how to color and lay out a table."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click


def map_options(*, layouts: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add these options to a command, as one parameter `maps`.

    Args:
        layouts: the layouts that are computed by default.
    """

    def add_options(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_maps(
            *, max_colors: int, layouts: str, layout_dimensions: str, seed: int, **options: Any
        ) -> Any:
            maps = {
                "max_colors": max_colors,
                "layouts": layout_names(layouts),
                "layout_dimensions": int(layout_dimensions),
                "seed": seed,
            }
            return command(maps=maps, **options)

        decorated: Callable[..., Any] = with_maps
        for option in reversed(_options(layouts)):
            decorated = option(decorated)
        return decorated

    return add_options


def layout_names(text: str) -> tuple[str, ...]:
    """Split `tsne,umap`; `none` means none."""
    names = (name.strip().lower() for name in text.split(","))
    return tuple(dict.fromkeys(name for name in names if name not in {"", "none"}))


def _possible_number_of_colors(
    _context: click.Context, _parameter: click.Parameter, value: int
) -> int:
    """Refuse a number that the viewer has no colors for, before anything is read."""
    from projector_export.prepare.colors import refuse_impossible_colors

    refuse_impossible_colors(value)
    return value


def _options(layouts: str) -> list[Callable[..., Any]]:
    return [
        click.option(
            "--max-colors",
            default=10,
            show_default=True,
            type=int,
            callback=_possible_number_of_colors,
            help="The most values that column may keep, 10 to 50; the viewer has 10 colors.",
        ),
        click.option(
            "--layouts",
            default=layouts,
            show_default=True,
            metavar="NAMES",
            help="Layouts to compute, for VECTORS: tsne, umap, pca, pacmap; or none.",
        ),
        click.option(
            "--layout-dimensions",
            default="2",
            show_default=True,
            type=click.Choice(["2", "3"]),
            help="2D or 3D maps, for VECTORS.",
        ),
        click.option(
            "--seed",
            default=1,
            show_default=True,
            type=click.IntRange(min=0),
            help="The same seed gives the same maps, for VECTORS.",
        ),
    ]
