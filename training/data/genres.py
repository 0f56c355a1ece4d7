"""Free genre text -> canonical genres, the chief one first.

An infobox says "Sci-fi / children's novels", a reader's map says "Science fiction". What the words
mean stands in `genres.yaml`; here they are found in the text, or in a book's categories and links
where the text is blank.
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
NO_GENRE = frozenset({"", OTHER, UNKNOWN})  # what a column of genres says of books that have none
CACHE_SIZE = 100_000  # the same texts, categories and links stand in book after book
NUM_INFOBOX_LINKS = 12  # links come in page order, so an article's first ones are its infobox's

# Nouns that a category of books, or a link to a genre, ends with.
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
# What follows one of these tells of the plot, the author or the book's later life.
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
    """A book's canonical genres, the chief one first and never none, and where they come from."""

    genres: tuple[str, ...]
    source: Literal["infobox", "inferred", "unknown"]


def assign_genres(
    text: str, links: Iterable[str], *, mapping: GenreMap | None = None
) -> AssignedGenre:
    """Read a book's genres off its infobox, else infer them from its links.

    Text that the mapping does not know, in a book whose links tell nothing, gives `Other`; no text
    at all gives `Unknown`.
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

    Weak ones, such as `General fiction` for "novel", are given only where nothing stronger is.
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
    """Tell text that means a genre, known or not, from a blank, "None" and "Various"."""
    mapping = mapping or load_genre_map()
    return any(singular_phrase(" ".join(part)) not in mapping.no_genre for part in _parts(text))


def infer_genres(links: Iterable[str], *, mapping: GenreMap | None = None) -> tuple[str, ...]:
    """Guess canonical genres from a book's links, the one with most categories first.

    Categories of books count (`Category:American fantasy novels`), and not those that name a
    publisher, a prize or a place. If they say nothing strong, links to a genre near the article's
    head do (`Thriller (genre)`).
    """
    mapping = mapping or load_genre_map()
    targets = [link.strip() for link in links]
    categories = [target[9:] for target in targets if target[:9].lower() == "category:"]
    votes = [vote for category in categories for vote in _category_votes(category, mapping)]
    if not any(rank == 0 for _, rank in votes):
        plain = [target for target in targets if target[:9].lower() != "category:"]
        for link in plain[:NUM_INFOBOX_LINKS]:
            votes += _link_votes(link, mapping)
    # Equal votes go by which came first.
    return _strongest(vote for vote, _ in Counter(votes).most_common())


def plain_text(text: str) -> str:
    """Strip markup that a careless parser left in a field; line breaks become commas."""
    text = _COMMENT.sub(" ", html.unescape(html.unescape(text)))
    text = _TAG.sub(", ", _REFERENCE.sub(" ", text))
    text = _BRACKETS.sub("", _PIPED_LINK.sub(r"\1", text))
    return _TEMPLATE_NAME.sub(", ", text).strip(" ,")


def _parts(text: str) -> list[tuple[str, ...]]:
    """Split text where commas, slashes and markup do; each part in words, none without any."""
    return [words for part in _SEPARATOR.split(plain_text(text)) if (words := words_of(part))]


def _genres_in(words: Sequence[str], mapping: GenreMap) -> list[RankedGenre]:
    """Find phrases from left to right, at each word the longest; qualifiers go behind."""
    found: list[RankedGenre] = []
    qualifying: list[RankedGenre] = []  # what the next word's genre would come before
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
    """Give all genres of rank 0, each once; where there is none, the first of the best rank."""
    ranks = dict.fromkeys(found)
    strong = tuple(dict.fromkeys(genre for genre, rank in ranks if rank == 0))
    return strong or tuple(genre for genre, _ in sorted(ranks, key=lambda named: named[1])[:1])


@lru_cache(maxsize=CACHE_SIZE)
def _category_votes(category: str, mapping: GenreMap) -> tuple[RankedGenre, ...]:
    """Give the genres that a category's name tells, each once."""
    phrase = _category_phrase(category)
    return tuple(dict.fromkeys(_genres_in(words_of(phrase), mapping))) if phrase else ()


@lru_cache(maxsize=CACHE_SIZE)
def _link_votes(link: str, mapping: GenreMap) -> tuple[RankedGenre, ...]:
    """Give the genres of "historical fiction" or "Satire (genre)", and none of a title or topic."""
    words = [word for word in words_of(link) if word != "genre"]
    if not words or not (singular(words[-1]) in BOOK_NOUNS or link.endswith("(genre)")):
        return ()
    length, phrase = _longest_phrase_at(words, mapping)
    return tuple(mapping.ranked(phrase)) if phrase and length == len(words) else ()


def _category_phrase(category: str) -> str:
    """Return the part of a category's name that tells a genre; "" if it is no such category."""
    name = _LANGUAGE.sub("", " ".join(category.lower().split()))
    head, *topic = _ABOUT.split(_ASIDE.sub("", name), maxsplit=1)
    words = words_of(head)
    if not words or singular(words[-1]) not in BOOK_NOUNS or _PUBLISHER.search(name):
        return ""
    if words[-1] != "books":
        return head
    # "books" alone is said of novels too: it tells only what its other words do.
    return " ".join([*words[:-1], *topic])
