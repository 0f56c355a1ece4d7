"""What a user sees in an open TensorBoard while a Keras model trains."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers

from projector_export.keras import ProjectorCallback, Rows
from projector_export.prepare.geometry import viewer_ready
from projector_export.serve.tensorboard import PROJECTOR_PAGE, PROJECTOR_ROUTE, tensorboard
from tests.helpers import projector_page as viewer

NUM_WORDS, DIM = 300, 50
FIND_SECONDS = 60
WORDS = pd.DataFrame(
    {
        "word": [f"слово {n}" for n in range(NUM_WORDS - 2)],
        "topic": ["sea", "land"] * (NUM_WORDS // 2 - 1),
    }
)
ROWS = Rows(WORDS, color_by="topic", row_names={1: "[OOV]"})


class Training:
    """A model with a masked layer, fitted for some epochs at a time."""

    def __init__(self, log_dir: Path) -> None:
        keras.utils.set_random_seed(0)
        words = layers.Embedding(NUM_WORDS, DIM, name="word_embedding", mask_zero=True)
        tags = layers.Embedding(20, 8, name="tag_embedding")
        word_ids = keras.Input((3,), dtype="int32")
        pooled = layers.GlobalAveragePooling1D()(words(word_ids))
        tagged = layers.Flatten()(tags(word_ids % 20))
        self.model = keras.Model(word_ids, layers.Dense(1)(layers.Concatenate()([pooled, tagged])))
        self.model.compile(keras.optimizers.Adam(0.05), "mse")
        self.callback = ProjectorCallback(
            log_dir, {"word_embedding": ROWS, "tag_embedding": None}, keep=2
        )

    def fit(self, num_epochs: int) -> None:
        rng = np.random.default_rng(0)
        inputs = rng.integers(NUM_WORDS, size=(200, 3)).astype("int32")
        outputs = rng.normal(size=200)
        self.model.fit(inputs, outputs, epochs=num_epochs, verbose=0, callbacks=[self.callback])

    def vectors(self, labels: list[str]) -> np.ndarray:
        """What the viewer should have for these labels."""
        shown = viewer_ready(self.model.get_layer("word_embedding").get_weights()[0][1:])
        names = ["[OOV]", *WORDS["word"]]
        return shown[[names.index(label) for label in labels]]


@pytest.fixture(scope="module")
def watched(tmp_path_factory) -> Iterator[tuple[str, Training]]:
    """TensorBoard, started before there is anything to see, and a training of three epochs."""
    log_dir = tmp_path_factory.mktemp("logs")
    with tensorboard(log_dir) as address:
        training = Training(log_dir / "fit")
        training.fit(3)
        yield address, training


def open_on(page, address: str, run: str) -> None:
    """Wait until TensorBoard, which looks for runs every few seconds, has found it; open the page."""
    deadline = time.monotonic() + FIND_SECONDS
    while (runs := json.loads(fetch(address, "runs")))[:1] != [run]:
        assert time.monotonic() < deadline, runs
        time.sleep(0.5)
    page.goto(address + PROJECTOR_PAGE)
    viewer.wait_until_loaded(page)


def fetch(address: str, route: str, **query: str) -> bytes:
    with urllib.request.urlopen(f"{address}{PROJECTOR_ROUTE}/{route}?{urlencode(query)}") as answer:
        return answer.read()


def served_vectors(address: str, run: str) -> np.ndarray:
    tensor = fetch(address, "tensor", run=run, name="word_embedding")
    return np.frombuffer(tensor, "<f4").reshape(-1, DIM)


def test_it_opens_on_the_newest_epoch_with_names_labels_and_shape(page, watched) -> None:
    address, training = watched
    open_on(page, address, "fit/projector/epoch-0003")
    runs = viewer.evaluate(page, "q.dataPanel.runNames")
    assert runs == ["fit/projector/epoch-0003", "fit/projector/epoch-0002"]
    tables = viewer.evaluate(page, "q.dataPanel.tensorNames.map(t => [t.name, t.shape])")
    assert tables == [["word_embedding", [NUM_WORDS - 1, DIM]], ["tag_embedding", [20, 8]]]
    assert viewer.evaluate(page, "q.dataPanel.selectedTensor") == "word_embedding"
    assert viewer.dimensions(page) == [NUM_WORDS - 1, DIM]  # row 0, which is masked, is left out
    labels = viewer.column(page, "word")
    assert sorted(labels) == sorted(["[OOV]", *WORDS["word"]])
    assert viewer.color_counts(page, "topic") == {"sea": 149, "land": 149, "Unknown": 1}
    drawn = np.array(viewer.evaluate(page, "q.dataSet.points.map(p => Array.from(p.vector))"))
    np.testing.assert_allclose(drawn, training.vectors(labels), atol=1e-5)
    assert page.problems == []


def test_a_later_epoch_is_shown_without_a_restart(page, watched) -> None:
    address, training = watched
    open_on(page, address, "fit/projector/epoch-0003")
    before = served_vectors(address, "fit/projector/epoch-0003")
    training.fit(1)
    open_on(page, address, "fit/projector/epoch-0004")
    labels = viewer.column(page, "word")
    after = served_vectors(address, "fit/projector/epoch-0004")
    np.testing.assert_allclose(after, training.vectors(labels), atol=1e-6)
    assert np.abs(after - before).max() > 1e-3
    assert page.problems == []
