"""The values of an infobox, without leftover wikitext."""

from __future__ import annotations

import re
from functools import lru_cache

from training.data.markup import SEPARATOR, strip_markup

_NO_MARKUP = re.compile(r"[\w .,/\u2013-]*")

_YEAR_FIELDS = ("release_date", "pub_date", "published", "english_release_date", "english_pub_date")
_BC = re.compile(r"\b(\d{1,4})\s*(?:[-\u2013]\s*\d{1,4}\s*)?(?:BC|BCE)\b")
_AD = re.compile(r"\bAD\s*(\d{1,4})\b|\b(\d{1,3})\s*(?:AD|CE)\b")
_MODERN = re.compile(r"(?<!\d)(1\d{3}|20\d{2})(?!\d)")


def plain_text(value: str) -> str:
    """Strip leftover wikitext; separate the parts that line breaks separate by `; `."""
    return strip_markup(value.replace("\n", SEPARATOR))


@lru_cache(maxsize=100_000)  # the same values occur in many books
def _cached_text(value: str) -> str:
    """Return `plain_text`, with a shortcut for values without markup."""
    if _NO_MARKUP.fullmatch(value):
        return " ".join(value.split()).strip(" ,")
    return plain_text(value)


def field(infobox: dict[str, str], *names: str) -> str:
    """Return the first of the named fields that is not blank, as plain text, or ""."""
    values = (infobox[name] for name in names if name in infobox)
    return next((text for value in values if (text := _cached_text(value))), "")


def first_year(infobox: dict[str, str]) -> int | None:
    """Return the first year in the dates of publication; years BC are negative."""
    for name in _YEAR_FIELDS:
        text = _cached_text(infobox.get(name, ""))
        if not text:
            continue
        if match := _BC.search(text):
            return -int(match[1])
        if match := _AD.search(text):
            return int(match[1] or match[2])
        if match := _MODERN.search(text):
            return int(match[1])
    return None
