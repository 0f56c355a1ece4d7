"""A YAML file that says which phrases mean which genres, checked by pydantic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError

from projector_export.files import existing_file
from training.config.messages import refusal
from training.config.section import Section
from training.config.source import ConfigSource

EXAMPLE = "genres: {Oulipo: [lipogram]}"
WORD_LISTS = ("labels", "qualifiers", "no_genre", "real_words")


def _check_words(words: Any) -> Any:
    """Accept an empty value as an empty list, and numbers such as 1984 as words."""
    if words is None:
        return []
    if not isinstance(words, list) or not all(type(word) in {str, int} for word in words):
        raise ValueError("expected a list of words, such as [space opera, sci-fi]")
    return [str(word) for word in words]


def _check_names(names: Any) -> Any:
    return [names] if isinstance(names, str) else _check_words(names)


def _empty_section(section: Any) -> Any:
    return {} if section is None else section


Words = Annotated[list[str], BeforeValidator(_check_words)]
Names = Annotated[list[str], BeforeValidator(_check_names)]  # or a single name


class GenreFile(Section):
    """What `genres.yaml`, or a user's file with the same keys, contains; see `GenreMap`."""

    genres: Annotated[dict[str, Words], BeforeValidator(_empty_section)] = Field(default={})
    weak: Names = Field(default=[])
    phrases: Annotated[dict[str, Names], BeforeValidator(_empty_section)] = Field(default={})
    labels: Words = Field(default=[])
    qualifiers: Words = Field(default=[])
    no_genre: Words = Field(default=[])
    real_words: Words = Field(default=[])
    _source: ConfigSource = PrivateAttr()

    def place(self, *keys: str) -> str:
        """Return the file and line of a key, for error messages."""
        return self._source.place_of(keys)


def read_genre_file(path: Path) -> GenreFile:
    """Read a genre file.

    Raises:
        InputError: the file does not exist or cannot be opened.
        ConfigError: a key, type or value is wrong; the message names the file, line and key.
    """
    content = existing_file(path, "a genre mapping (YAML)").read_bytes()
    source = ConfigSource(str(path), content, example=EXAMPLE, may_be_empty=True)
    known = list(GenreFile.model_fields)
    try:
        file = GenreFile.model_validate(source.values)
    except ValidationError as error:
        raise refusal(
            error.errors(include_url=False)[0],
            source,
            known=known,
            all_keys_tip=f"the keys are {', '.join(known)}",
        ) from error
    file._source = source  # noqa: SLF001
    return file
