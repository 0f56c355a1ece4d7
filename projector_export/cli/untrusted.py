"""Untrusted text in the terminal: titles, names of files, cells. None of it may control it."""

from __future__ import annotations

import json
import re

_JOINERS = "\u200c\u200d"  # Persian words and some emoji need these
_NOT_ASCII = re.compile(r"[^\x00-\x7e]")


def printable(text: str) -> str:
    """Replace control characters in one line, such as escape codes and changes of direction."""
    return "".join(
        character if character.isprintable() or character in _JOINERS else "\ufffd"
        for character in text
    )


def printable_lines(text: str) -> str:
    """Apply `printable` to each line."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(value: object, *, indent: int | None = None) -> str:
    """Write JSON in which control characters are escape sequences, so that no value changes."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _NOT_ASCII.sub(lambda found: _escaped(found[0]), text)


def _escaped(character: str) -> str:
    return character if printable(character) == character else json.dumps(character)[1:-1]
