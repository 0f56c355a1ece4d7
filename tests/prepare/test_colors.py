from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projector_export.embedding import Embedding
from projector_export.prepare.cells import UNKNOWN
from projector_export.prepare.colors import (
    GRAY_PLACE,
    OTHER,
    best_color_column,
    coloring_summary,
    group_rare_values,
    is_mostly_other,
    legend,
    legend_order,
)
from projector_export.prepare.table import prepare
from projector_export.viewer_facts import COLORS, MAX_COLOR_VALUES
from projector_export.write.metadata import metadata_tsv
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


def test_the_rarest_values_are_grouped():
    values = pd.Series(list("aaaabbbccd"))
    assert group_rare_values(values, max_colors=3).tolist() == [*"aaaabbb", OTHER, OTHER, OTHER]


def test_values_are_kept_if_there_are_few():
    values = pd.Series(list("aab"))
    assert group_rare_values(values, max_colors=2).tolist() == ["a", "a", "b"]


def test_of_values_with_equal_counts_the_first_by_name_is_kept():
    values = pd.Series(["z", "y", "x", "y", "z", "x"])
    assert group_rare_values(values, max_colors=2).tolist() == [
        OTHER,
        OTHER,
        "x",
        OTHER,
        OTHER,
        "x",
    ]


def test_other_in_the_source_is_merged_with_the_rest_and_counts_as_one_color():
    values = pd.Series([OTHER, OTHER, OTHER, "a", "a", "b"])
    assert group_rare_values(values, max_colors=3).tolist() == values.tolist()
    assert group_rare_values(values, max_colors=2).tolist() == [
        OTHER,
        OTHER,
        OTHER,
        "a",
        "a",
        OTHER,
    ]


def test_blank_values_are_unknown():
    values = pd.Series(["a", "", None, " ", np.nan], dtype=object)
    assert group_rare_values(values, max_colors=9).tolist() == ["a", *[UNKNOWN] * 4]


def test_unknown_is_not_merged_into_other_even_if_it_is_rare():
    values = pd.Series([*"aaabbcc", None])
    assert group_rare_values(values, max_colors=3).tolist() == [
        "a",
        "a",
        "a",
        *[OTHER] * 4,
        UNKNOWN,
    ]
    assert group_rare_values(values, max_colors=2).tolist() == [*[OTHER] * 7, UNKNOWN]


def test_the_legend_is_sorted_by_count_then_name_and_ends_with_other():
    cells = pd.Series([*"bbcaa", OTHER, OTHER, OTHER])
    assert legend(cells) == [("a", 2), ("b", 2), ("c", 1), (OTHER, 3)]


def test_other_comes_tenth_where_the_viewer_has_gray():
    cells = pd.Series([*"aabcdefghijkl", *[OTHER] * 5])
    names = [name for name, _ in legend(cells)]
    assert names == [*"abcdefghi", OTHER, *"jkl"]
    assert COLORS[names.index(OTHER)] == "#7f7f7f"


def test_other_is_gray_whenever_values_are_grouped():
    values = pd.Series([f"v{number % 70}" for number in range(200)])
    for max_colors in range(GRAY_PLACE, MAX_COLOR_VALUES + 1):
        names = [name for name, _ in legend(group_rare_values(values, max_colors=max_colors))]
        assert len(names) == max_colors
        assert names[9] == OTHER


def column_chosen(num_rows: int, **columns: object) -> str | None:
    table = pd.DataFrame({"word": [f"w{n}" for n in range(num_rows)], **columns})
    return best_color_column(table, max_colors=10)


EVEN = [f"g{n % 4}" for n in range(100)]  # 2 bits
UNEVEN = ["g0"] * 94 + ["g1"] * 6  # 0.33 bits
HALF_BLANK = [cell if n < 50 else "" for n, cell in enumerate(EVEN)]  # 4 values of 1/8: 1.5 bits
GRADIENT = [n // 3 * 10 for n in range(180)]  # 60 numbers
NEARLY_UNIQUE = [f"id {n * 2 // 3}" for n in range(100)]


def test_the_column_with_the_most_bits_is_chosen_and_the_first_of_equal_ones():
    assert column_chosen(100, uneven=UNEVEN, even=EVEN, half=HALF_BLANK) == "even"
    assert column_chosen(100, uneven=UNEVEN, half=HALF_BLANK) == "half"
    assert column_chosen(100, a=EVEN, b=EVEN) == "a"


def test_a_column_is_not_chosen_for_its_name():
    assert column_chosen(100, genre=UNEVEN, zzz=EVEN) == "zzz"


def test_numbers_with_few_values_count_half_as_they_are_often_counts():
    assert column_chosen(100, count=[n % 4 for n in range(100)], topic=HALF_BLANK) == "topic"
    assert column_chosen(100, cluster=[n % 4 for n in range(100)], uneven=UNEVEN) == "cluster"


def test_a_gradient_is_chosen_if_there_is_nothing_else():
    assert column_chosen(180, year=GRADIENT) == "year"
    assert column_chosen(180, year=GRADIENT, kind=[f"k{n // 100}" for n in range(180)]) == "kind"
    assert column_chosen(180, year=[None, *GRADIENT[1:]]) == "year"


@pytest.mark.parametrize(
    "cells",
    [
        ["one"] * 100,
        ["one"] + [""] * 99,
        ["yes"] + ["no"] * 99,
        NEARLY_UNIQUE,
        list(range(100)),
        [""] * 100,
        [None] * 100,
    ],
)
def test_an_uninformative_column_is_never_chosen(cells: list[object]):
    assert column_chosen(100, only=cells) is None


def test_text_with_more_than_fifty_values_is_chosen_if_the_most_frequent_are_informative():
    # Nine values of 10 rows and 55 of 2: the nine have 45 % of 200 rows, and count half.
    often = [f"often {n % 9}" for n in range(90)] + [f"rare {n // 2}" for n in range(110)]
    assert column_chosen(200, tag=often) == "tag"
    assert column_chosen(200, tag=often, half=HALF_BLANK * 2) == "half"


def test_the_label_and_a_lone_column_are_never_chosen():
    assert best_color_column(pd.DataFrame({"word": list("aabb")}), max_colors=10) is None


@pytest.mark.parametrize(
    ("column", "summary"),
    [
        (list("aabb"), "colored by genre: 2 values"),
        (
            ["a", OTHER, OTHER, "b"],
            "colored by genre: 3 values, Other for 2 of 4 rows (50%)",
        ),
        ([1.5, 2.5, 1.5, None], "colored by the numbers of genre"),
    ],
)
def test_one_line_says_what_a_map_is_colored_by(column, summary):
    shown = prepare(embedding_of(column), max_colors=10)
    assert coloring_summary(shown.metadata, "genre") == summary
    assert not is_mostly_other(shown.metadata, "genre")


def test_only_the_first_row_of_each_value_moves_to_the_top():
    cells = pd.Series(["c", OTHER, "a", "a", "b", "b", "a"])
    # First rows by the legend a, b, c, Other: 2, 4, 0, 1; then the others as they were.
    assert legend_order([cells], len(cells)).tolist() == [2, 4, 0, 1, 3, 5, 6]


def test_the_original_column_is_kept_if_a_cell_changed():
    shown = prepare(embedding_of(list("aaabbc")), max_colors=2)
    assert shown.metadata.to_dict("list") == {
        "title": ["t0", "t3", "t1", "t2", "t4", "t5"],
        "genre": ["a", OTHER, "a", "a", OTHER, OTHER],
        "genre_raw": ["a", "b", "a", "a", "b", "c"],
    }
    np.testing.assert_array_equal(shown.vectors[:, 0], [0, 9, 3, 6, 12, 15])


def test_a_column_that_is_fine_gets_no_twin():
    assert list(prepare(embedding_of(list("aab")), max_colors=2).metadata) == ["title", "genre"]


def test_an_existing_raw_column_is_not_overwritten():
    shown = prepare(embedding_of(list("aabc"), genre_raw=list("wxyz")), max_colors=2)
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
def test_columns_of_any_type_can_be_colored_by(genres: pd.Series):
    shown = prepare(embedding_of(genres), max_colors=3)
    assert Counter(shown.metadata["genre"]) == {str(genres[0]): 2, str(genres[2]): 1, UNKNOWN: 1}


@pytest.mark.parametrize("years", [[1999, 2001, 1999, 2000], [1999.0, np.nan, 2.5, 2.5]])
def test_numbers_stay_numbers_because_the_viewer_has_a_gradient(years: list[float]):
    embedding = embedding_of(years)
    pd.testing.assert_frame_equal(prepare(embedding, max_colors=2).metadata, embedding.metadata)


def test_without_a_column_nothing_changes():
    embedding = Embedding("books", np.eye(3, dtype="f4"), pd.DataFrame({"title": list("abc")}))
    pd.testing.assert_frame_equal(prepare(embedding, max_colors=2).metadata, embedding.metadata)


@settings(max_examples=80, deadline=None)
@given(values=any_values, max_colors=st.integers(2, 12))
def test_the_viewer_shows_at_most_max_colors_values_the_largest_first(values, max_colors):
    embedding = embedding_of(pd.Series(values, dtype=object))
    shown = prepare(embedding, max_colors=max_colors)
    column = read_metadata(metadata_tsv(shown.metadata)).columns[1]
    assert not column.is_numeric
    assert not column.too_many_values
    assert len(column.counts) <= max_colors
    assert sum(column.counts.values()) == len(values)
    names = list(column.counts)
    assert OTHER not in names or names.index(OTHER) == min(len(names), GRAY_PLACE) - 1
    counts = [count for name, count in column.counts.items() if name != OTHER]
    assert counts == sorted(counts, reverse=True)
    # Each vector kept its title.
    rows = [int(title[1:]) for title in shown.metadata["title"]]
    assert sorted(rows) == list(range(len(values)))
    np.testing.assert_array_equal(shown.vectors, embedding.vectors[rows])


def test_other_columns_with_many_values_get_a_grouped_copy_whose_other_is_tenth() -> None:
    rng = np.random.default_rng(3)
    groups = rng.integers(0, 12, 3000)
    places = np.minimum(rng.geometric(0.1, 3000), 30)
    metadata = pd.DataFrame(
        {
            "title": [f"t{row}" for row in range(3000)],
            "genre": [f"g{group}" for group in groups],
            "place": [f"p{place}" for place in places],
            "kind": np.where(groups > 5, "a", "b"),
        }
    )
    shown = prepare(Embedding("v", np.eye(3000), metadata, "genre"), max_colors=10).metadata
    assert list(shown) == ["title", "genre", "place", "kind", "genre_raw", "place_top_10"]
    for column in ("genre", "place_top_10"):
        appearing = list(dict.fromkeys(shown[column]))
        assert appearing == [value for value, _ in legend(shown[column])]
        assert appearing[9] == OTHER
    assert shown["place"].nunique() > 10
    is_named = shown["place_top_10"] != OTHER
    assert (shown["place"] == shown["place_top_10"])[is_named].all()


def test_the_order_of_the_first_column_is_exact_and_the_second_follows_where_rows_allow() -> None:
    first, second = pd.Series(list("aabbab")), pd.Series(list("yxyxxx"))
    # a before b and x before y: row 1 has the first a and x. Row 2 then brings b and y.
    assert legend_order([first, second], 6).tolist() == [1, 2, 0, 3, 4, 5]
    assert legend_order([], 3).tolist() == [0, 1, 2]


@given(st.lists(st.tuples(*[st.sampled_from("abcd")] * 3), min_size=1, max_size=12))
@settings(deadline=None)
def test_an_order_for_several_columns_has_every_row_once_and_the_first_legend_exactly(rows) -> None:
    columns = [pd.Series(list(cells)) for cells in zip(*rows, strict=True)]
    order = legend_order(columns, len(rows))
    assert sorted(order) == list(range(len(rows)))
    first = columns[0].iloc[order]
    assert list(dict.fromkeys(first)) == [value for value, _ in legend(columns[0])]
