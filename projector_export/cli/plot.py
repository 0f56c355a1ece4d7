"""`projector-export plot`: pictures of any export."""

from __future__ import annotations

from pathlib import Path

import click

from projector_export.cli.console import logdir_option, result, verbosity_options
from projector_export.cli.runs import resolve_run
from projector_export.errors import UsageError


@click.command()
@click.argument("run", metavar="RUN")
@click.option("--around", metavar="LABEL", help="Draw where one row and its neighbors are.")
@click.option("--neighbors", metavar="LABEL", help="Draw bars of the closest and furthest rows.")
@click.option("--curves", is_flag=True, help="Draw the curves of a training, such as its loss.")
@click.option(
    "--concepts", metavar="COLUMN", help="Draw each value of a column at the mean of its rows."
)
@click.option(
    "--color-by", metavar="COLUMN", help="A column.  [default: what the map is colored by]"
)
@click.option(
    "--preset",
    type=click.Choice(["screen", "paper", "column", "slide", "social"]),
    default="screen",
    show_default=True,
    help="The size: paper is 183 mm wide, slide 1920 x 1080, social 1200 x 630.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["png", "svg", "pdf"]),
    default="png",
    show_default=True,
    help="The file format.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The folder to write to.  [default: RUN/plots]",
)
@logdir_option
@verbosity_options
def plot(
    run: str,
    *,
    around: str | None,
    neighbors: str | None,
    curves: bool,
    concepts: str | None,
    color_by: str | None,
    preset: str,
    format_name: str,
    output: Path | None,
    logdir: Path,
) -> None:
    """Draw pictures: each finished map, one row with its neighbors, bars, concepts, or curves.

    RUN is a run or the folder of any export.

    \b
    projector-export plot map --color-by topic --preset slide
    projector-export plot map --around "king" --format svg
    projector-export plot map --neighbors "king"
    projector-export plot map --curves
    projector-export plot map --concepts topic
    """
    from projector_export.explore.curves import plot_curves
    from projector_export.explore.open_export import open_export
    from projector_export.explore.plots import plot_around, plot_concepts, plot_maps, plot_neighbors
    from projector_export.files import own_folder

    asked = (around, neighbors, concepts, curves or None, color_by)
    if sum(option is not None for option in asked) > 1:
        raise UsageError(
            "expected one of --around, --neighbors, --concepts, --curves and --color-by"
        )
    run_path = resolve_run(run, logdir=logdir)
    style = {"preset": preset, "format_name": format_name}
    opened = None if curves else open_export(run_path)
    folder = output or own_folder(run_path / "plots")
    if opened is None:
        written = plot_curves(run_path, folder, **style)
    elif around is not None:
        written = plot_around(opened, around, folder, **style)
    elif neighbors is not None:
        written = plot_neighbors(opened, neighbors, folder, **style)
    elif concepts is not None:
        written = plot_concepts(opened, concepts, folder, **style)
    else:
        written = plot_maps(opened, folder, color_by=color_by, **style)
    for path in written:
        result(str(path))
