"""Pictures of maps have the colors of the viewer, in the order of its legend."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from projector_export.explore.plots import COLORS, map_png
from tests.helpers.made_exports import grouped_embedding, write_made_export
from tests.helpers.running import exit_code

# The colors of the first ten values in the viewer (data-panel.ts:254-262), read from its page.
VIEWER_COLORS = (
    "#1f77b4 #d62728 #e377c2 #17becf #2ca02c #8c564b #bcbd22 #ff7f0e #9467bd #7f7f7f".split()
)


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def num_pixels(picture: np.ndarray, color: str) -> int:
    rgb = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    return int((picture == rgb).all(axis=2).sum())


def test_the_colors_are_those_of_the_viewer_in_its_order() -> None:
    assert list(COLORS) == VIEWER_COLORS


def test_each_value_is_drawn_in_the_color_of_its_first_appearance() -> None:
    # One point of "b" far to the left, many of "a" to the right: "b" comes first in the file.
    layout = np.array([[-1, 0], *([[1, 0]] * 9), [0, 1], [0, -1]], np.float32)
    values = pd.Series(["b", *["a"] * 9, "c", "c"])
    picture = pixels(map_png(layout, values, title="t"))
    left, right = np.split(picture[:, : int(picture.shape[1] * 0.68)], 2, axis=1)
    first, second, third = VIEWER_COLORS[:3]
    assert num_pixels(left, first) > 50
    assert num_pixels(left, second) == 0
    assert num_pixels(right, second) > 50
    assert num_pixels(picture, third) > 100
    assert num_pixels(picture, VIEWER_COLORS[3]) == 0


def test_names_with_dollars_or_of_any_length_are_drawn_as_they_are() -> None:
    layout = np.random.default_rng(0).uniform(-1, 1, size=(20, 2)).astype(np.float32)
    values = pd.Series(["$\\frac{1}{0", "a very long name of a genre that has no end"] * 10)
    assert pixels(map_png(layout, values, title="$x^{")).shape == (960, 1350, 3)


def test_the_command_writes_a_picture_of_each_layout(tmp_path, capsys) -> None:
    write_made_export(tmp_path, grouped_embedding(60), layouts=("tsne",))
    assert exit_code(["plot", str(tmp_path)]) == 0
    written = capsys.readouterr().out.split()
    assert written == [str(tmp_path / "plots" / f"books_{name}.png") for name in ("tsne", "pca")]
    picture = pixels((tmp_path / "plots" / "books_tsne.png").read_bytes())
    assert all(num_pixels(picture, color) > 20 for color in VIEWER_COLORS)


@pytest.mark.parametrize("missing", ["books.vectors.bytes", "books.metadata.tsv"])
def test_an_incomplete_upload_set_is_refused(tmp_path, capsys, missing) -> None:
    write_made_export(tmp_path, grouped_embedding(60), layouts=("pca",))
    (tmp_path / "upload" / missing).unlink()
    assert exit_code(["plot", str(tmp_path)]) == 2
    assert missing in capsys.readouterr().err
