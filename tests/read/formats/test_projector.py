"""Folders that a projector opens: exports, and logdirs of Keras, torch and tensorboardX."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from tests.helpers.running import exit_code
from tests.helpers.vector_files import DIM, NUM_ROWS, TABLE, VECTORS, WORDS


def columns_of(embedding: px.Embedding) -> dict[str, list[object]]:
    return {str(name): cells for name, cells in embedding.metadata.to_dict("list").items()}


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "map"
    tables = [px.Embedding("words", VECTORS, TABLE), px.Embedding("topics", VECTORS[:3, :4])]
    px.export(tables, folder=folder, layouts=())
    return folder


@pytest.mark.parametrize("part", ["", "projector", "upload", "upload/projector_config.json"])
def test_an_export_is_read_as_the_viewer_shows_it(exported, part) -> None:
    embedding = px.read_embedding(exported / part, array="words")
    shown = px.open_export(exported).table("words")
    np.testing.assert_allclose(embedding.vectors, shown.vectors, rtol=1e-6)
    assert columns_of(embedding)["word"] == shown.labels


def test_an_export_can_be_exported_again(exported, tmp_path) -> None:
    output = ["-o", str(tmp_path / "map"), "--layouts", "none"]
    assert exit_code(["export", str(exported), "--tensor", "words", *output]) == 0
    first, second = (px.open_export(path).table() for path in (exported, tmp_path / "map"))
    assert first.labels == second.labels
    assert px.check(tmp_path / "map").findings == []


def test_one_of_several_tables_has_to_be_named(exported) -> None:
    with pytest.raises(px.InputError) as caught:
        px.read_embedding(exported)
    assert str(caught.value.tip).endswith(f"words ({NUM_ROWS} x {DIM}), topics (3 x 4)")


@pytest.fixture(scope="module")
def keras_logdir(tmp_path_factory) -> tuple[Path, dict[str, np.ndarray]]:
    """What Keras's TensorBoard callback leaves after two epochs."""
    import keras

    keras.utils.set_random_seed(1)  # training in other tests allows no unseeded operation
    folder = tmp_path_factory.mktemp("keras") / "logs"
    inputs = keras.Input((2,))
    names = ("film_embedding", "actor_embedding")
    rows = [keras.layers.Embedding(5, 3, name=name)(inputs) for name in names]
    output = keras.layers.Dense(1)(keras.layers.Flatten()(keras.layers.Add()(rows)))
    model = keras.Model(inputs, output)
    model.compile("adam", "mse")
    files = {"film_embedding": "films.tsv", "actor_embedding": "actors.tsv"}
    callback = keras.callbacks.TensorBoard(folder, embeddings_freq=1, embeddings_metadata=files)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(np.ones((2, 2)), np.ones(2), verbose=0, epochs=2, callbacks=[callback])
    (folder / "films.tsv").write_text("".join(f"film {row}\n" for row in range(5)))
    return folder, {name: model.get_layer(name).get_weights()[0] for name in names}


def test_a_logdir_of_keras_has_the_last_epochs_vectors_and_the_metadata(keras_logdir) -> None:
    folder, matrices = keras_logdir
    films = px.read_embedding(folder, array="film_embedding")
    np.testing.assert_array_equal(films.vectors, matrices["film_embedding"])
    assert films.labels == [f"film {row}" for row in range(5)]
    actors = px.read_embedding(folder, array="actor_embedding")
    np.testing.assert_array_equal(actors.vectors, matrices["actor_embedding"])
    assert actors.labels == [f"row {row}" for row in range(5)]


def test_a_logdir_of_keras_names_its_layers(keras_logdir) -> None:
    with pytest.raises(px.InputError) as caught:
        px.read_embedding(keras_logdir[0])
    assert str(caught.value.tip).endswith("film_embedding (5 x 3), actor_embedding (5 x 3)")


def tensorboardx_run(folder: Path, *, header: bool = True) -> Path:
    from tensorboardX import SummaryWriter

    with SummaryWriter(str(folder)) as writer:
        rows = [[word] for word in WORDS]
        writer.add_embedding(VECTORS, rows, metadata_header=["word"] if header else None)
    return folder


def test_a_header_that_the_viewer_reads_as_a_label_is_fixed(tmp_path) -> None:
    """One column with a header: the viewer counts one label more than vectors."""
    folder = tensorboardx_run(tmp_path / "run")
    lines = (folder / "00000" / "default" / "metadata.tsv").read_text().splitlines()
    assert len(lines) == NUM_ROWS + 1
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    embedding = px.read_embedding(folder)
    np.testing.assert_array_equal(embedding.vectors, VECTORS)
    assert embedding.labels == WORDS
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_steps_of_a_logdir_are_distinguished_by_name(tmp_path) -> None:
    from tensorboardX import SummaryWriter

    with SummaryWriter(str(tmp_path)) as writer:
        for step in (1, 2):
            writer.add_embedding(step * VECTORS, WORDS, global_step=step, tag="words")
    with pytest.raises(px.InputError) as caught:
        px.read_vectors(tmp_path)
    assert str(caught.value.tip).endswith("words:00001, words:00002")
    np.testing.assert_array_equal(px.read_vectors(tmp_path, array="words:00002"), 2 * VECTORS)


def test_one_of_several_runs_has_to_be_named(tmp_path) -> None:
    runs = [tensorboardx_run(tmp_path / name) for name in ("a", "b")]
    with pytest.raises(px.InputError, match="has 2 runs with an export; expected one") as caught:
        px.read_vectors(tmp_path)
    assert caught.value.tip == f"name one: {runs[0]}, {runs[1]}"
    assert len(px.read_vectors(runs[1])) == NUM_ROWS


def test_the_only_run_of_a_logdir_is_used(tmp_path) -> None:
    tensorboardx_run(tmp_path / "run")
    assert len(px.read_vectors(tmp_path)) == NUM_ROWS


def test_a_folder_whose_vectors_are_missing_is_refused(tmp_path) -> None:
    folder = tensorboardx_run(tmp_path / "run")
    (folder / "00000" / "default" / "tensors.tsv").unlink()
    with pytest.raises(
        px.InputError, match=r"names '00000/default/tensors\.tsv', which is not a file"
    ):
        px.read_vectors(folder)
