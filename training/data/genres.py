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
from typing import Literal

from training.data.genre_map import GenreMap, load_genre_map, singular, words_of

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
    if plain_text(text):
        return AssignedGenre((OTHER,), "infobox")
    return AssignedGenre((UNKNOWN,), "unknown")


def canonical_genres(text: str, *, mapping: GenreMap | None = None) -> tuple[str, ...]:
    """Return the canonical genres that `text` names, in its order, each once; () for none.

    Weak ones, such as `General fiction` for "novel", are given only where nothing stronger is.
    """
    mapping = mapping or load_genre_map()
    found: list[str] = []
    for part in _SEPARATOR.split(plain_text(text)):
        found += _genres_in([mapping.corrected(word) for word in words_of(part)], mapping)
    return _strongest(found, mapping)


def infer_genres(links: Iterable[str], *, mapping: GenreMap | None = None) -> tuple[str, ...]:
    """Guess canonical genres from a book's links, the one with most categories first.

    Categories of books count (`Category:American fantasy novels`), and not those that name a
    publisher, a prize or a place. If they say nothing strong, links to a genre near the article's
    head do (`Thriller (genre)`).
    """
    mapping = mapping or load_genre_map()
    targets = [link.strip() for link in links]
    categories = [target[9:] for target in targets if target[:9].lower() == "category:"]
    from_categories = _most_voted(map(_category_phrase, categories), mapping)
    if from_categories and not set(from_categories) & set(mapping.weak):
        return from_categories
    plain = [target for target in targets if target[:9].lower() != "category:"]
    genre_links = [link for link in plain[:NUM_INFOBOX_LINKS] if _is_genre_link(link, mapping)]
    from_links = _most_voted(genre_links, mapping)
    return _strongest([*from_categories, *from_links], mapping)


def plain_text(text: str) -> str:
    """Strip markup that a careless parser left in a field; line breaks become commas."""
    text = _COMMENT.sub(" ", html.unescape(html.unescape(text)))
    text = _TAG.sub(", ", _REFERENCE.sub(" ", text))
    return _TEMPLATE_NAME.sub(", ", _PIPED_LINK.sub(r"\1", text)).strip(" ,")


def _genres_in(words: Sequence[str], mapping: GenreMap) -> list[str]:
    """Find phrases from left to right, at each word the longest."""
    found: list[str] = []
    start = 0
    while start < len(words):
        length, genres = _longest_phrase_at(words[start:], mapping)
        found += genres
        start += length
    return found


def _longest_phrase_at(words: Sequence[str], mapping: GenreMap) -> tuple[int, tuple[str, ...]]:
    for length in range(min(mapping.longest_phrase, len(words)), 0, -1):
        if genres := mapping.genres_of(" ".join(words[:length])):
            return length, genres
    return 1, ()


def _strongest(genres: Iterable[str], mapping: GenreMap) -> tuple[str, ...]:
    distinct = tuple(dict.fromkeys(genres))
    strong = tuple(genre for genre in distinct if genre not in mapping.weak)
    return strong or tuple(sorted(distinct, key=mapping.weak.index)[:1])


def _most_voted(phrases: Iterable[str], mapping: GenreMap) -> tuple[str, ...]:
    """Let each phrase vote for its genres; equal votes go by which came first."""
    votes: Counter[str] = Counter()
    for phrase in phrases:
        votes.update(dict.fromkeys(_genres_in(words_of(phrase), mapping), 1))
    return _strongest((genre for genre, _ in votes.most_common()), mapping)


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


def _is_genre_link(link: str, mapping: GenreMap) -> bool:
    """Tell a genre's name, "historical fiction" or "Satire (genre)", from a title or a topic."""
    words = [word for word in words_of(link) if word != "genre"]
    if not words or not (singular(words[-1]) in BOOK_NOUNS or link.endswith("(genre)")):
        return False
    return _longest_phrase_at(words, mapping)[0] == len(words) and bool(_genres_in(words, mapping))
