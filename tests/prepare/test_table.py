from __future__ import annotations

import numpy as np
import pandas as pd

from projector_export.embedding import Embedding
from projector_export.prepare.layouts.compute import LayoutOptions
from projector_export.prepare.table import PreparedTable, prepare

VECTORS = np.arange(12, dtype=np.float32).reshape(4, 3)
METADATA = pd.DataFrame({"title": ["a", "b", "c", "d"], "kind": list("wxyz")})
LAYOUT = np.arange(8, dtype=np.float32).reshape(4, 2)


def table_of(layouts: dict[str, np.ndarray]) -> PreparedTable:
    return PreparedTable(
        name="books", vectors=VECTORS, metadata=METADATA, color_by="kind", layouts=layouts
    )


def test_rows_are_reordered_with_everything_that_belongs_to_them():
    taken = table_of({"pca": LAYOUT}).take(np.array([2, 0]))
    np.testing.assert_array_equal(taken.vectors, [[6, 7, 8], [0, 1, 2]])
    np.testing.assert_array_equal(taken.layouts["pca"], [[4, 5], [0, 1]])
    assert taken.metadata.to_dict("list") == {"title": ["c", "a"], "kind": ["y", "w"]}
    assert taken.metadata.index.tolist() == [0, 1]
    assert (taken.name, taken.color_by) == ("books", "kind")


def test_a_layout_becomes_a_table_of_three_columns_about_its_mean():
    table = table_of({"tsne": LAYOUT}).layout_table("tsne")
    assert table.name == "books_tsne"
    np.testing.assert_array_equal(table.vectors, [[-3, -3, 0], [-1, -1, 0], [1, 1, 0], [3, 3, 0]])


def test_your_own_coordinates_come_first_and_are_not_changed():
    embedding = Embedding("books", VECTORS, METADATA, layouts={"world": LAYOUT})
    table = prepare(embedding, layouts=LayoutOptions(names=("pca",)))
    assert list(table.layouts) == ["world", "pca"]
    np.testing.assert_array_equal(table.layouts["world"], LAYOUT)
    assert list(table.layout_parameters) == ["pca"]


def test_your_own_coordinates_replace_a_computed_layout_of_the_same_name():
    embedding = Embedding("books", VECTORS, METADATA, layouts={"pca": LAYOUT})
    table = prepare(embedding, layouts=LayoutOptions(names=("pca",)))
    np.testing.assert_array_equal(table.layouts["pca"], LAYOUT)
    assert table.layout_parameters == {}


def test_the_column_to_color_by_is_chosen_kept_or_none():
    topics = pd.DataFrame({"word": list("abcd"), "topic": list("xyxy"), "kind": list("zzzw")})
    chosen = [
        prepare(Embedding("words", VECTORS, topics, **options)).color_by
        for options in ({}, {"color_by": "kind"}, {"color_by": None})
    ]
    assert chosen == ["topic", "kind", None]
