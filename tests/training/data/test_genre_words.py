"""Words of genre text: case, plurals, and which misspelled ones are corrected."""

from __future__ import annotations

import pytest

from training.data.genre_map import load_genre_map
from training.data.genre_words import Spelling, singular, words_of

SPELLING = load_genre_map().spelling


def test_words_lose_case_accents_hyphens_and_possessives():
    assert words_of("Kid's  SCI-FI à la d'été") == ("kid", "sci", "fi", "a", "la", "d", "ete")
    plurals = ["stories", "novels", "sketches", "press", "bus", "ties"]
    singulars = ["story", "novel", "sketch", "press", "bus", "tie"]
    assert [singular(word) for word in plurals] == singulars


@pytest.mark.parametrize(
    ("word", "corrected"),
    [
        ("mistery", "mystery"),
        ("mysstery", "mystery"),
        ("mystry", "mystery"),
        ("mysetry", "mystery"),
        ("memiors", "memoir"),
        ("ficton", "fiction"),
        ("scince", "science"),
        ("autobiograhpy", "autobiography"),
    ],
)
def test_one_letter_wrong_missing_too_many_or_swapped_is_corrected(word: str, corrected: str):
    assert SPELLING.corrected(word) == corrected


@pytest.mark.parametrize(
    "word",
    [
        *("annual", "hindi", "community", "beast", "play", "mastery", "player", "haunting"),
        *("racist", "musicals", "poetical", "ballot", "mediation", "american", "memories"),
    ],
)
def test_a_different_word_is_not_corrected(word: str):
    assert SPELLING.corrected(word) == word


def test_neither_first_nor_last_letter_is_corrected_nor_two_edits_nor_short_words():
    spelling = Spelling({"poetry", "drama", "science fiction"})
    words = ["boetry", "poetri", "puetri", "poerti", "drma", "dramma", "scence"]
    assert [spelling.corrected(word) for word in words] == words
    assert spelling.corrected("poerty") == "poetry"


def test_real_words_are_never_corrected():
    assert Spelling({"satire"}).corrected("saltire") == "satire"
    assert Spelling({"satire"}, {"saltire"}).corrected("saltire") == "saltire"
    assert Spelling({"satire"}, {"saltire"}).corrected("saltires") == "saltires"
