"""The list of published sets: those that ship with the program, and the user's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from projector_export.errors import ConfigError

BUILT_IN = Path(__file__).with_name("published_sets.yaml")
KEYS = {"url", "sha256", "num_bytes", "about"}
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")  # becomes a file's name
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_SUFFIXES = (".ndjson.gz", ".ndjson.bz2", ".ndjson")


@dataclass(frozen=True, slots=True)
class PublishedSet:
    """A books file at an address, known by its SHA-256."""

    name: str
    url: str
    sha256: str
    num_bytes: int | None = None
    about: str = ""

    @property
    def file_name(self) -> str:
        """The file's name in the cache, with the ending that tells how it is packed."""
        path = urlsplit(self.url).path.lower()
        return self.name + next((end for end in _SUFFIXES if path.endswith(end)), ".ndjson")


def users_list_path() -> Path:
    """Name the file in which users list sets of their own."""
    from platformdirs import user_config_path

    return user_config_path("projector-export") / BUILT_IN.name


def known_sets() -> dict[str, PublishedSet]:
    """Return every set by its name; the user's own replace built-in ones of the same name.

    Raises:
        ConfigError: the user's list cannot be read, or one of its keys is not what it should be.
    """
    users = users_list_path()
    return read_list(BUILT_IN) | (read_list(users) if users.exists() else {})


def read_list(path: Path) -> dict[str, PublishedSet]:
    """Read a list of sets.

    Raises:
        ConfigError: it cannot be read, or one of its keys is not what it should be.
    """
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path} should hold a mapping from names to sets")
    return {str(name): _parsed(str(name), entry, path) for name, entry in content.items()}


def _parsed(name: str, entry: Any, path: Path) -> PublishedSet:
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{path}: the name {name!r} should hold letters, digits, - and _ only")
    if not isinstance(entry, dict) or not {"url", "sha256"} <= set(entry) <= KEYS:
        raise ConfigError(
            f"{path}: {name} should have the keys url and sha256, and may have num_bytes and about"
        )
    url, sha256, num_bytes = str(entry["url"]), str(entry["sha256"]), entry.get("num_bytes")
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
        raise ConfigError(f"{path}: {name}.url should begin with https://, not {url!r}")
    if not _SHA256.fullmatch(sha256):
        raise ConfigError(f"{path}: {name}.sha256 should be 64 hexadecimal digits, in quotes")
    if num_bytes is not None and (not isinstance(num_bytes, int) or num_bytes < 1):
        raise ConfigError(f"{path}: {name}.num_bytes should be a whole number, not {num_bytes!r}")
    return PublishedSet(name, url, sha256.lower(), num_bytes, str(entry.get("about") or ""))
