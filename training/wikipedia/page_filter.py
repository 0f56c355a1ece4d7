"""Which pages may use a template, decided from raw bytes at a fraction of decompression's cost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from training.wikipedia.plain_text import normalize_name

_ASCII_WORD = re.compile(r"[a-z]{3,}")


class PageFilter:
    """Accepts every page that uses one of the named templates, and few others.

    The name may be in any case, with blanks, underscores or line breaks between its words.
    """

    def __init__(self, names: Iterable[str]) -> None:
        normalized = _drop_longer_names(set(map(normalize_name, names)))
        # Searching for a word is several times faster than for a pattern, which then sees only the
        # pages that contain the word; and a pattern for each name is faster than one for all.
        self._patterns = [
            (_find_longest_word(name).encode(), re.compile(_build_pattern(name).encode()))
            for name in normalized
        ]

    def accepts(self, page: bytes) -> bool:
        """Return whether a page, as the dump's own bytes, may use one of the templates."""
        lower = page.lower()  # only ASCII letters, as bytes
        return any(word in lower and pattern.search(lower) for word, pattern in self._patterns)


def _drop_longer_names(names: set[str]) -> list[str]:
    """Drop names that contain another one: the pattern of the shorter name finds them too."""
    return sorted(name for name in names if not any(other in name for other in names - {name}))


def _find_longest_word(name: str) -> str:
    return max(_ASCII_WORD.findall(name), key=len, default="")


def _build_pattern(name: str) -> str:
    return r"[\s_]+".join("".join(map(_escape_character, word)) for word in name.split())


def _escape_character(character: str) -> str:
    forms = {character, character.lower(), character.upper()}
    if character.isascii():
        # XML escapes some characters; whether quotes are among them depends on the version.
        forms = {character, html.escape(character)}
    alternatives = "|".join(map(re.escape, sorted(forms)))
    return f"(?:{alternatives})" if len(forms) > 1 else alternatives
