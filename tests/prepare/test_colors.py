from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.embedding import Embedding
from projector_export.prepare.colors import OTHER, colorable, grouped, legend, legend_order
from projector_export.write.metadata import UNKNOWN, metadata_tsv
from tests.helpers.projector_reader import read_metadata

any_values = st.lists(
    st.sampled_from([*"abcdefgh", "a ", OTHER, UNKNOWN, "", None, "1984", "toString", "\t", "É"])
    | st.text(st.characters(), max_size=2),
    min_size=2,
    max_size=40,
)


def embedding_of(genres: object, **columns: object) -> Embedding:
    table = pd.DataFrame(
        {"title": [f"t{n}" for n in range(len(genres))], "genre": genres, **columns}
    )
    vectors = np.arange(len(table) * 3, dtype=np.float32).reshape(-1, 3)
    return Embedding("books", vectors, table, color_by="genre")


def test_the_rarest_values_are_gathered():
    values = pd.Series(list("aaaabbbccd"))
    assert grouped(values, max_colors=3).tolist() == [*"aaaabbb", OTHER, OTHER, OTHER]


def test_values_that_fit_stay():
    values = pd.Series(list("aab"))
    assert grouped(values, max_colors=2).tolist() == ["a", "a", "b"]


def test_of_equal_counts_the_first_by_name_is_kept():
    values = pd.Series(["z", "y", "x", "y", "z", "x"])
    assert grouped(values, max_colors=2).tolist() == [OTHER, OTHER, "x", OTHER, OTHER, "x"]


def test_other_of_the_source_is_gathered_with_the_rest_and_counts_as_one_colour():
    values = pd.Series([OTHER, OTHER, OTHER, "a", "a", "b"])
    assert grouped(values, max_colors=3).tolist() == values.tolist()
    assert grouped(values, max_colors=2).tolist() == [OTHER, OTHER, OTHER, "a", "a", OTHER]


def test_blank_values_are_unknown():
    values = pd.Series(["a", "", None, " ", np.nan], dtype=object)
    assert grouped(values, max_colors=9).tolist() == ["a", *[UNKNOWN] * 4]


def test_unknown_stays_apart_from_other_however_rare():
    values = pd.Series([*"aaabbcc", None])
    assert grouped(values, max_colors=3).tolist() == ["a", "a", "a", *[OTHER] * 4, UNKNOWN]
    assert grouped(values, max_colors=2).tolist() == [*[OTHER] * 7, UNKNOWN]


def test_the_legend_goes_by_count_then_name_and_ends_with_other():
    cells = pd.Series([*"bbcaa", OTHER, OTHER, OTHER])
    assert legend(cells) == [("a", 2), ("b", 2), ("c", 1), (OTHER, 3)]


def test_only_the_first_row_of_each_value_moves_to_the_top():
    cells = pd.Series(["c", OTHER, "a", "a", "b", "b", "a"])
    # First rows by the legend a, b, c, Other: 2, 4, 0, 1; then the others as they were.
    assert legend_order(cells).tolist() == [2, 4, 0, 1, 3, 5, 6]


def test_the_column_as_it_was_stays_beside_it_where_a_cell_changed():
    shown = colorable(embedding_of(list("aaabbc")), max_colors=2)
    assert shown.metadata.to_dict("list") == {
        "title": ["t0", "t3", "t1", "t2", "t4", "t5"],
        "genre": ["a", OTHER, "a", "a", OTHER, OTHER],
        "genre_raw": ["a", "b", "a", "a", "b", "c"],
    }
    np.testing.assert_array_equal(shown.vectors[:, 0], [0, 9, 3, 6, 12, 15])


def test_a_column_that_is_fine_gets_no_twin():
    assert list(colorable(embedding_of(list("aab")), max_colors=2).metadata) == ["title", "genre"]


def test_a_raw_column_of_ones_own_is_left_alone():
    shown = colorable(embedding_of(list("aabc"), genre_raw=list("wxyz")), max_colors=2)
    assert sorted(shown.metadata["genre_raw"]) == list("wxyz")


@pytest.mark.parametrize(
    "genres",
    [
        pd.Series(["a", None, "b", "a"], dtype="string"),
        pd.Series(["a", None, "b", "a"], dtype="category"),
        pd.Series(["a", None, "b", "a"], dtype=object),
        pd.Series([True, None, False, True], dtype="boolean"),
    ],
)
def test_columns_of_any_type_can_be_coloured_by(genres: pd.Series):
    shown = colorable(embedding_of(genres), max_colors=3)
    assert Counter(shown.metadata["genre"]) == {str(genres[0]): 2, str(genres[2]): 1, UNKNOWN: 1}


@pytest.mark.parametrize("years", [[1999, 2001, 1999, 2000], [1999.0, np.nan, 2.5, 2.5]])
def test_numbers_stay_numbers_for_the_viewer_has_a_gradient_for_them(years: list[float]):
    embedding = embedding_of(years)
    assert colorable(embedding, max_colors=2) is embedding


def test_without_a_column_nothing_changes():
    embedding = Embedding("books", np.eye(3, dtype="f4"), pd.DataFrame({"title": list("abc")}))
    assert colorable(embedding, max_colors=2) is embedding


@settings(max_examples=80, deadline=None)
@given(values=any_values, max_colors=st.integers(2, 12))
def test_the_viewer_shows_at_most_so_many_colours_the_biggest_first(values, max_colors):
    embedding = embedding_of(pd.Series(values, dtype=object))
    shown = colorable(embedding, max_colors=max_colors)
    column = read_metadata(metadata_tsv(shown.metadata)).columns[1]
    assert not column.is_numeric
    assert not column.too_many_values
    assert len(column.counts) <= max_colors
    assert sum(column.counts.values()) == len(values)
    names = list(column.counts)
    assert OTHER not in names[:-1]
    counts = [count for name, count in column.counts.items() if name != OTHER]
    assert counts == sorted(counts, reverse=True)
    # Each vector kept its title.
    rows = [int(title[1:]) for title in shown.metadata["title"]]
    assert sorted(rows) == list(range(len(values)))
    np.testing.assert_array_equal(shown.vectors, embedding.vectors[rows])
