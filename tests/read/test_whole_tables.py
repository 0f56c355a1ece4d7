"""A table that contains vectors and metadata is exported as it is, as from a file."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import projector_export as px
from tests.helpers.vector_files import DIM, NAMED_COLUMNS, NUM_ROWS, TABLE, VECTORS, WORDS

LISTS = TABLE.assign(embedding=list(VECTORS))
NUMBERS = pd.concat([TABLE, NAMED_COLUMNS], axis=1)
TABLES = {
    "pandas, lists": LISTS,
    "pandas, numbers": NUMBERS,
    "pandas, an index of words": NUMBERS.set_index("word"),
    "pandas, filtered": pd.concat([NUMBERS, NUMBERS])[
        lambda rows: np.arange(len(rows)) >= NUM_ROWS
    ],
    "polars, lists": pl.DataFrame({**TABLE.to_dict("list"), "embedding": VECTORS.tolist()}),
    "polars, arrays": pl.DataFrame(
        {**TABLE.to_dict("list"), "e": pl.Series(VECTORS, dtype=pl.Array(pl.Float32, DIM))}
    ),
    "polars, numbers": pl.DataFrame(NUMBERS.to_dict("list")),
    "Arrow, lists": pa.table({**TABLE.to_dict("list"), "embedding": VECTORS.tolist()}),
    "Arrow, numbers": pa.Table.from_pandas(NUMBERS),
}


@pytest.mark.parametrize("kind", TABLES)
def test_its_vectors_are_found_and_the_rest_is_metadata(kind: str) -> None:
    embedding = px.Embedding("words", TABLES[kind])
    np.testing.assert_array_equal(embedding.vectors, VECTORS)
    assert embedding.labels == WORDS
    columns = {str(name): list(cells) for name, cells in embedding.metadata.items()}
    assert columns == TABLE.to_dict("list")


def test_columns_that_are_all_numbers_are_vectors_labeled_by_an_index_of_text() -> None:
    labeled = px.Embedding("words", NAMED_COLUMNS.set_axis(WORDS))
    np.testing.assert_array_equal(labeled.vectors, VECTORS)
    assert labeled.labels == WORDS
    assert px.Embedding("words", NAMED_COLUMNS).labels[:2] == ["row 0", "row 1"]


def test_given_metadata_is_not_replaced() -> None:
    assert px.Embedding("words", NAMED_COLUMNS.set_axis(WORDS), WORDS[::-1]).labels == WORDS[::-1]
    with pytest.raises(px.InputError, match="a column 'word' of type"):
        px.Embedding("words", NUMBERS, TABLE)


def test_a_table_without_vectors_is_refused() -> None:
    with pytest.raises(px.InputError, match="the table has no vectors") as caught:
        px.Embedding("words", TABLE)
    assert caught.value.tip == "vectors come first, then metadata"


def test_an_index_of_text_is_the_label_of_metadata_and_numbers_are_not() -> None:
    rows = TABLE.set_index("word")
    assert px.Embedding("words", VECTORS, rows).labels == WORDS
    assert list(px.Embedding("words", VECTORS, rows).metadata) == ["word", "topic", "year"]
    kept = TABLE.set_index("word", drop=False)
    assert list(px.Embedding("words", VECTORS, kept).metadata) == ["word", "topic", "year"]
    shuffled = TABLE.sample(frac=1, random_state=0)
    assert px.Embedding("words", VECTORS, shuffled).labels == shuffled["word"].tolist()


def test_a_list_of_dicts_is_a_table() -> None:
    embedding = px.Embedding("words", VECTORS, TABLE.to_dict("records"))
    pd.testing.assert_frame_equal(embedding.metadata, TABLE)


class Layer:
    """Has its weights like a layer of Keras, and is no array."""

    def get_weights(self) -> list[np.ndarray]:
        return [VECTORS]


@pytest.mark.parametrize(
    ("vectors", "what", "tip"),
    [
        ("words.npy", "vectors are str; expected a matrix", "px.read_embedding('words.npy')"),
        ({"a": [1, 2]}, "vectors are dict; expected a matrix", "labels=list(vectors)"),
        (Layer(), "vectors are Layer; expected a matrix", "layer.get_weights()[0]"),
        ([VECTORS], r"vectors have shape \(1, 24, 8\)", "vectors[0]"),
    ],
)
def test_what_contains_a_matrix_is_refused_with_how_to_pass_it(vectors, what, tip) -> None:
    with pytest.raises(px.InputError, match=what) as caught:
        px.Embedding("words", vectors)
    assert tip in caught.value.tip


def test_a_path_of_metadata_is_refused_with_how_to_read_it() -> None:
    with pytest.raises(px.InputError, match="metadata is str") as caught:
        px.Embedding("words", VECTORS, "words.csv")
    assert caught.value.tip == "read the file: px.read_metadata('words.csv')"


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"max_colors": 9}, "the number of colors is 9; expected 10 to 50"),
        ({"max_colors": 51}, "the number of colors is 51; expected 10 to 50"),
        ({"seed": -1}, "the seed is -1; expected 0 or more"),
        ({"layouts": "tnse"}, "there is no layout 'tnse'"),
    ],
)
def test_options_out_of_range_are_refused(options, what, tmp_path) -> None:
    with pytest.raises(px.UsageError, match=what):
        px.export(VECTORS, TABLE, tmp_path / "map", **{"layouts": (), **options})
    assert not (tmp_path / "map").exists()


def test_one_layout_may_be_given_by_its_name(tmp_path) -> None:
    exported = px.export(VECTORS, TABLE, tmp_path / "map", layouts="pca")
    assert list(exported.tables[0].layouts) == ["pca"]
