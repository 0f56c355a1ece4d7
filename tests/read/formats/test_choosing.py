"""Which of several arrays is read, and the error if it is not clear."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import projector_export as px
from tests.helpers.running import exit_code

BOOKS, LINKS = np.arange(12.0).reshape(4, 3), np.arange(6.0).reshape(2, 3)


def npz(folder: Path, **arrays: np.ndarray) -> Path:
    np.savez(folder / "v.npz", **arrays)
    return folder / "v.npz"


def refusal(path: Path, **options: str) -> px.InputError:
    with pytest.raises(px.InputError) as caught:
        px.read_embedding(path, **options)
    assert "\n" not in caught.value.message
    return caught.value


def test_one_of_several_arrays_has_to_be_named(tmp_path) -> None:
    path = npz(tmp_path, films=BOOKS, actors=LINKS)
    error = refusal(path)
    assert error.message == f"{path} contains 2 matrices; expected the name of one"
    assert error.tip == "choose with --array, in Python array=: films (4 x 3), actors (2 x 3)"
    np.testing.assert_array_equal(px.read_vectors(path, array="actors"), LINKS)


def test_an_unknown_name_gets_the_nearest_suggested(tmp_path) -> None:
    error = refusal(npz(tmp_path, films=BOOKS, actors=LINKS), array="actor")
    assert error.message.endswith("contains no array 'actor'")
    assert error.tip == "did you mean 'actors'? there are films (4 x 3), actors (2 x 3)"


def test_the_only_embedding_among_others_is_used_and_logged(tmp_path, caplog) -> None:
    with caplog.at_level(logging.INFO):
        vectors = px.read_vectors(npz(tmp_path, kernel=LINKS, film_embedding=BOOKS))
    np.testing.assert_array_equal(vectors, BOOKS)
    others = "kernel (2 x 3), film_embedding (4 x 3)"
    message = f"vectors are film_embedding; --array chooses another of {others}"
    assert caplog.messages == [message]


def test_arrays_with_a_value_per_row_are_metadata_text_first(tmp_path) -> None:
    titles, years = np.array(list("abcd")), np.arange(1990, 1994)
    path = npz(tmp_path, films=BOOKS, years=years, titles=titles, other=np.arange(7))
    table = px.read_embedding(path).metadata
    assert table.to_dict("list") == {"titles": list("abcd"), "years": years.tolist()}


@pytest.mark.parametrize("option", ["--array", "--tensor", "--layer", "--obsm", "--collection"])
def test_every_name_of_the_option_means_the_same(tmp_path, option) -> None:
    path = npz(tmp_path, films=BOOKS, actors=LINKS)
    output = ["-o", str(tmp_path / "map"), "--layouts", "none"]
    assert exit_code(["export", str(path), option, "films", *output]) == 0
    assert len(px.open_export(tmp_path / "map").table().vectors) == 4


def keras_model():
    import keras

    keras.utils.set_random_seed(1)  # training in other tests allows no unseeded operation
    inputs = keras.Input((2,))
    rows = [
        keras.layers.Embedding(5, 3, name=name)(inputs)
        for name in ("film_factors", "actor_factors")
    ]
    output = keras.layers.Dense(1)(keras.layers.Flatten()(keras.layers.Add()(rows)))
    model = keras.Model(inputs, output)
    model.compile("adam", "mse")
    return model


@pytest.fixture(scope="module")
def keras_files(tmp_path_factory) -> tuple[Path, dict[str, np.ndarray]]:
    """A trained model, so that its files have an optimizer's matrices of the same shapes."""
    folder = tmp_path_factory.mktemp("keras")
    model = keras_model()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(np.ones((2, 2)), np.ones(2), verbose=0)
        model.save(folder / "m.keras")
        model.save(folder / "m.h5")
        model.save_weights(folder / "m.weights.h5")
        model.export(folder / "saved", verbose=False)
    names = ("film_factors", "actor_factors")
    return folder, {name: model.get_layer(name).get_weights()[0] for name in names}


@pytest.mark.parametrize("name", ["m.keras", "m.weights.h5", "m.h5", "saved"])
def test_a_layer_is_found_by_its_name(keras_files, name) -> None:
    folder, matrices = keras_files
    for layer, matrix in matrices.items():
        np.testing.assert_array_equal(px.read_vectors(folder / name, array=layer), matrix)
    tip = str(refusal(folder / name).tip)
    assert tip.count("(5 x 3)") == 2  # and none of the optimizer's


def test_columns_are_chosen_by_a_pattern_or_by_name(tmp_path) -> None:
    table = pd.DataFrame({"id": [7, 8], "x": [1, 2], "y": [3, 4], "word": ["a", "b"]})
    table.to_csv(tmp_path / "v.csv", index=False)
    everything = px.read_embedding(tmp_path / "v.csv")
    assert everything.vectors.tolist() == [[7, 1, 3], [8, 2, 4]]
    chosen = px.read_embedding(tmp_path / "v.csv", array="x, y")
    assert chosen.vectors.tolist() == [[1, 3], [2, 4]]
    assert chosen.metadata.to_dict("list") == {"word": ["a", "b"], "id": [7, 8]}
    assert px.read_vectors(tmp_path / "v.csv", array="[xy]").tolist() == [[1, 3], [2, 4]]


def test_numbered_columns_are_the_vector_and_other_numbers_metadata(tmp_path) -> None:
    rows = pd.DataFrame({"word": ["a", "b"], "year": [1990, 1991], "e1": [1, 2], "e2": [3, 4]})
    rows = rows.assign(e3=[5, 6])
    for name, write in (("v.csv", rows.to_csv), ("v.parquet", rows.to_parquet)):
        write(tmp_path / name, index=False)
        embedding = px.read_embedding(tmp_path / name)
        assert embedding.vectors.tolist() == [[1, 3, 5], [2, 4, 6]]
        assert embedding.metadata.to_dict("list") == {"word": ["a", "b"], "year": [1990, 1991]}


def test_one_of_two_columns_of_lists_has_to_be_named(tmp_path) -> None:
    table = pd.DataFrame({"text": ["a", "b"], "title_vector": [[1.0, 2.0], [3.0, 4.0]]})
    table = table.assign(body_vector=[[5.0, 6.0, 7.0], [8.0, 9.0, 1.0]])
    table.to_parquet(tmp_path / "v.parquet")
    table.to_json(tmp_path / "v.jsonl", orient="records", lines=True)
    table.to_csv(tmp_path / "v.csv", index=False)
    for name in ("v.parquet", "v.jsonl", "v.csv"):
        assert refusal(tmp_path / name).tip.endswith("title_vector (2), body_vector (3)")
        embedding = px.read_embedding(tmp_path / name, array="body_vector")
        assert embedding.vectors.tolist() == [[5, 6, 7], [8, 9, 1]]
        assert embedding.metadata.to_dict("list") == {"text": ["a", "b"]}


def test_an_unnumbered_label_stays_first_and_text_goes_before_numbers(tmp_path) -> None:
    table = pd.DataFrame({"id": [1, 2], "title": ["a", "b"], "vector": [[1.0, 2.0], [3.0, 4.0]]})
    table.to_parquet(tmp_path / "v.parquet")
    assert px.read_embedding(tmp_path / "v.parquet").labels == ["a", "b"]


def test_pandas_index_is_a_column_where_it_says_something(tmp_path) -> None:
    table = pd.DataFrame({"kind": ["x", "y"], "vector": [[1.0, 2.0], [3.0, 4.0]]})
    named = {
        "words": (pd.Index(["a", "b"], name="word"), ["word", "kind"]),
        "unnamed": (pd.Index(["a", "b"]), ["label", "kind"]),
        "filtered": (pd.Index([3, 7]), ["kind"]),
    }
    for name, (index, columns) in named.items():
        table.set_index(index).to_parquet(tmp_path / name)
        assert list(px.read_embedding(tmp_path / name).metadata) == columns
        assert list(px.read_metadata(tmp_path / name)) == columns


def test_two_columns_of_one_name_are_refused_and_not_merged(tmp_path) -> None:
    import pyarrow as pa

    (tmp_path / "v.csv").write_text("word,word,e0,e1,e2\na,b,1,2,3\nc,d,4,5,6\n")
    rows = [pa.array(["a", "b"]), pa.array(["c", "d"]), pa.array([[1.0, 2.0]] * 2)]
    table = pa.Table.from_arrays(rows, names=["word", "word", "e"])
    with pa.ipc.new_file(tmp_path / "v.arrow", table.schema) as file:
        file.write_table(table)
    assert "'word' exists twice" in refusal(tmp_path / "v.csv").message
    assert "two columns 'word'" in refusal(tmp_path / "v.arrow").message
