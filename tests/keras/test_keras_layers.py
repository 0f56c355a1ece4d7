"""The Embedding layers of a model, found by name, and the vectors that they return."""

from __future__ import annotations

import re

import keras
import numpy as np
import pytest
from keras import layers

from projector_export.errors import InputError
from projector_export.keras.layers import (
    embedding_layers,
    find_layer,
    layer_vectors,
    table_name,
)
from projector_export.write.projector_config import Table, config_pbtxt

# Keras' own quantization calls np.array() in the old way.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def tower(name: str) -> keras.Model:
    ids = keras.Input((3,), dtype="int32")
    return keras.Model(ids, layers.Embedding(9, 4, name="words")(ids), name=name)


class Tagger(layers.Layer):
    """A custom layer, with an Embedding inside."""

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.tags = layers.Embedding(5, 4, name="tags")

    def call(self, ids):
        return self.tags(ids)


@pytest.fixture(scope="module")
def model() -> keras.Model:
    ids = keras.Input((3,), dtype="int32")
    left, right = tower("left"), tower("right")
    joined = layers.Concatenate()([left(ids), right(ids), Tagger(name="tagger")(ids), left(ids)])
    return keras.Model(ids, layers.Dense(1, name="score")(joined))


def test_layers_in_models_and_layers_are_found_by_their_paths(model) -> None:
    assert sorted(embedding_layers(model)) == ["left/words", "right/words", "tagger/tags"]


def test_a_name_that_occurs_once_needs_no_path(model) -> None:
    path, layer = find_layer("tags", model)
    assert (path, layer.input_dim) == ("tagger/tags", 5)
    assert find_layer("right/words", model)[0] == "right/words"


def test_a_name_that_occurs_twice_is_refused_with_the_paths(model) -> None:
    with pytest.raises(InputError, match="the model has 2 Embedding layers 'words'") as caught:
        find_layer("words", model)
    assert sorted(re.findall(r"\w+/words", str(caught.value.tip))) == ["left/words", "right/words"]


def test_an_unknown_name_is_refused_with_the_nearest_and_all(model) -> None:
    with pytest.raises(InputError, match="no Embedding layer 'tagger/tag'") as caught:
        find_layer("tagger/tag", model)
    tip = str(caught.value.tip)
    assert tip.startswith("did you mean 'tagger/tags'? Embedding layers are: ")
    assert "left/words" in tip


def test_another_layer_is_refused_by_its_type(model) -> None:
    with pytest.raises(InputError, match="layer 'score' is a Dense, not an Embedding"):
        find_layer("score", model)


def built(**options) -> layers.Embedding:
    layer = layers.Embedding(40, 8, embeddings_initializer="uniform", **options)
    layer.build()
    return layer


def returned(layer: layers.Embedding) -> np.ndarray:
    return keras.ops.convert_to_numpy(layer(np.arange(40))).astype("float32")


def test_vectors_are_the_weights() -> None:
    layer = built()
    np.testing.assert_array_equal(layer_vectors(layer), layer.get_weights()[0])


@pytest.mark.parametrize("mode", ["int8", "int4"])
def test_the_vectors_of_a_quantized_layer_are_what_it_returns(mode: str) -> None:
    layer = built()
    weights = layer.get_weights()[0]
    layer.quantize(mode)
    vectors = layer_vectors(layer)
    np.testing.assert_array_equal(vectors, returned(layer))
    # Within half a step of its scale: 254 steps for int8, 15 for int4, from -0.05 to 0.05.
    assert 0 < np.abs(vectors - weights).max() <= 0.05 / {"int8": 127, "int4": 7}[mode] / 2 * 1.01


def test_the_delta_of_lora_is_added() -> None:
    layer = built()
    weights = layer.get_weights()[0]
    layer.enable_lora(2)
    layer.lora_embeddings_a.assign(np.ones((40, 2), np.float32))
    layer.lora_embeddings_b.assign(np.full((2, 8), 0.5, np.float32))
    # Each of 2 ranks adds 1 * 0.5.
    np.testing.assert_allclose(layer_vectors(layer), weights + 1, rtol=1e-6)


def test_lora_on_a_quantized_layer_is_added_too() -> None:
    layer = built()
    layer.quantize("int8")
    layer.enable_lora(2)
    layer.lora_embeddings_b.assign(np.full((2, 8), 0.5, np.float32))
    np.testing.assert_array_equal(layer_vectors(layer), returned(layer))


def test_weights_of_half_precision_become_float32() -> None:
    layer = built(dtype="bfloat16")
    vectors = layer_vectors(layer)
    assert vectors.dtype == np.float32
    assert 0 < np.abs(vectors).max() < 0.051  # bfloat16 rounds to 3 digits


def test_a_layer_without_weights_is_refused() -> None:
    with pytest.raises(InputError, match="layer 'words' has no weights yet"):
        layer_vectors(layers.Embedding(4, 3, name="words"))


@pytest.mark.parametrize(
    ("path", "name"), [("left/words", "left.words"), ("a&b", "a_b"), (".x", "x"), ("é", "_")]
)
def test_paths_become_names_that_are_safe_in_the_viewer(path: str, name: str) -> None:
    assert table_name(path) == name
    assert name in config_pbtxt([Table(name=name, shape=(1, 1), metadata_path="")])
