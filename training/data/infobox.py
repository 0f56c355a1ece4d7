"""What an infobox says, without what wikitext left behind."""

from __future__ import annotations

import html
import re

_COMMENT = re.compile(r"<\s*!\s*--.*?(--\s*>|$)|--\s*>", re.DOTALL)
_REFERENCE = re.compile(
    r"<\s*ref\b[^>]*/\s*>|<\s*ref\b.*?(<\s*/\s*ref\s*>|$)", re.DOTALL | re.IGNORECASE
)
_LINE_BREAK = re.compile(r"<\s*/?\s*br\s*/?\s*>|\n", re.IGNORECASE)
_TAG = re.compile(r"<\s*/?\s*[a-z][^<>]*>", re.IGNORECASE)
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]]*)\]\]")
_QUOTE_MARKUP = re.compile(r"'{2,}")
_SEPARATORS = re.compile(r"\s*;[\s;]*")

_YEAR_FIELDS = ("release_date", "pub_date", "published", "english_release_date", "english_pub_date")
_BC = re.compile(r"\b(\d{1,4})\s*(?:[-\u2013]\s*\d{1,4}\s*)?(?:BC|BCE)\b")
_AD = re.compile(r"\bAD\s*(\d{1,4})\b|\b(\d{1,3})\s*(?:AD|CE)\b")
_MODERN = re.compile(r"(?<!\d)(1\d{3}|20\d{2})(?!\d)")


def plain_text(value: str) -> str:
    """Strip comments, references, tags and markup; parts that a line break kept apart get `; `."""
    text = _REFERENCE.sub("", _COMMENT.sub("", value))
    text = _TAG.sub("", _LINE_BREAK.sub("; ", text))
    while text != (text := _TEMPLATE.sub("", text)):  # templates in templates, from the inside
        pass
    text = _QUOTE_MARKUP.sub("", _LINK.sub(r"\1", text))
    text = " ".join(html.unescape(text).split())
    return _SEPARATORS.sub("; ", text).strip("; ,")


def field(infobox: dict[str, str], *names: str) -> str:
    """Return the first of the named fields that says anything, as plain text, else ""."""
    return next((text for name in names if (text := plain_text(infobox.get(name, "")))), "")


def first_year(infobox: dict[str, str]) -> int | None:
    """Return the first year that the dates of publication name; years BC are negative."""
    for name in _YEAR_FIELDS:
        text = plain_text(infobox.get(name, ""))
        if match := _BC.search(text):
            return -int(match[1])
        if match := _AD.search(text):
            return int(match[1] or match[2])
        if match := _MODERN.search(text):
            return int(match[1])
    return None
