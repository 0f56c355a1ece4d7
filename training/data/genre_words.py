"""Words of genre text: how they are compared, and which of them are misspelled."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

# In shorter words, one edit more often makes another word ("beast", "beat") than corrects one.
SHORTEST_CORRECTED_WORD = 6

_POSSESSIVE = re.compile(r"(?<=\w)(['\u2019\u02bc]s|s['\u2019\u02bc])(?!\w)")
_WORD = re.compile(r"[^\W_]+")


class Spelling:
    """Corrects misspelled words to phrases of one word.

    A word is corrected if it has six letters or more, is not part of a phrase or of `real_words`,
    and becomes such a phrase by one edit that keeps its first and last letter. People rarely
    misspell the first ("dystopian" is not "utopian"), and another ending is another word
    ("racist").
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


@lru_cache(maxsize=100_000)  # the same links and genres occur in many books
def words_of(text: str) -> tuple[str, ...]:
    """Split text into words in lower case, without accents, hyphens and possessive endings."""
    bare = _POSSESSIVE.sub("", text.lower())
    if not bare.isascii():
        decomposed = unicodedata.normalize("NFKD", bare)
        bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(_WORD.findall(bare))


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """Remove an English plural ending; applied to both sides of a comparison."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 5 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def singular_phrase(phrase: str) -> str:
    """Remove the plural endings of all words in a phrase."""
    return " ".join(map(singular, phrase.split()))
