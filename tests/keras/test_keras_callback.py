"""A Keras model that is fitted with the callback can be opened in TensorBoard after each epoch."""

from __future__ import annotations

import contextlib
import logging
import threading
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras import layers

import projector_export as px
from projector_export.errors import InputError, UsageError
from projector_export.keras import ProjectorCallback, Rows
from projector_export.prepare.geometry import viewer_ready
from projector_export.viewer_facts import CONFIG_NAME, EVENT_FILE_INFIX

NUM_WORDS, NUM_TAGS, DIM = 60, 20, 50
WORDS = pd.DataFrame(
    {"word": [f"word {n}" for n in range(NUM_WORDS)], "topic": ["sea", "land", "air"] * 20}
)


def new_model() -> keras.Model:
    keras.utils.set_random_seed(0)
    word_id = keras.Input((), dtype="int32")
    tag_id = keras.Input((), dtype="int32")
    word = layers.Embedding(NUM_WORDS, DIM, name="word_embedding")(word_id)
    tag = layers.Embedding(NUM_TAGS, 8, name="tag_embedding")(tag_id)
    model = keras.Model([word_id, tag_id], layers.Dense(1)(layers.Concatenate()([word, tag])))
    model.compile(keras.optimizers.SGD(0.5), "mse")
    return model


def fit(callback, *, model: keras.Model | None = None, **options) -> keras.Model:
    model = model or new_model()
    rng = np.random.default_rng(0)
    inputs = [rng.integers(high, size=64).astype("int32") for high in (NUM_WORDS, NUM_TAGS)]
    callbacks = callback if isinstance(callback, list) else [callback]
    model.fit(inputs, rng.normal(size=64), verbose=0, callbacks=callbacks, **options)
    return model


def names(callback: ProjectorCallback) -> list[str]:
    return [run.name for run in callback.runs]


def tensors(run: Path) -> dict[str, np.ndarray]:
    reader = tf.train.load_checkpoint(str(run))
    return {name: reader.get_tensor(name) for name in reader.get_variable_to_shape_map()}


@pytest.fixture(scope="module")
def fitted(tmp_path_factory) -> tuple[keras.Model, ProjectorCallback]:
    callback = ProjectorCallback(
        tmp_path_factory.mktemp("fit"),
        {"word_embedding": Rows(WORDS, color_by="topic"), "tag_embedding": None},
        keep=2,
    )
    return fit(callback, epochs=4), callback


def test_the_last_epochs_are_kept_each_as_a_run(fitted) -> None:
    assert names(fitted[1]) == ["epoch-0003", "epoch-0004"]


def test_the_last_run_has_the_trained_vectors_as_the_viewer_needs_them(fitted) -> None:
    model, callback = fitted
    found = tensors(callback.runs[-1])
    labels = px.read_metadata(callback.runs[-1] / "word_embedding.metadata.tsv")["word"]
    rows = [int(label.removeprefix("word ")) for label in labels]
    assert sorted(rows) == list(range(NUM_WORDS))
    learned = model.get_layer("word_embedding").get_weights()[0]
    # Centering sums over the rows in the viewer's order, so the last digit may differ.
    np.testing.assert_allclose(found["word_embedding"], viewer_ready(learned)[rows], atol=1e-6)
    tags = model.get_layer("tag_embedding").get_weights()[0]
    np.testing.assert_array_equal(found["tag_embedding"], viewer_ready(tags))


def test_epochs_differ_by_what_was_learned_between_them(fitted) -> None:
    before, after = (tensors(run)["tag_embedding"] for run in fitted[1].runs)
    assert np.abs(after - before).max() > 1e-3


def test_check_finds_nothing_wrong_with_what_is_written(fitted) -> None:
    report = px.check(fitted[1].path.parent)
    shown = [run.name for view in report.views for run in view.runs if run.is_shown]
    assert shown == ["projector/epoch-0004", "projector/epoch-0003"]  # the newest opens
    assert report.findings == []


def test_any_command_opens_a_run(fitted) -> None:
    opened = px.open_export(fitted[1].runs[-1])
    assert list(opened.tables) == ["word_embedding", "tag_embedding"]
    assert len(opened.neighbors("word 7", k=3)) == 3


def test_all_embedding_layers_are_written_if_none_is_named(tmp_path) -> None:
    callback = ProjectorCallback(tmp_path)
    fit(callback)
    assert tensors(callback.runs[-1]).keys() == {"word_embedding", "tag_embedding"}


@pytest.mark.parametrize(
    ("every", "written"),
    [
        (2, ["epoch-0002", "epoch-0004", "epoch-0005"]),
        ("end", ["epoch-0005"]),
    ],
)
def test_some_epochs_are_written_and_the_last_one_always(tmp_path, every, written) -> None:
    callback = ProjectorCallback(tmp_path, "tag_embedding", every=every)
    fit(callback, epochs=5)
    assert names(callback) == written


def test_a_second_training_continues_the_numbers_and_a_resumed_one_starts_at_its_epoch(
    tmp_path,
) -> None:
    callback = ProjectorCallback(tmp_path, "tag_embedding")
    fit(callback, epochs=2)
    fit(callback, epochs=1)
    assert names(callback) == ["epoch-0001", "epoch-0002", "epoch-0003"]
    fit(ProjectorCallback(tmp_path, "tag_embedding"), epochs=5, initial_epoch=3)
    assert names(callback)[3:] == ["epoch-0004", "epoch-0005"]


def test_layouts_are_computed_only_for_the_last_epoch(tmp_path) -> None:
    callback = ProjectorCallback(tmp_path, {"word_embedding": WORDS}, layouts=("pca", "tsne"))
    fit(callback, epochs=2)
    assert names(callback) == ["epoch-0001", "epoch-0002-layouts"]
    bookmarks = [list(run.glob("*.bookmarks.json")) for run in callback.runs]
    assert [len(files) for files in bookmarks] == [0, 2]  # the layers', and t-SNE's own
    assert px.check(tmp_path).findings == []


def test_rows_may_be_drawn_as_pictures(tmp_path) -> None:
    callback = ProjectorCallback(tmp_path, {"word_embedding": Rows(WORDS, sprites="initials")})
    fit(callback, epochs=2)
    sprites = [(run / "word_embedding.sprite.png").read_bytes() for run in callback.runs]
    assert sprites[0] == sprites[1]
    assert px.check(tmp_path).findings == []


def test_more_epochs_than_a_name_has_places_for_stay_in_order(tmp_path) -> None:
    (tmp_path / "projector" / "epoch-9999").mkdir(parents=True)
    callback = ProjectorCallback(tmp_path, "tag_embedding", keep=1)
    fit(callback)
    assert names(callback) == ["epoch-10000"]


def test_a_diverging_training_continues_with_a_warning(tmp_path, caplog) -> None:
    class Diverge(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None) -> None:  # noqa: ARG002
            if epoch == 1:
                layer = self.model.get_layer("tag_embedding")
                layer.set_weights([np.full((NUM_TAGS, 8), np.nan)])

    callback = ProjectorCallback(tmp_path, "tag_embedding")
    with caplog.at_level(logging.WARNING, "projector_export"):
        fit([Diverge(), callback], epochs=2)
    assert names(callback) == ["epoch-0001"]
    assert "tag_embedding contain NaN or infinity" in caplog.text


def test_mistakes_are_reported_before_the_training(tmp_path) -> None:
    seen = []
    watcher = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, _logs: seen.append(epoch))
    wrong = {
        "no Embedding layer 'wrod_embedding'": {"wrod_embedding": WORDS},
        "60 rows of metadata; expected 20": {"tag_embedding": WORDS},
        "no metadata column 'topics'": {"word_embedding": Rows(WORDS, color_by="topics")},
    }
    for message, embeddings in wrong.items():
        with pytest.raises(InputError, match=message):
            fit([ProjectorCallback(tmp_path, embeddings), watcher])
    assert seen == []
    assert list(tmp_path.iterdir()) == []


def test_a_layer_that_is_named_twice_is_refused(tmp_path) -> None:
    ids = keras.Input((), dtype="int32")
    tower = keras.Model(ids, layers.Embedding(9, 4, name="words")(ids), name="tower")
    model = keras.Model(ids, layers.Dense(1)(tower(ids)))
    model.compile("sgd", "mse")
    callback = ProjectorCallback(tmp_path, ["words", "tower/words"])
    with pytest.raises(InputError, match="layer 'tower/words' is named twice"):
        model.fit(np.arange(8), np.ones(8), verbose=0, callbacks=[callback])


class LateModel(keras.Model):
    """A model whose layers do not exist before the first batch."""

    def build(self, shape) -> None:  # noqa: ARG002
        self.late = layers.Embedding(9, 4, name="late")
        self.score = layers.Dense(1)

    def call(self, ids):
        return self.score(self.late(ids))


def fit_late(callback: ProjectorCallback) -> None:
    model = LateModel()
    model.compile("sgd", "mse")
    model.fit(np.arange(8), np.ones(8), verbose=0, callbacks=[callback])


def test_layers_that_are_made_by_the_first_batch_are_found_after_it(tmp_path) -> None:
    callback = ProjectorCallback(tmp_path, "late")
    fit_late(callback)
    assert tensors(callback.runs[-1])["late"].shape == (9, 4)
    with pytest.raises(InputError, match="no Embedding layer 'laet'"):
        fit_late(ProjectorCallback(tmp_path, "laet"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": "batch"}, "every is 'batch'; expected 'epoch', a number of epochs, or 'end'"),
        ({"every": 0}, "every is 0"),
        ({"keep": 0}, "keep is 0; expected at least 1 epoch"),
        ({"layouts": ["tsnee"]}, "tsnee"),
    ],
)
def test_invalid_arguments_are_refused_at_once(tmp_path, options, message) -> None:
    with pytest.raises(UsageError, match=message):
        ProjectorCallback(tmp_path, **options)


def test_a_remote_log_directory_is_refused() -> None:
    with pytest.raises(UsageError, match="gs://bucket/fit is not on this machine"):
        ProjectorCallback("gs://bucket/fit")


def listed(log_dir: Path) -> list[Path]:
    """List the folders with an event file, as TensorBoard does; hidden ones too."""
    runs = []
    for run in log_dir.glob("projector/*"):
        with contextlib.suppress(FileNotFoundError):
            runs += [run for file in run.iterdir() if EVENT_FILE_INFIX in file.name]
    return runs


def test_a_reader_never_finds_a_run_that_is_not_complete(tmp_path) -> None:
    """Whoever lists runs by their event files, as TensorBoard does, reads each of them whole."""
    shapes, problems, stop = set(), [], threading.Event()

    def read_all_runs() -> None:
        while not stop.is_set():
            for run in listed(tmp_path):
                try:
                    assert 'tensor_name: "word_embedding"' in (run / CONFIG_NAME).read_text()
                    lines = (run / "word_embedding.metadata.tsv").read_text().count("\n")
                    shapes.add((lines, tensors(run)["word_embedding"].shape))
                except Exception as error:  # noqa: BLE001
                    if run in listed(tmp_path):  # else it was deleted meanwhile, as too old
                        problems.append((run.name, error))

    reader = threading.Thread(target=read_all_runs)
    reader.start()
    fit(ProjectorCallback(tmp_path, {"word_embedding": WORDS}, keep=2), epochs=25)
    stop.set()
    reader.join()
    assert problems == []
    assert shapes == {(NUM_WORDS + 1, (NUM_WORDS, DIM))}
