"""Curves are what event files say, in one picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image

from projector_export.explore.curves import curves_figure, read_curves
from projector_export.explore.picture import PRESETS
from tests.helpers.running import exit_code


def write_scalars(folder: Path, values: dict[int, float], name: str = "loss") -> None:
    """Write an event file by TensorFlow."""
    import tensorflow as tf

    with tf.summary.create_file_writer(str(folder)).as_default():
        for step, value in values.items():
            tf.summary.scalar(name, value, step=step)


def points(folder: Path, name: str, source: str) -> list[tuple[int, float]]:
    curves = read_curves(folder)
    found = curves[(curves["name"] == name) & (curves["source"] == source)]
    return list(zip(found["step"], found["value"], strict=True))


def test_curves_have_every_step_of_each_sub_folder(tmp_path) -> None:
    write_scalars(tmp_path / "train", {1: 0.5, 2: 0.25})
    write_scalars(tmp_path / "validation", {2: 0.75})
    assert points(tmp_path, "loss", "train") == [(1, 0.5), (2, 0.25)]
    assert points(tmp_path, "loss", "validation") == [(2, 0.75)]


def test_of_a_step_that_a_resumed_job_repeats_the_last_value_counts(tmp_path) -> None:
    write_scalars(tmp_path, {1: 0.5, 2: 0.25})
    write_scalars(tmp_path, {2: 0.125, 3: 0.0625})
    assert points(tmp_path, "loss", ".") == [(1, 0.5), (2, 0.125), (3, 0.0625)]


def test_a_last_record_that_is_being_written_is_left_out(tmp_path) -> None:
    write_scalars(tmp_path, {1: 0.5, 2: 0.25})
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-5])
    assert points(tmp_path, "loss", ".") == [(1, 0.5)]


def test_a_file_without_records_has_no_curves(tmp_path) -> None:
    (tmp_path / "events.out.tfevents.1").write_bytes(b"no record of any kind, but long enough")
    assert read_curves(tmp_path).empty


def test_the_picture_has_a_part_for_each_figure_and_a_line_for_each_folder(tmp_path) -> None:
    for folder in ("train", "validation"):
        write_scalars(tmp_path / folder, {1: 0.5, 2: 0.25})
    write_scalars(tmp_path / "train", {1: 0.125}, name="rate")
    figure = curves_figure(read_curves(tmp_path), title="t", preset=PRESETS["screen"])
    drawn = {
        axes.get_title(loc="left"): [line.get_ydata().tolist() for line in axes.lines]
        for axes in figure.axes
    }
    assert drawn == {"loss": [[0.5, 0.25], [0.5, 0.25]], "rate": [[0.125]]}
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == [
        "train",
        "validation",
    ]


def test_plot_draws_the_curves_of_a_run(planted_run, tmp_path, capsys) -> None:
    command = ["plot", str(planted_run), "--curves", "-o", str(tmp_path), "--preset", "social"]
    assert exit_code(command) == 0
    (path,) = (Path(line) for line in capsys.readouterr().out.splitlines())
    assert path == tmp_path / "curves.png"
    (width, height), dpi = PRESETS["social"].size, PRESETS["social"].dpi
    with Image.open(path) as picture:
        assert picture.size == (round(width * dpi), round(height * dpi))
    names = set(read_curves(planted_run)["name"])
    assert names == {"loss", "learning_rate", "held_out/mrr", "held_out/hits@10"}


def test_plot_says_that_an_export_has_no_curves(tmp_path, capsys) -> None:
    assert exit_code(["plot", str(tmp_path), "--curves"]) == 2
    assert "has no curves" in capsys.readouterr().err


def test_reading_curves_does_not_import_tensorflow(tmp_path) -> None:
    write_scalars(tmp_path, {1: 0.5})
    program = (
        "import sys; from pathlib import Path; from projector_export.explore import curves;"
        f"assert len(curves.read_curves(Path({str(tmp_path)!r}))) == 1;"
        "sys.exit('tensorflow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
