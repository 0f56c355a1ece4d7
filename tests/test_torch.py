"""`add_embedding` takes what torch's and tensorboardX's does, and writes what can be shown."""

from __future__ import annotations

import inspect
import logging
from io import BytesIO

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorboardX import SummaryWriter

import projector_export as px
from projector_export.errors import InputError
from projector_export.prepare.geometry import viewer_ready
from projector_export.torch import add_embedding

VECTORS = np.random.default_rng(0).normal(size=(30, 8)).astype(np.float32)
LABELS = [f"word {n}" for n in range(30)]


class FakeParameter:
    """Torch is 555 MB, so this stands for it: parameters must be detached before NumPy may read them."""

    def __init__(self, array: np.ndarray, *, is_detached: bool = False) -> None:
        self.array, self.is_detached = array, is_detached

    def __len__(self) -> int:
        return len(self.array)

    def detach(self) -> FakeParameter:
        return FakeParameter(self.array, is_detached=True)

    def cpu(self) -> FakeParameter:
        return self

    def float(self) -> FakeParameter:
        return self

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        assert self.is_detached, "Can't call numpy() on Tensor that requires grad"
        return self.array


def test_the_arguments_are_those_of_the_writer() -> None:
    def arguments(function) -> list[tuple[str, object]]:
        parameters = list(inspect.signature(function).parameters.values())[1:]
        return [(parameter.name, parameter.default) for parameter in parameters]

    assert arguments(add_embedding) == arguments(SummaryWriter.add_embedding)


def test_one_call_writes_a_run_that_can_be_shown(tmp_path) -> None:
    run = add_embedding(tmp_path, FakeParameter(VECTORS), LABELS, global_step=100, tag="words")
    assert run.relative_to(tmp_path).as_posix() == "projector/words/00100"
    vectors = tf.train.load_checkpoint(str(run)).get_tensor("words")
    np.testing.assert_array_equal(vectors, viewer_ready(VECTORS))
    assert px.read_metadata(run / "words.metadata.tsv").iloc[:, 0].tolist() == LABELS
    report = px.check(tmp_path)
    assert report.findings == []
    assert [run.name for view in report.views for run in view.runs if run.is_shown] == [
        "projector/words/00100"
    ]


def test_the_header_names_the_columns(tmp_path) -> None:
    rows = [[label, n % 3] for n, label in enumerate(LABELS)]
    run = add_embedding(tmp_path, VECTORS, rows, metadata_header=["word", "group"])
    assert px.read_metadata(run / "default.metadata.tsv").columns.tolist() == ["word", "group"]


def test_what_torchs_writer_makes_of_one_column_is_refused_by_the_viewer_and_ours_is_not(
    tmp_path,
) -> None:
    """One column under a header: pytorch#38564."""
    rows = [[label] for label in LABELS]
    with SummaryWriter(str(tmp_path / "theirs")) as writer:
        writer.add_embedding(VECTORS, rows, metadata_header=["word"])
    assert "E02" in {finding.code for finding in px.check(tmp_path / "theirs").findings}
    run = add_embedding(tmp_path / "ours", VECTORS, rows, metadata_header=["word"])
    assert px.check(tmp_path / "ours").findings == []
    assert px.read_metadata(run / "default.metadata.tsv").iloc[:, 0].tolist() == LABELS


def test_images_with_channels_first_become_the_sprite(tmp_path) -> None:
    images = np.zeros((30, 3, 6, 4), np.float32)
    images[:, 2] = 1  # blue
    run = add_embedding(tmp_path, VECTORS, LABELS, FakeParameter(images))
    sprite = np.asarray(Image.open(BytesIO((run / "default.sprite.png").read_bytes())))
    assert sprite.shape == (6 * 6, 6 * 6, 4)  # 30 tiles of 6 x 6 pixels in a square of 6 x 6
    assert sprite[3, 3].tolist() == [0, 0, 255, 255]
    assert px.check(tmp_path).findings == []


def test_steps_are_runs_and_one_that_is_written_again_is_said(tmp_path, caplog) -> None:
    with caplog.at_level(logging.WARNING, "projector_export"):
        first = add_embedding(tmp_path, VECTORS, LABELS, global_step=1)
        second = add_embedding(tmp_path, VECTORS, LABELS, global_step=2)
        assert caplog.text == ""
        add_embedding(tmp_path, VECTORS + 1, LABELS, global_step=2)
    assert (first.name, second.name) == ("00001", "00002")
    assert "00002 is replaced" in caplog.text
    vectors = tf.train.load_checkpoint(str(second)).get_tensor("default")
    np.testing.assert_array_equal(vectors, viewer_ready(VECTORS + 1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metadata": LABELS[:-1]}, "30 vectors but 29 rows of metadata"),
        (
            {"metadata": [["a", "b"]] * 30, "metadata_header": ["word"]},
            "metadata_header has 1 names, but rows of metadata have 2 cells",
        ),
        ({"label_img": np.zeros((30, 4, 4))}, r"label_img has shape \(30, 4, 4\)"),
        ({"tag": "a/b"}, "'a/b' has a character"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path, arguments, message) -> None:
    with pytest.raises(InputError, match=message):
        add_embedding(tmp_path, VECTORS, **arguments)
    assert list(tmp_path.iterdir()) == []
