"""Free genre text -> canonical genres, the chief one first.

An infobox says "Sci-fi / children's novels", the map says "Science fiction". `genres.yaml` says
what the words mean; this module finds them in the text, or in a book's categories and links if the
text is blank.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from training.data.genre_map import GenreMap, RankedGenre, load_genre_map
from training.data.genre_words import singular, singular_phrase, words_of

__all__ = [
    "AssignedGenre",
    "GenreMap",
    "assign_genres",
    "canonical_genres",
    "infer_genres",
    "load_genre_map",
]

OTHER = "Other"  # a genre is given, but none that the mapping knows
UNKNOWN = "Unknown"  # no genre is given and none could be inferred
NO_GENRE = frozenset({"", OTHER, UNKNOWN})  # what a column of genres has for books without one
CACHE_SIZE = 100_000  # the same texts, categories and links occur in many books
NUM_INFOBOX_LINKS = 12  # links are in page order, so those of the infobox come first

# Nouns at the end of a category of books, or of a link to a genre.
BOOK_NOUNS = frozenset(
    "anthology atlas autobiography ballad bestiary bibliography biography book collection comedy "
    "comic comics cookbook cycle diary dictionary drama encyclopedia encyclopaedia epic essay "
    "fable fiction folklore gamebook grimoire guide handbook herbal history humor legend letter "
    "literature manga manual memoir mystery myth nonfiction novel novella parody play poem poetry "
    "romance satire scripture sermon story tale text textbook thriller tragedy travelogue "
    "treatise western writing yearbook".split()
)
_PUBLISHER = re.compile(
    r"press|publish|\bbooks?\b.+\bbooks$|compan|brothers|universit|\bltd\b|\bsons\b|house\b"
    r"|&|award|prize|\bclub\b|\bimprint|library\b|förlag|verlag|penguin"
)
# After one of these comes the plot, the author or the book's history.
_ASIDE = re.compile(
    r"\s(?:by|set|adapted|published|in|of|for|with|from|critical|based|featuring|written|first"
    r"|translated|involving|inspired)\s.*"
)
_LANGUAGE = re.compile(r"\S+[- ]language\b")  # "English-language novels" are not about language
_ABOUT = re.compile(r"\s(?:about|on)\s")
_COMMENT = re.compile(r"<\s*!\s*--.*?(?:--\s*>|\Z)", re.DOTALL)
_REFERENCE = re.compile(
    r"<\s*ref\b[^>]*(?:/\s*>|>.*?(?:<\s*/\s*ref\s*>|\Z))", re.DOTALL | re.IGNORECASE
)
_TAG = re.compile(r"<[^>]*>")
_PIPED_LINK = re.compile(r"\[\[[^\[\]|]*\|([^\[\]]*)\]\]")
_TEMPLATE_NAME = re.compile(r"\{\{[^{}|]*\|")
_BRACKETS = re.compile(r"\[\[|\]\]")  # of a link in the middle of a phrase
_SEPARATOR = re.compile(r"[,;:/|\\\n•·*()\[\]{}=<>\u2013\u2014]+")


@dataclass(frozen=True)
class AssignedGenre:
    """A book's canonical genres, at least one, the chief one first, and their source."""

    genres: tuple[str, ...]
    source: Literal["infobox", "inferred", "unknown"]


def assign_genres(
    text: str, links: Iterable[str], *, mapping: GenreMap | None = None
) -> AssignedGenre:
    """Read a book's genres from its infobox, or infer them from its links.

    If the links do not help either, the genre is `Other` for text that the mapping does not know,
    and `Unknown` without text.
    """
    mapping = mapping or load_genre_map()
    if genres := canonical_genres(text, mapping=mapping):
        return AssignedGenre(genres, "infobox")
    if genres := infer_genres(links, mapping=mapping):
        return AssignedGenre(genres, "inferred")
    if names_a_genre(text, mapping=mapping):
        return AssignedGenre((OTHER,), "infobox")
    return AssignedGenre((UNKNOWN,), "unknown")


def canonical_genres(text: str, *, mapping: GenreMap | None = None) -> tuple[str, ...]:
    """Return the canonical genres that `text` names, in its order, each once; () for none.

    Weak ones, such as `General fiction` for "novel", are returned only if there is no stronger one.
    """
    return _genres_of_text(text, mapping or load_genre_map())


@lru_cache(maxsize=CACHE_SIZE)
def _genres_of_text(text: str, mapping: GenreMap) -> tuple[str, ...]:
    return _strongest(
        ranked
        for part in _parts(text)
        for ranked in _genres_in([mapping.spelling.corrected(word) for word in part], mapping)
    )


def names_a_genre(text: str, *, mapping: GenreMap | None = None) -> bool:
    """Whether text means a genre, known or not; blanks, "None" and "Various" do not."""
    mapping = mapping or load_genre_map()
    return any(singular_phrase(" ".join(part)) not in mapping.no_genre for part in _parts(text))


def infer_genres(links: Iterable[str], *, mapping: GenreMap | None = None) -> tuple[str, ...]:
    """Guess canonical genres from a book's links, the one with most categories first.

    Categories of books count (`Category:American fantasy novels`), but not those of a publisher, a
    prize or a place. If they have only weak genres, links to a genre near the start of the article
    count (`Thriller (genre)`).
    """
    mapping = mapping or load_genre_map()
    targets = [link.strip() for link in links]
    categories = [target[9:] for target in targets if target[:9].lower() == "category:"]
    votes = [vote for category in categories for vote in _category_votes(category, mapping)]
    if not any(rank == 0 for _, rank in votes):
        plain = [target for target in targets if target[:9].lower() != "category:"]
        for link in plain[:NUM_INFOBOX_LINKS]:
            votes += _link_votes(link, mapping)
    # With equal votes, the first one wins.
    return _strongest(vote for vote, _ in Counter(votes).most_common())


def plain_text(text: str) -> str:
    """Strip markup that a parser left in a field; line breaks become commas."""
    text = _COMMENT.sub(" ", html.unescape(html.unescape(text)))
    text = _TAG.sub(", ", _REFERENCE.sub(" ", text))
    text = _BRACKETS.sub("", _PIPED_LINK.sub(r"\1", text))
    return _TEMPLATE_NAME.sub(", ", text).strip(" ,")


def _parts(text: str) -> list[tuple[str, ...]]:
    """Split text at commas, slashes and markup into parts, and each part into words."""
    return [words for part in _SEPARATOR.split(plain_text(text)) if (words := words_of(part))]


def _genres_in(words: Sequence[str], mapping: GenreMap) -> list[RankedGenre]:
    """Find phrases from left to right, the longest at each word; move qualifiers back."""
    found: list[RankedGenre] = []
    qualifying: list[RankedGenre] = []  # qualifiers that the next word's genre comes before
    start = 0
    while start < len(words):
        length, phrase = _longest_phrase_at(words[start:], mapping)
        start += length
        genres = list(mapping.ranked(phrase)) if phrase else []
        if phrase in mapping.qualifiers:
            qualifying += genres
            continue
        is_head = any(rank == 0 for _, rank in genres)
        found += [*genres, *qualifying] if is_head else [*qualifying, *genres]
        qualifying = []
    return found + qualifying


def _longest_phrase_at(words: Sequence[str], mapping: GenreMap) -> tuple[int, str]:
    for length in range(min(mapping.longest_phrase, len(words)), 0, -1):
        if phrase := mapping.phrase_of(" ".join(words[:length])):
            return length, phrase
    return 1, ""


def _strongest(found: Iterable[RankedGenre]) -> tuple[str, ...]:
    """Return all genres of rank 0, each once; if there is none, the first of the best rank."""
    ranks = dict.fromkeys(found)
    strong = tuple(dict.fromkeys(genre for genre, rank in ranks if rank == 0))
    return strong or tuple(genre for genre, _ in sorted(ranks, key=lambda named: named[1])[:1])


@lru_cache(maxsize=CACHE_SIZE)
def _category_votes(category: str, mapping: GenreMap) -> tuple[RankedGenre, ...]:
    """Return the genres in a category's name, each once."""
    phrase = _category_phrase(category)
    return tuple(dict.fromkeys(_genres_in(words_of(phrase), mapping))) if phrase else ()


@lru_cache(maxsize=CACHE_SIZE)
def _link_votes(link: str, mapping: GenreMap) -> tuple[RankedGenre, ...]:
    """Return the genres of "historical fiction" or "Satire (genre)"; none for titles or topics."""
    words = [word for word in words_of(link) if word != "genre"]
    if not words or not (singular(words[-1]) in BOOK_NOUNS or link.endswith("(genre)")):
        return ()
    length, phrase = _longest_phrase_at(words, mapping)
    return tuple(mapping.ranked(phrase)) if phrase and length == len(words) else ()


def _category_phrase(category: str) -> str:
    """Return the part of a category's name that is a genre; "" if it has none."""
    name = _LANGUAGE.sub("", " ".join(category.lower().split()))
    head, *topic = _ABOUT.split(_ASIDE.sub("", name), maxsplit=1)
    words = words_of(head)
    if not words or singular(words[-1]) not in BOOK_NOUNS or _PUBLISHER.search(name):
        return ""
    if words[-1] != "books":
        return head
    # "books" can be novels too: only its other words count.
    return " ".join([*words[:-1], *topic])
