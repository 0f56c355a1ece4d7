"""The commands for anybody's vectors; what is heavy is imported where it is used."""

from __future__ import annotations

import signal
import time
from importlib.metadata import entry_points
from pathlib import Path

import click
from click.core import ParameterSource

from projector_export.cli.check import check
from projector_export.cli.console import remark, result, verbosity_options
from projector_export.cli.plot import plot
from projector_export.cli.runs import resolve_run
from projector_export.cli.site import site, site_folder, site_server
from projector_export.errors import RunError, UsageError

RUN_EXPORTERS = "projector_export.run_exporters"
DEFAULT_COLOR_BY = "genre"
OPTIONS_FOR_RUNS = {"source", "overrides", "quiet", "verbose"}


@click.command()
@click.argument("source", metavar="RUN|VECTORS")
@click.option(
    "--metadata",
    "metadata_path",
    type=click.Path(path_type=Path),
    help="A table with a row per vector; the first column is the label.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The folder to write; for VECTORS only."
)
@click.option(
    "--name", default="vectors", show_default=True, help="What the viewer lists VECTORS as."
)
@click.option("--color-by", help="The metadata column to colour by; `genre`, if there is one.")
@click.option(
    "--max-colors",
    default=10,
    show_default=True,
    type=click.IntRange(3, 50),
    help="The most values that column may keep; the viewer has 10 colours.",
)
@click.option(
    "--layouts",
    default="tsne,umap,pca",
    show_default=True,
    metavar="NAMES",
    help="Finished maps to make, for VECTORS: of tsne, umap, pca; or none.",
)
@click.option(
    "--layout-dimensions",
    default="2",
    show_default=True,
    type=click.Choice(["2", "3"]),
    help="Flat maps or solid ones, for VECTORS.",
)
@click.option(
    "--seed",
    default=1,
    show_default=True,
    type=click.IntRange(min=0),
    help="The same seed gives the same maps, for VECTORS.",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY.PATH=VALUE",
    help="Change a key of the run's config, such as export.max_colors=8; for RUN only.",
)
@click.option("--force", is_flag=True, help="Replace the output folder if it is there.")
@verbosity_options
def export(
    source: str,
    metadata_path: Path | None,
    output: Path | None,
    name: str,
    color_by: str | None,
    max_colors: int,
    layouts: str,
    layout_dimensions: str,
    seed: int,
    overrides: tuple[str, ...],
    *,
    force: bool,
) -> None:
    """Write what TensorBoard and the web app read, from a run or from anybody's vectors.

    \b
    projector-export export starter --set export.max_colors=8
    projector-export export vectors.npy --metadata words.csv -o map
    """
    if not Path(source).is_file():
        _refuse_options_for_vectors()
        _export_run(resolve_run(source), overrides)
        return
    if output is None:
        raise UsageError("where to? Name the folder to write with -o DIR")
    if overrides:
        raise UsageError("--set changes a run's config; for vectors there are options of their own")
    from projector_export.cli.closing_check import check_exports
    from projector_export.embedding import existing_column
    from projector_export.export import ExportOptions, exported_folders, write_exports
    from projector_export.files import whole_folder
    from projector_export.prepare.layouts.cache import user_layout_cache
    from projector_export.prepare.layouts.compute import LayoutOptions
    from projector_export.read.files import read_embedding

    maps = LayoutOptions(
        names=layout_names(layouts),
        dimensions=int(layout_dimensions),
        seed=seed,
        cache_path=user_layout_cache(),
    )
    embedding = read_embedding(name, Path(source), metadata_path)
    if color_by:
        existing_column(embedding, color_by)
    options = ExportOptions(
        title=name, color_by=color_by or DEFAULT_COLOR_BY, max_colors=max_colors, layouts=maps
    )
    if force:
        _refuse_to_replace_other_things(output)
    with whole_folder(output, when_present="replace" if force else "refuse") as folder:
        write_exports(folder, [embedding], options)
    check_exports(exported_folders(output))
    remark(f"{embedding.num_rows:,} vectors of {embedding.dim} numbers")
    result(f"{output}: open it with  projector-export view {output}")


def _refuse_to_replace_other_things(output: Path) -> None:
    """Keep `--force` from deleting a folder that is no export."""
    is_export = (output / "projector" / "projector_config.pbtxt").is_file()
    if output.is_dir() and any(output.iterdir()) and not is_export:
        raise UsageError(f"{output} holds no export, and --force would delete what it holds")


def layout_names(text: str) -> tuple[str, ...]:
    """Split `tsne,umap`; `none` means none."""
    names = (name.strip().lower() for name in text.split(","))
    return tuple(dict.fromkeys(name for name in names if name not in {"", "none"}))


def _refuse_options_for_vectors() -> None:
    """Say so where an option would be ignored: a run has its own folder and its own config."""
    context = click.get_current_context()
    for parameter in context.command.params:
        is_given = context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        if is_given and parameter.name not in OPTIONS_FOR_RUNS:
            raise UsageError(
                f"{parameter.opts[-1]} is for vectors; a run goes by its config",
                tip="change a key of it, such as --set export.max_colors=8",
            )


def _export_run(run_path: Path, overrides: tuple[str, ...]) -> None:
    for entry in entry_points(group=RUN_EXPORTERS):
        if entry.load()(run_path, overrides):
            result(f"{run_path}: open it with  projector-export view {run_path}")
            return
    raise RunError(
        f"{run_path} is not a run with vectors to export",
        tip="make one with: projector-export run CONFIG",
    )


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "--site",
    "own_page",
    is_flag=True,
    help="Serve the run's own web page, which opens on the map, in place of TensorBoard.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The interface to listen on.")
@click.option(
    "--port",
    default=6006,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 takes any free port.",
)
@verbosity_options
def view(run: str, host: str, port: int, *, own_page: bool) -> None:
    """Start TensorBoard on a run's map and print the address; Ctrl-C stops it.

    \b
    projector-export view starter
    projector-export view starter --site
    """
    run_path = resolve_run(run)
    if own_page:
        with site_server(site_folder(run_path), host=host, port=port) as address:
            _serve_until_interrupted(address)
        return
    from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard

    folder = shown_folder(run_path)
    remark(f"starting TensorBoard on {folder} ...")
    with tensorboard(folder, host=host, port=port) as address:
        _serve_until_interrupted(f"{address}{PROJECTOR_PAGE}")


def _serve_until_interrupted(address: str) -> None:
    # A plain kill stops the server too, instead of leaving it behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    result(address)
    remark("Press Ctrl-C to stop.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        remark("stopped")


def shown_folder(run_path: Path) -> Path:
    """Find what TensorBoard is pointed at: the run's `projector/`, or a folder that is one itself.

    Raises:
        RunError: neither holds a projector config.
    """
    for folder in (run_path / "projector", run_path):
        if (folder / "projector_config.pbtxt").is_file():
            return folder
    raise RunError(
        f"{run_path} holds nothing for TensorBoard",
        tip=f"write it with: projector-export export {run_path}",
    )


ALL = (check, export, plot, site, view)
