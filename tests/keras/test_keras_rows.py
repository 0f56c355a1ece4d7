"""Which rows of a layer are shown, and with which metadata."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from projector_export.errors import InputError
from projector_export.keras import Rows

WORDS = {"word": ["sea", "sun"], "length": [3, 3]}


def shown(rows: Rows, *, num_rows: int, has_padding: bool = False) -> tuple[list[int], list[str]]:
    kept, table = rows.shown("words", num_rows=num_rows, has_padding=has_padding)
    return kept.tolist(), table.iloc[:, 0].tolist()


def test_every_row_is_shown_with_its_metadata() -> None:
    assert shown(Rows(WORDS), num_rows=2) == ([0, 1], ["sea", "sun"])


def test_without_metadata_rows_are_labeled_by_their_numbers() -> None:
    rows = Rows(skip_rows=[1], row_names={2: "[OOV]"})
    assert shown(rows, num_rows=4) == ([0, 2, 3], ["row 0", "[OOV]", "row 3"])


def test_named_rows_need_no_metadata_and_may_be_anywhere() -> None:
    rows = Rows(WORDS, row_names={3: "[OOV]", 1: "[MASK]"})
    assert shown(rows, num_rows=4) == ([0, 1, 2, 3], ["sea", "[MASK]", "sun", "[OOV]"])


def test_the_other_cells_of_a_named_row_are_blank() -> None:
    _, table = Rows(WORDS, row_names={0: "[PAD]"}).shown("words", num_rows=3)
    assert np.isnan(table["length"][0])
    assert table["length"].tolist()[1:] == [3, 3]


@pytest.mark.parametrize("words", [["[PAD]", "sea", "sun"], ["sea", "sun"]])
def test_metadata_may_have_a_row_for_padding_or_none(words: list[str]) -> None:
    assert shown(Rows(words), num_rows=3, has_padding=True) == ([1, 2], ["sea", "sun"])
    assert shown(Rows(words, skip_rows=[0]), num_rows=3) == ([1, 2], ["sea", "sun"])


def test_padding_is_shown_if_it_is_named_or_nothing_is_skipped() -> None:
    assert shown(Rows(WORDS, row_names={0: "[PAD]"}), num_rows=3, has_padding=True) == (
        [0, 1, 2],
        ["[PAD]", "sea", "sun"],
    )
    three = Rows(["nothing", "sea", "sun"], skip_rows=[])
    assert shown(three, num_rows=3, has_padding=True)[0] == [0, 1, 2]


def test_labels_that_are_numbers_can_be_named_too() -> None:
    table = pd.DataFrame({"id": [10, 20]})
    assert shown(Rows(table, row_names={0: "[PAD]"}), num_rows=3)[1] == ["[PAD]", 10, 20]


def test_metadata_of_another_length_is_refused_with_the_lengths_that_fit() -> None:
    with pytest.raises(InputError, match=r"words: 2 rows of metadata; expected 5$") as caught:
        Rows(WORDS).shown("words", num_rows=5)
    assert "row_names={1: " in str(caught.value.tip)  # three rows too few are likely special ones
    with pytest.raises(InputError, match="expected 9, or 8 without the rows that are skipped"):
        Rows(WORDS, skip_rows=[0]).shown("words", num_rows=9)


def test_a_row_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="words: there is no row 7; it has rows 0 to 2"):
        Rows(WORDS, skip_rows=[0, 7]).shown("words", num_rows=3)
