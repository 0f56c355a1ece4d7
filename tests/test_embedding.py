from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from projector_export.embedding import Embedding
from projector_export.errors import InputError

VECTORS = np.arange(12, dtype=np.float32).reshape(4, 3)
METADATA = pd.DataFrame({"title": ["a", "b", "c", 4], "kind": list("wxyz")}, index=[9, 8, 7, 7])
LAYOUT = np.arange(8, dtype=np.float32).reshape(4, 2)


def test_an_embedding_knows_its_size_and_numbers_its_rows():
    embedding = Embedding("books", VECTORS, METADATA)
    assert (embedding.num_rows, embedding.dim) == (4, 3)
    assert embedding.metadata.index.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("name", ["books", "1_books", "my books-2.0"])
def test_names_that_are_safe_in_a_request_are_accepted(name: str):
    assert Embedding(name, VECTORS, METADATA).name == name


@pytest.mark.parametrize(
    "name", ["", "a/b", "a&b", "50%", "c#", "c++", ".hidden", "..", "é", "a\n"]
)
def test_names_that_break_requests_or_paths_are_refused(name: str):
    with pytest.raises(InputError, match="breaks the viewer's requests"):
        Embedding(name, VECTORS, METADATA)


@pytest.mark.parametrize(
    ("vectors", "metadata", "words"),
    [
        (VECTORS[0], METADATA, r"shape \(3,\); expected \(rows, dimensions\)"),
        (VECTORS[:, :0], METADATA, "vectors have no dimension"),
        (VECTORS[:1], METADATA[:1], "1 vector; the viewer lists nothing with fewer than 2"),
        (VECTORS, METADATA[:3], "4 vectors but 3 rows of metadata"),
        (VECTORS, METADATA[[]], "metadata has no column"),
        (
            np.where(VECTORS == 5, np.nan, VECTORS),
            METADATA,
            r"row 1 contains NaN .*\(1 such rows\)",
        ),
        (np.where(VECTORS > 5, np.inf, VECTORS), METADATA, r"row 2 contains NaN .*\(2 such rows\)"),
        (VECTORS, METADATA.set_axis(["a", "a"], axis=1), "column 'a' exists twice"),
        (VECTORS, METADATA.set_axis(["a", ""], axis=1), "column 2 has a blank name"),
    ],
)
def test_parts_that_do_not_fit_are_refused(vectors, metadata, words):
    with pytest.raises(InputError, match=words):
        Embedding("books", vectors, metadata)


def test_a_column_to_color_by_must_exist():
    with pytest.raises(InputError, match="books: there is no metadata column 'genre'"):
        Embedding("books", VECTORS, METADATA, color_by="genre")


@pytest.mark.parametrize(
    ("layouts", "words"),
    [
        ({"mine": LAYOUT[:3]}, r"layout 'mine' has shape \(3, 2\); expected \(4, 2\) or \(4, 3\)"),
        ({"mine": np.full((4, 2), np.nan)}, "layout 'mine': row 0 contains NaN"),
        ({"a/b": LAYOUT}, "layout name 'a/b' has an unsafe character"),
    ],
)
def test_your_own_layout_is_refused_if_it_does_not_fit(layouts, words):
    with pytest.raises(InputError, match=words):
        Embedding("books", VECTORS, METADATA, layouts=layouts)
