"""The Embedding layers of a Keras model, and the vectors that they return."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import keras
import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.errors import InputError
from projector_export.nearest import did_you_mean


def embedding_layers(model: keras.Model) -> dict[str, keras.layers.Embedding]:
    """Find all Embedding layers, in other models and layers too, by their paths.

    A path is a layer's name after those of the models and layers around it, such as
    `tower/words`; a layer that is shared is listed once.
    """
    found: dict[str, keras.layers.Embedding] = {}
    for path, layer in _walk(model):
        if isinstance(layer, keras.layers.Embedding) and layer not in found.values():
            found[path] = layer
    return found


def _walk(parent: keras.layers.Layer, prefix: str = "") -> Iterator[tuple[str, keras.layers.Layer]]:
    # No public attribute lists the layers of models and of custom layers.
    for layer in parent._flatten_layers(include_self=False, recursive=False):  # noqa: SLF001
        path = f"{prefix}{layer.name}"
        yield path, layer
        yield from _walk(layer, f"{path}/")


def find_layer(name: str, model: keras.Model) -> tuple[str, keras.layers.Embedding]:
    """Return the path of the Embedding layer that `name` means, and the layer.

    Raises:
        InputError: there is none, or several have that name; the tip lists the layers.
    """
    layers = embedding_layers(model)
    if name in layers:
        return name, layers[name]
    paths = [path for path in layers if path.rsplit("/", 1)[-1] == name]
    if len(paths) == 1:
        return paths[0], layers[paths[0]]
    if paths:
        raise InputError(
            f"the model has {len(paths)} Embedding layers {name!r}",
            tip=f"name one by its path: {', '.join(paths)}",
        )
    raise _no_such_layer(name, model, list(layers))


def _no_such_layer(name: str, model: keras.Model, paths: Sequence[str]) -> InputError:
    others = [layer for path, layer in _walk(model) if name in {path, layer.name}]
    if others:
        message = f"layer {name!r} is a {type(others[0]).__name__}, not an Embedding"
    else:
        message = f"the model has no Embedding layer {name!r}"
    tip = did_you_mean(name, paths)
    listed = f"Embedding layers are: {', '.join(paths)}" if paths else "it has no Embedding layer"
    return InputError(message, tip=tip + listed)


def layer_vectors(layer: keras.layers.Embedding) -> Float32Matrix:
    """Return the vector (input_dim, output_dim) that the layer returns for each of its rows.

    LoRA's delta is added. The numbers of a quantized layer are meaningless without its scales, so
    the layer is called with every row instead.

    Raises:
        InputError: the layer has no weights yet.
    """
    if not layer.built:
        raise InputError(
            f"layer {layer.name!r} has no weights yet", tip="build the model before training"
        )
    is_quantized = layer.quantization_mode is not None
    values = layer(np.arange(layer.input_dim)) if is_quantized else layer.embeddings
    # Cast by Keras, as NumPy has no bfloat16.
    vectors = keras.ops.convert_to_numpy(keras.ops.cast(values, "float32"))
    return np.asarray(vectors, dtype=np.float32)


def table_name(path: str) -> str:
    """Turn a layer's path into a name that is safe in the viewer's requests and as a file name."""
    return re.sub(r"[^A-Za-z0-9_. -]", "_", path.replace("/", ".")).lstrip(" .-") or "embedding"
