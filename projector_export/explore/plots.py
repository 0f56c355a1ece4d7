"""Plot finished maps as the viewer draws them: in its colors, with its legend."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from projector_export.arrays import Float32Matrix
from projector_export.errors import RunError
from projector_export.files import write_bytes_whole
from projector_export.prepare.cells import UNKNOWN
from projector_export.prepare.colors import OTHER
from projector_export.prepare.geometry import sphereize, viewer_pca
from projector_export.prepare.layouts import PCA, layout_title
from projector_export.read.formats.text_tables import read_table
from projector_export.viewer_facts import COLORS

UNCOLORED = COLORS[0]
MAX_NAME_LENGTH = 26  # of a value; more does not fit into the legend
SIZE_INCHES, DOTS_PER_INCH = (9.0, 6.4), 150
MAP_BOX = (0.02, 0.02, 0.66, 0.9)  # left, bottom, width and height, as shares of the picture


def plot_upload_set(upload_folder: Path, output: Path) -> list[Path]:
    """Draw each map of the first table as `<table>_<layout>.png`; return the paths.

    Raises:
        RunError: the upload set is incomplete.
    """
    config = json.loads((upload_folder / "projector_config.json").read_text("utf-8"))
    table = config["embeddings"][0]
    try:
        layouts = read_layouts(upload_folder, config["embeddings"])
        column, values = _coloring(upload_folder, table)
    except OSError as error:
        raise RunError(f"the upload set is incomplete: {error.filename} is missing") from error
    written = []
    for name, layout in layouts.items():
        title = f"{layout_title(name)} by {column}" if column else layout_title(name)
        path = output / f"{table['tensorName']}_{name}.png"
        write_bytes_whole(path, map_png(layout, values, title=title))
        written.append(path)
    return written


def read_layouts(
    upload_folder: Path, tables: Sequence[Mapping[str, Any]]
) -> dict[str, Float32Matrix]:
    """Read the layouts of the first table as (N, 2), without depth, and compute its PCA."""
    first = tables[0]
    prefix = f"{first['tensorName']}_"
    layouts = {
        table["tensorName"].removeprefix(prefix): _matrix(upload_folder, table)[:, :2]
        for table in tables[1:]
        if table["tensorName"].startswith(prefix) and "bookmarksPath" in table
    }
    rows = sphereize(_matrix(upload_folder, first))
    return layouts | {PCA: viewer_pca(rows, num_components=2)}


def map_png(layout: Float32Matrix, values: pd.Series | None, *, title: str) -> bytes:
    """Draw (N, 2) points, colored by one value per point, in order of first appearance."""
    figure = Figure(figsize=SIZE_INCHES, dpi=DOTS_PER_INCH)
    axes = figure.add_axes(MAP_BOX, aspect="equal", anchor="W")
    axes.set_axis_off()
    axes.set_title(title, loc="left", parse_math=False)
    size = 100 / math.log(len(layout)) ** 1.5
    names = ["all"] if values is None else list(dict.fromkeys(values))
    for rank in _drawing_order(names):
        chosen = slice(None) if values is None else (values == names[rank]).to_numpy()
        color = UNCOLORED if values is None else COLORS[rank % len(COLORS)]
        x, y = layout[chosen].T
        axes.scatter(x, y, s=size, color=color, linewidths=0)
    if values is not None:
        _add_legend(axes, names, values)
    content = io.BytesIO()
    figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def _add_legend(axes: Axes, names: Sequence[str], values: pd.Series) -> None:
    counts = values.value_counts()
    handles = [
        Line2D([], [], linestyle="", marker="o", color=COLORS[rank % len(COLORS)], markersize=6)
        for rank in range(len(names))
    ]
    labels = [f"{_shortened(name)}  {counts[name]:,}" for name in names]
    legend = axes.legend(
        handles, labels, loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False
    )
    for text in legend.get_texts():
        text.set_parse_math(False)  # a `$` in a value does not begin a formula


def _drawing_order(names: Sequence[str]) -> list[int]:
    """Draw the least informative values first: "Other" and "Unknown", then the most frequent."""
    return sorted(range(len(names)), key=lambda rank: (names[rank] not in {OTHER, UNKNOWN}, rank))


def _shortened(name: str) -> str:
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 1]}…"


def _coloring(upload_folder: Path, table: Mapping[str, Any]) -> tuple[str | None, pd.Series | None]:
    """Find the column that the first bookmark colors by, and its value for each point."""
    if "bookmarksPath" not in table:
        return None, None
    states = json.loads((upload_folder / Path(table["bookmarksPath"]).name).read_text("utf-8"))
    metadata = read_table(upload_folder / Path(table["metadataPath"]).name)
    column = str(states[0]["selectedColorOptionName"])
    if column not in metadata.columns:
        return None, None
    return column, metadata[column].astype(str)


def _matrix(upload_folder: Path, table: Mapping[str, Any]) -> Float32Matrix:
    content = (upload_folder / Path(table["tensorPath"]).name).read_bytes()
    return np.frombuffer(content, "<f4").reshape(table["tensorShape"])
