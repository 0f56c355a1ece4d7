"""The list of published sets: those that ship with the program, and the user's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from projector_export.errors import ConfigError
from projector_export.files import existing_file
from training.config.messages import refusal
from training.config.section import Section
from training.config.source import ConfigSource

BUILT_IN = Path(__file__).with_name("published_sets.yaml")
EXAMPLE = "my-books: {url: https://..., sha256: ...}"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")  # becomes a file's name
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_SUFFIXES = (".ndjson.gz", ".ndjson.bz2", ".ndjson")


def _check_url(url: str) -> str:
    address = urlsplit(url)
    if address.scheme not in {"http", "https"} or not address.netloc:
        raise ValueError("expected an address that starts with https://")
    return url


def _check_sha256(digits: object) -> object:
    # Before the type: a hash of digits only is a number to YAML.
    if not isinstance(digits, str) or not _SHA256.fullmatch(digits):
        raise ValueError("expected 64 hexadecimal digits, in quotes")
    return digits.lower()


class SetEntry(Section):
    """A set as the list describes it; `about` is a comment."""

    url: Annotated[str, AfterValidator(_check_url)]
    sha256: Annotated[str, BeforeValidator(_check_sha256)]
    num_bytes: int | None = Field(None, ge=1)
    about: str = ""


class PublishedSet(SetEntry):
    """A books file at an address, identified by its SHA-256."""

    name: str

    @property
    def file_name(self) -> str:
        """The file's name in the cache, with the suffix of its compression."""
        path = urlsplit(self.url).path.lower()
        return self.name + next((end for end in _SUFFIXES if path.endswith(end)), ".ndjson")


def users_list_path() -> Path:
    """Return the path of the file in which users list sets of their own."""
    from platformdirs import user_config_path

    return user_config_path("projector-export") / BUILT_IN.name


def known_sets() -> dict[str, PublishedSet]:
    """Return every set by its name; the user's own replace built-in ones of the same name.

    Raises:
        ConfigError: the user's list has an error.
        InputError: the user's list cannot be opened.
    """
    users = users_list_path()
    return read_list(BUILT_IN) | (read_list(users) if users.exists() else {})


def read_list(path: Path) -> dict[str, PublishedSet]:
    """Read a list of sets.

    Raises:
        ConfigError: a key, type or value is wrong; the message names the file, line and key.
        InputError: the file cannot be opened.
    """
    content = existing_file(path, "a list of published sets").read_bytes()
    source = ConfigSource(str(path), content, example=EXAMPLE, may_be_empty=True)
    entries = {str(name): entry for name, entry in source.values.items()}
    try:
        checked = TypeAdapter(dict[str, SetEntry]).validate_python(entries)
    except ValidationError as error:
        raise _refusal(error.errors(include_url=False)[0], source) from error
    for name in checked:
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"{source.place_of((name,))}: the name {name!r}; "
                "expected letters, digits and _ . - only"
            )
    return {name: PublishedSet(name=name, **dict(entry)) for name, entry in checked.items()}


def _refusal(details: ErrorDetails, source: ConfigSource) -> ConfigError:
    """Describe one wrong key or value."""
    keys = tuple(map(str, details["loc"]))
    key_path, place = ".".join(keys), source.place_of(keys)
    if details["type"] == "extra_forbidden":
        known = ", ".join(SetEntry.model_fields)
        return ConfigError(f"{place}: there is no key {key_path}", tip=f"a set's keys are {known}")
    if details["type"] == "missing":
        return ConfigError(f"{place}: {key_path} is missing")
    return refusal(details, source, known=())
