"""The table from phrases to canonical genres, read from `genres.yaml` and a file of the user's."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from projector_export.errors import ConfigError
from training.data.genre_words import Spelling, singular_phrase, words_of

DEFAULT_PATH = Path(__file__).with_name("genres.yaml")
WORD_LISTS = ("labels", "qualifiers", "no_genre", "real_words")
SECTIONS = ("genres", "weak", "phrases", *WORD_LISTS)

RankedGenre = tuple[str, int]  # a canonical genre and how much it counts, 0 most


@dataclass(frozen=True, eq=False)  # by identity, so that what it makes of a text can be cached
class GenreMap:
    """What each phrase stands for: `phrases` holds words as `words_of` gives them, one blank apart.

    `names` are the canonical genres in their file's order; `weak` those that give way to any
    other, the stronger of them first. Of the phrases, `labels` give way to a genre anywhere in the
    text, `qualifiers` to one right behind them. `no_genre` says that there is none to name, and
    `real_words` are never taken for misspelled ones.
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
        """Words in the longest phrase."""
        return max((phrase.count(" ") + 1 for phrase in self.phrases), default=0)

    @cached_property
    def spelling(self) -> Spelling:
        """What corrects misspelled words towards those of the phrases."""
        return Spelling(self.phrases, self.real_words)

    def phrase_of(self, words: str) -> str:
        """Find the phrase that is written so, or so in the singular; "" if there is none."""
        if words in self.phrases:
            return words
        words = singular_phrase(words)
        return words if words in self.phrases else ""

    def ranked(self, phrase: str) -> Iterator[RankedGenre]:
        """Give a phrase's genres with how much they count: 0 most, weak ones by their place.

        Labels come just before the weakest genre, `General fiction`.
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
    phrases = base.phrases | _with_singulars(written)
    lists = {key: getattr(base, key) | _word_list(content, key, path) for key in WORD_LISTS}
    for key in ("labels", "qualifiers"):
        if unknown := lists[key] - phrases.keys():
            raise ConfigError(
                f"{path}: {key}: {min(unknown)!r} stands for no genre",
                tip="add it under genres or phrases first",
            )
    return GenreMap(names, weak, phrases, **lists)


def _word_list(content: dict[str, Any], key: str, path: Path) -> frozenset[str]:
    return frozenset(
        singular_phrase(_phrase_key(phrase, key, path))
        for phrase in _strings(content.get(key), key, path)
    )


def _with_singulars(phrases: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Add the singular of each phrase, unless it has a meaning of its own, as comic and comics."""
    return {singular_phrase(phrase): genres for phrase, genres in phrases.items()} | phrases


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
