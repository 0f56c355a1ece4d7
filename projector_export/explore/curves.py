"""The curves of a training: what its event files say about each step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from projector_export.errors import InputError
from projector_export.explore.picture import (
    INK,
    PALETTE,
    PRESETS,
    Preset,
    new_figure,
    save_figure,
    shortened,
)
from projector_export.viewer_facts import EVENT_FILE_INFIX

NUM_COLUMNS, MAX_CURVES = 2, 8
COLUMNS = ["name", "source", "step", "value"]


def read_curves(folder: Path) -> pd.DataFrame:
    """Read the scalars in the event files of a folder and its sub-folders.

    Returns:
        A row for each point: the scalar's `name`, the sub-folder it is from (`source`), `step` and
        `value`, sorted by step. If a step was written twice, as by a resumed job, the last counts.
    """
    points = pd.DataFrame(
        [
            (name, path.parent.relative_to(folder).as_posix(), step, value)
            for path in sorted(folder.glob(f"**/*{EVENT_FILE_INFIX}*"))
            for name, step, value in _scalars(path)
        ],
        columns=COLUMNS,
    )
    points = points.drop_duplicates(["name", "source", "step"], keep="last")
    return points.sort_values("step", kind="stable").reset_index(drop=True)


def plot_curves(
    folder: Path, output: Path, *, preset: str = "screen", format_name: str = "png"
) -> list[Path]:
    """Draw the curves of a run as `curves.<format>`; return the path.

    Raises:
        InputError: the run has no event file with numbers.
    """
    curves = read_curves(folder)
    if curves.empty:
        raise InputError(
            f"{folder} has no curves: no event file in it has a number by step",
            tip="only the folder of a training has them",
        )
    figure = curves_figure(curves, title=folder.resolve().name, preset=PRESETS[preset])
    return [save_figure(figure, output / f"curves.{format_name}")]


def curves_figure(curves: pd.DataFrame, *, title: str, preset: Preset) -> Figure:
    """Draw a part for each name, with a line for each source."""
    names = list(dict.fromkeys(curves["name"]))[:MAX_CURVES]
    figure = new_figure(preset)
    figure.set_layout_engine("constrained")
    figure.suptitle(title, fontsize=preset.font_size * 1.3, color=INK, parse_math=False)
    num_columns = min(NUM_COLUMNS, len(names))
    parts = figure.subplots(-(-len(names) // num_columns), num_columns, squeeze=False).flat
    for axes, name in zip(parts, names, strict=False):
        _draw(axes, curves[curves["name"] == name], name=name, preset=preset)
    for axes in figure.axes[len(names) :]:
        axes.set_axis_off()
    return figure


def _draw(axes: Axes, points: pd.DataFrame, *, name: str, preset: Preset) -> None:
    sources = points["source"].unique()
    for rank, source in enumerate(sources):
        line = points[points["source"] == source]
        axes.plot(
            line["step"],
            line["value"],
            color=PALETTE[rank % len(PALETTE)],
            marker="o" if len(line) <= 40 else "",
            markersize=preset.font_size * 0.3,
            label=shortened(source),
        )
    if len(sources) > 1:
        axes.legend(frameon=False, fontsize=preset.font_size * 0.85)
    axes.set_title(name, loc="left", fontsize=preset.font_size, color=INK, parse_math=False)
    axes.set_xlabel("step", fontsize=preset.font_size * 0.85)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(labelsize=preset.font_size * 0.85)
    axes.spines[["top", "right"]].set_visible(False)


def _scalars(path: Path) -> Iterator[tuple[str, int, float]]:
    """Yield name, step and value; like TensorBoard, up to a damaged or unfinished record."""
    # TensorBoard's EventAccumulator would do, but loads TensorFlow, which takes seconds.
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.tensorflow_stub import errors
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New
    from tensorboard.util.tensor_util import make_ndarray

    reader = PyRecordReader_New(str(path))
    while True:
        try:
            reader.GetNext()
        except (errors.OutOfRangeError, errors.DataLossError):
            return
        event = Event.FromString(reader.record())
        for value in event.summary.value:
            is_tensor = value.HasField("tensor")
            numbers = make_ndarray(value.tensor) if is_tensor else np.array(value.simple_value)
            if numbers.size == 1 and numbers.dtype.kind in "fiu":
                yield value.tag, event.step, float(numbers.item())
