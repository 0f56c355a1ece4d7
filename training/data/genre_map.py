"""The table from phrases to canonical genres, read from `genres.yaml` and a file of the user's."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from projector_export.errors import ConfigError

DEFAULT_PATH = Path(__file__).with_name("genres.yaml")
SECTIONS = ("genres", "weak", "phrases")

# Below five letters, one edit makes another word: "war" and "wax", "play" and "clay".
SHORTEST_CORRECTED_WORD = 5
SHORTEST_TWICE_CORRECTED_WORD = 9

_POSSESSIVE = re.compile(r"(?<=\w)(['\u2019\u02bc]s|s['\u2019\u02bc])(?!\w)")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class GenreMap:
    """What each phrase stands for: `phrases` holds words as `words_of` gives them, one blank apart.

    `names` are the canonical genres in their file's order; `weak` those that give way to any
    other, the stronger of them first.
    """

    names: tuple[str, ...]
    weak: tuple[str, ...] = ()
    phrases: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def longest_phrase(self) -> int:
        """Words in the longest phrase."""
        return max((phrase.count(" ") + 1 for phrase in self.phrases), default=0)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word of every phrase."""
        return frozenset(word for phrase in self.phrases for word in phrase.split())

    @cached_property
    def _corrections(self) -> dict[str, str]:
        return {}

    def genres_of(self, phrase: str) -> tuple[str, ...]:
        """Look up a phrase as it is written, then in the singular; nothing found is ()."""
        return self.phrases.get(phrase) or self.phrases.get(_singular_phrase(phrase), ())

    def corrected(self, word: str) -> str:
        """Return the vocabulary's word nearest to a misspelt one, or `word` if none is near."""
        if word not in self._corrections:
            self._corrections[word] = self._nearest(word)
        return self._corrections[word]

    def _nearest(self, word: str) -> str:
        known = self.vocabulary
        if len(word) < SHORTEST_CORRECTED_WORD or {word, singular(word)} & known:
            return word
        bound = 1 if len(word) < SHORTEST_TWICE_CORRECTED_WORD else 2
        # People rarely miss a word's first letter; and it keeps "dystopian" and "utopian" apart.
        # Of two as near, one that is a genre by itself: "mistery" is no "misery" (literature).
        near = (
            (edit_distance(word, other), other not in self.phrases, other)
            for other in known
            if other[0] == word[0] and abs(len(other) - len(word)) <= bound
        )
        distance, _, nearest = min(near, default=(bound + 1, True, word))
        return nearest if distance <= bound else word


@lru_cache(maxsize=100_000)  # the same links and genres stand in book after book
def words_of(text: str) -> tuple[str, ...]:
    """Split text into words in lower case, without accents, hyphens and possessive endings."""
    bare = _POSSESSIVE.sub("", text.lower())
    if not bare.isascii():
        decomposed = unicodedata.normalize("NFKD", bare)
        bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return tuple(_WORD.findall(bare))


def singular(word: str) -> str:
    """Take an English plural ending off; both sides of a comparison go through this."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def edit_distance(left: str, right: str) -> int:
    """Count insertions, deletions, replacements and swaps of neighbours between two words."""
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        current = [row]
        for column, other in enumerate(right, start=1):
            cost = min(
                previous[column] + 1,
                current[-1] + 1,
                previous[column - 1] + (letter != other),
            )
            if row > 1 and column > 1 and letter == right[column - 2] and other == left[row - 2]:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]


def load_genre_map(path: Path | str | None = None) -> GenreMap:
    """Read the mapping that ships with the program, with a user's file laid over it.

    Raises:
        ConfigError: the file cannot be read, or one of its keys is not what it should be.
    """
    default = _default_genre_map()
    if path is None:
        return default
    return _laid_over(default, _read_yaml(Path(path)), Path(path))


@lru_cache(maxsize=1)
def _default_genre_map() -> GenreMap:
    return _laid_over(GenreMap(()), _read_yaml(DEFAULT_PATH), DEFAULT_PATH)


def _read_yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path} should hold the keys {', '.join(SECTIONS)}")
    for key in content:
        if key not in SECTIONS:
            raise ConfigError(
                f"{path}: unknown key {key!r}; expected {_nearest_of(key, SECTIONS)}",
                tip=f"the keys are {', '.join(SECTIONS)}",
            )
    return content


def _laid_over(base: GenreMap, content: dict[str, Any], path: Path) -> GenreMap:
    genres = _mapping(content, "genres", path)
    names = tuple(dict.fromkeys((*base.names, *genres)))
    written: dict[str, tuple[str, ...]] = {}
    for name, phrases in genres.items():
        for phrase in (name, *_strings(phrases, f"genres.{name}", path)):
            key = _phrase_key(phrase, f"genres.{name}", path)
            if written.setdefault(key, (name,)) != (name,):
                raise ConfigError(f"{path}: genres.{name}: {phrase!r} is also in {written[key][0]}")
    for phrase, several in _mapping(content, "phrases", path).items():
        meant = _names(several, f"phrases.{phrase}", path, names)
        written[_phrase_key(phrase, "phrases", path)] = meant
    weak = _names(content.get("weak") or list(base.weak), "weak", path, names)
    return GenreMap(names, weak, base.phrases | _with_singulars(written))


def _with_singulars(phrases: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Add the singular of each phrase, unless it has a meaning of its own, as comic and comics."""
    return {_singular_phrase(phrase): genres for phrase, genres in phrases.items()} | phrases


def _singular_phrase(phrase: str) -> str:
    return " ".join(map(singular, phrase.split()))


def _phrase_key(phrase: Any, key: str, path: Path) -> str:
    words = words_of(str(phrase))
    if not words:
        raise ConfigError(f"{path}: {key}: {phrase!r} holds no word")
    return " ".join(words)


def _mapping(content: dict[str, Any], key: str, path: Path) -> dict[str, Any]:
    value = content.get(key) or {}
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise ConfigError(f"{path}: {key} should be a mapping with names as its keys")
    return value


def _strings(value: Any, key: str, path: Path) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str | int) for item in value):
        raise ConfigError(f"{path}: {key} should be a list of words, such as [space opera, sci-fi]")
    return [str(item) for item in value]


def _names(value: Any, key: str, path: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    wanted = _strings([value] if isinstance(value, str) else value, key, path)
    for name in wanted:
        if name not in names:
            raise ConfigError(
                f"{path}: {key}: {name!r} is no canonical genre; did you mean "
                f"{_nearest_of(name, names)}?",
                tip="add it under genres first to make it one",
            )
    return tuple(wanted)


def _nearest_of(word: object, options: tuple[str, ...]) -> str:
    return repr((difflib.get_close_matches(str(word), options, n=1, cutoff=0.0) or ["..."])[0])
