"""Words of genre text: how they are compared, and which of them are misspelled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

# Below six letters one edit makes another word, "beast" and "beat", more often than it undoes one.
SHORTEST_CORRECTED_WORD = 6

_POSSESSIVE = re.compile(r"(?<=\w)(['\u2019\u02bc]s|s['\u2019\u02bc])(?!\w)")
_WORD = re.compile(r"[^\W_]+")


class Spelling:
    """Corrects misspelled words towards the phrases that are one word.

    A word is corrected if it has six letters or more, stands in no phrase, is none of `real_words`,
    and one edit that leaves its first and last letter makes it such a phrase. People rarely miss
    the first ("dystopian" is not "utopian"), and another ending makes another word ("racist").
    """

    def __init__(self, phrases: Collection[str], real_words: Collection[str] = ()) -> None:
        self._targets: dict[str, list[str]] = {}  # by first and last letter
        for phrase in sorted(phrases):
            if len(phrase) >= SHORTEST_CORRECTED_WORD and " " not in phrase:
                self._targets.setdefault(phrase[0] + phrase[-1], []).append(phrase)
        self._real_words = {*real_words, *(word for phrase in phrases for word in phrase.split())}
        self._corrected: dict[str, str] = {}

    def corrected(self, word: str) -> str:
        """Return the known word that is one edit away from a misspelled one, else `word`."""
        if word not in self._corrected:
            self._corrected[word] = self._nearest(word)
        return self._corrected[word]

    def _nearest(self, word: str) -> str:
        single = singular(word)
        if len(single) < SHORTEST_CORRECTED_WORD or {word, single} & self._real_words:
            return word
        from rapidfuzz.distance import OSA  # counts a swap of neighbors as one edit

        return next(
            (
                target
                for target in self._targets.get(single[0] + single[-1], [])
                if OSA.distance(single, target, score_cutoff=1) == 1
            ),
            word,
        )


@lru_cache(maxsize=100_000)  # the same links and genres stand in book after book
def words_of(text: str) -> tuple[str, ...]:
    """Split text into words in lower case, without accents, hyphens and possessive endings."""
    bare = _POSSESSIVE.sub("", text.lower())
    if not bare.isascii():
        decomposed = unicodedata.normalize("NFKD", bare)
        bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(_WORD.findall(bare))


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """Take an English plural ending off; both sides of a comparison go through this."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 5 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def singular_phrase(phrase: str) -> str:
    """Take the plural endings off all words of a phrase."""
    return " ".join(map(singular, phrase.split()))
