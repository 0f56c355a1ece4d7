"""The mapping from phrases to canonical genres, read from `genres.yaml` and a user's file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from projector_export.errors import ConfigError
from projector_export.nearest import nearest_names
from training.data.genre_file import WORD_LISTS, GenreFile, read_genre_file
from training.data.genre_words import Spelling, singular_phrase, words_of

DEFAULT_PATH = Path(__file__).with_name("genres.yaml")

RankedGenre = tuple[str, int]  # a canonical genre and its rank; 0 is the strongest


@dataclass(frozen=True, eq=False)  # hashed by identity, so that results can be cached
class GenreMap:
    """Which genres each phrase means.

    Attributes:
        names: the canonical genres, in the order of the file.
        weak: genres that any other genre replaces, the strongest of them first.
        phrases: phrase -> its genres; the words of a phrase are as `words_of` returns them, joined
            by single spaces.
        labels: phrases that any other genre in the text replaces.
        qualifiers: phrases that come after the genre that follows them directly.
        no_genre: phrases that mean that there is no genre.
        real_words: words that are never corrected as misspellings.
    """

    names: tuple[str, ...]
    weak: tuple[str, ...] = ()
    phrases: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    labels: frozenset[str] = frozenset()
    qualifiers: frozenset[str] = frozenset()
    no_genre: frozenset[str] = frozenset()
    real_words: frozenset[str] = frozenset()

    @cached_property
    def longest_phrase(self) -> int:
        """Number of words in the longest phrase."""
        return max((phrase.count(" ") + 1 for phrase in self.phrases), default=0)

    @cached_property
    def spelling(self) -> Spelling:
        """Corrects misspelled words to those of the phrases."""
        return Spelling(self.phrases, self.real_words)

    def phrase_of(self, words: str) -> str:
        """Find the phrase that is written like this, or its singular; "" if none exists."""
        if words in self.phrases:
            return words
        words = singular_phrase(words)
        return words if words in self.phrases else ""

    def ranked(self, phrase: str) -> Iterator[RankedGenre]:
        """Yield the genres of a phrase with their ranks: 0, or for weak ones their position from 1.

        Labels rank just before the weakest genre, `General fiction`.
        """
        last = len(self.weak)
        for genre in self.phrases[phrase]:
            if phrase in self.labels:
                yield genre, max(last, 1)
            elif genre in self.weak:
                place = self.weak.index(genre) + 1
                yield genre, place + (place == last)
            else:
                yield genre, 0


def load_genre_map(path: Path | str | None = None) -> GenreMap:
    """Read the built-in mapping, and extend it by a user's file.

    Raises:
        InputError: the file does not exist or cannot be opened.
        ConfigError: a key, type or value is wrong; the message names the file, line and key.
    """
    default = _default_genre_map()
    return default if path is None else _extended(default, read_genre_file(Path(path)))


@lru_cache(maxsize=1)
def _default_genre_map() -> GenreMap:
    return _extended(GenreMap(()), read_genre_file(DEFAULT_PATH))


def _extended(base: GenreMap, file: GenreFile) -> GenreMap:
    names = tuple(dict.fromkeys((*base.names, *file.genres)))
    phrases = base.phrases | _with_singulars(_phrases(file, names))
    lists = {key: getattr(base, key) | _word_list(file, key) for key in WORD_LISTS}
    for key in ("labels", "qualifiers"):
        if unknown := lists[key] - phrases.keys():
            raise ConfigError(
                f"{file.place(key)}: {key}: {min(unknown)!r} does not mean any genre",
                tip="add it under genres or phrases first",
            )
    weak = _canonical_names(file, file.weak, ("weak",), names) or base.weak
    return GenreMap(names, weak, phrases, **lists)


def _phrases(file: GenreFile, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Collect the phrases of a file with their genres; `phrases` replace those of `genres`."""
    genres_of: dict[str, tuple[str, ...]] = {}
    for name, phrases in file.genres.items():
        for phrase in (name, *phrases):
            key = _phrase_key(file, phrase, ("genres", name))
            if genres_of.setdefault(key, (name,)) != (name,):
                raise ConfigError(
                    f"{file.place('genres', name)}: genres.{name}: {phrase!r} is also in "
                    f"genres.{genres_of[key][0]}"
                )
    for phrase, genres in file.phrases.items():
        key = _phrase_key(file, phrase, ("phrases", phrase))
        genres_of[key] = _canonical_names(file, genres, ("phrases", phrase), names)
    return genres_of


def _word_list(file: GenreFile, key: str) -> frozenset[str]:
    words = getattr(file, key)
    return frozenset(singular_phrase(_phrase_key(file, phrase, (key,))) for phrase in words)


def _with_singulars(phrases: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Add the singular of each phrase, unless it has its own meaning, like comic and comics."""
    return {singular_phrase(phrase): genres for phrase, genres in phrases.items()} | phrases


def _phrase_key(file: GenreFile, phrase: str, keys: tuple[str, ...]) -> str:
    words = words_of(phrase)
    if not words:
        raise ConfigError(f"{file.place(*keys)}: {'.'.join(keys)}: {phrase!r} contains no word")
    return " ".join(words)


def _canonical_names(
    file: GenreFile, genres: list[str], keys: tuple[str, ...], names: tuple[str, ...]
) -> tuple[str, ...]:
    """Return `genres`, each of which must be one of `names`."""
    for genre in genres:
        if genre not in names:
            near = nearest_names(genre, names, limit=1)
            did_you_mean = f"; did you mean {near[0]!r}?" if near else ""
            raise ConfigError(
                f"{file.place(*keys)}: {'.'.join(keys)}: {genre!r} is not a canonical genre"
                f"{did_you_mean}",
                tip="to make it one, add it under genres first",
            )
    return tuple(genres)
