"""Strip wikitext that is left in a text: notes, tags, templates, links, files, entities."""

from __future__ import annotations

import html
import re

SEPARATOR = "; "  # between the items of a list

_COMMENT = re.compile(r"<\s*!\s*--.*?(--\s*>|$)|--\s*>", re.DOTALL)
_REFERENCE = re.compile(
    r"<\s*ref\b[^>]*/\s*>|<\s*ref\b.*?(<\s*/\s*ref\s*>|$)", re.DOTALL | re.IGNORECASE
)
_LINE_BREAK = re.compile(r"<\s*/?\s*(?:br|hr|p|li|center|div)\b[^<>]*>", re.IGNORECASE)
# A superscript letter after a word marks a note, but "e" and "o" make ordinals: XVI<sup>e</sup>.
NOTE_MARK = r"\s*(?:[a-df-np-z]|\[[^\[\]]*\]|[*\u2020\u2021\u00a7]+)\s*"
_NOTE_MARK = re.compile(
    rf"<\s*sup\b[^<>]*>(?:{NOTE_MARK}|\s*)<\s*/\s*sup\s*>", re.DOTALL | re.IGNORECASE
)
# Tags by name, so that "x < y and y > z" is kept.
_TAG = re.compile(
    r"<\s*/?\s*(?:abbr|b|bdi|big|blockquote|caption|cite|code|dd|del|dfn|dl|dt|em|font|gallery|"
    r"h[1-6]|i|imagemap|includeonly|ins|kbd|mark|math|noinclude|nowiki|ol|onlyinclude|poem|pre|q|"
    r"references|rb|rp|rt|ruby|s|samp|section|small|span|strike|strong|sub|sup|table|tbody|td|"
    r"templatestyles|th|time|tr|tt|u|ul|var|wbr)\b[^<>]*>",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]]*)\]\]")
_QUOTE_MARKUP = re.compile(r"'{2,}")
_FILE = re.compile(
    r"\b(?:File|Image|Media)\s*:[^;|<>\[\]{}\n]*?\."
    r"(?:flac|gif|jpe?g|mid|mp3|og[agv]|opus|pdf|png|svg|tiff?|wav|web[mp])\b",
    re.IGNORECASE,
)
_EMPTY_PARENTHESES = re.compile(r"\(\s*[;,]?\s*\)")
_NEVER_CLOSED = re.compile(r"\{\{[^{}|]*(?:\||$)|\[\[[^\[\]|]*\|")
_BRACKETS = re.compile(r"\{{2,}|\}{2,}|\[{2,}|\]{2,}")


def strip_markup(text: str) -> str:
    """Strip all markup; what line breaks or ";" separate, remains separated by "; "."""
    text = _NOTE_MARK.sub("", _REFERENCE.sub("", _COMMENT.sub("", text)))
    text = _TAG.sub("", _LINE_BREAK.sub(SEPARATOR, text))
    while text != (text := _TEMPLATE.sub("", text)):  # nested templates, the inner ones first
        pass
    text = html.unescape(_QUOTE_MARKUP.sub("", _LINK.sub(r"\1", text)))
    # A blank replaces what is removed last, so that the text around it cannot form new markup.
    text = _BRACKETS.sub(" ", _NEVER_CLOSED.sub(" ", _FILE.sub(" ", text)))
    text = _EMPTY_PARENTHESES.sub(" ", text)  # around a removed note
    parts = (" ".join(part.split()).strip(" ,") for part in text.split(";"))
    return SEPARATOR.join(filter(None, parts))
