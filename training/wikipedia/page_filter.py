"""Which pages can hold a template, told from their raw bytes, at a fraction of unpacking's cost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from training.wikipedia.plain_text import plain_name

_ASCII_WORD = re.compile(r"[a-z]{3,}")


class PageFilter:
    """Lets through every page that uses one of the named templates, and few others.

    The name may be written in any case, with blanks, underscores or line ends between its words.
    """

    def __init__(self, names: Iterable[str]) -> None:
        plain_names = _without_longer_ones(set(map(plain_name, names)))
        # A plain search for a word is several times faster than a pattern, which then sees only
        # the pages that hold one; and a pattern for each name is faster than one for all.
        self._patterns = [
            (_longest_word(name).encode(), re.compile(_raw_pattern(name).encode()))
            for name in plain_names
        ]

    def lets_through(self, page: bytes) -> bool:
        """Tell whether a page, as the dump's own bytes, can hold one of the templates."""
        lower = page.lower()  # only ASCII letters, as bytes
        return any(word in lower and pattern.search(lower) for word, pattern in self._patterns)


def _without_longer_ones(names: set[str]) -> list[str]:
    """Leave out names that hold another: the pattern of that one finds them too."""
    return sorted(name for name in names if not any(other in name for other in names - {name}))


def _longest_word(name: str) -> str:
    return max(_ASCII_WORD.findall(name), key=len, default="")


def _raw_pattern(plain: str) -> str:
    return r"[\s_]+".join("".join(map(_raw_character, word)) for word in plain.split())


def _raw_character(character: str) -> str:
    forms = {character, character.lower(), character.upper()}
    if character.isascii():
        # XML escapes some; whether quotes are among them differs from one version to the other.
        forms = {character, html.escape(character)}
    written = "|".join(map(re.escape, sorted(forms)))
    return f"(?:{written})" if len(forms) > 1 else written
