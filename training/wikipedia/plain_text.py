"""About what a reader sees of a piece of wikitext, without knowing what its templates are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mwparserfromhell import nodes
from mwparserfromhell.wikicode import Wikicode

SEPARATOR = "; "  # between the items of a list

# Templates that show a list: their arguments are its items.
LIST_TEMPLATES = frozenset(
    {"hlist", "flatlist", "plainlist", "plain list", "ubl", "ublist", "unbulleted list", "blist",
     "bulleted list", "cslist", "comma separated entries", "flat list", "collapsible list"}
)  # fmt: skip
DATE_TEMPLATES = frozenset(
    {"start date", "end date", "release date", "film date", "dts", "birth date", "death date",
     "birth date and age", "death date and age", "start date and age", "book date"}
)  # fmt: skip
# Templates that stand for a note on the value, or for nothing that can be read.
NOTE_TEMPLATES = re.compile(
    r"cite\b.*|citation.*|full citation.*|sfn.*|harv.*|efn.*|refn?\b.*|rp?|#tag:ref.*|cn|fact"
    r"|dead link.*|webarchive|clarify|when|who|which|update.*|better source.*|page needed|note.*"
    r"|small note|end ?plain ?list|end ?flat ?list|anchor|flag ?icon.*|spaces|italic title"
)
SYMBOL_TEMPLATES = {
    **dict.fromkeys(("nbsp", "space"), " "),
    **dict.fromkeys(("\u00b7", "bull", "dot", "\u2022", "-", "break"), SEPARATOR),
    **dict.fromkeys(("c.", "circa", "ca"), "c. "),
    **dict.fromkeys(("spaced ndash", "snd"), " \u2013 "),
    **dict.fromkeys(("ndash", "dash"), "\u2013"),
    "mdash": "\u2014", "!": "|", "=": "=", "'": "'", "'s": "'s", "\\": " / ", "amp": "&",
}  # fmt: skip
_LANGUAGE_TEMPLATE = re.compile(r"lang-[a-z-]+|native name|nihongo")
_BREAKING_TAGS = frozenset({"br", "li", "dt", "dd"})
DROPPED_TAGS = frozenset({"ref", "references", "gallery", "math", "timeline", "score"})
_FILE_PREFIX = re.compile(r"\s*(file|image)\s*:", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*(?:;\s*)+")
_EMPTY_PARENTHESES = re.compile(r"\(\s*[;,]?\s*\)")
_BLANKS_OR_UNDERSCORES = re.compile(r"[\s_]+")


def plain_text(code: Wikicode) -> str:
    """Strip markup, references and comments; items of a list are kept apart by "; "."""
    text = _EMPTY_PARENTHESES.sub("", inner_text(code))
    parts = (" ".join(part.split()).strip(" ,") for part in _SEPARATORS.split(text))
    return SEPARATOR.join(filter(None, parts))


def inner_text(code: Wikicode | None) -> str:
    """Strip markup, and leave blanks and line ends as they are."""
    return "" if code is None else "".join(map(_node_text, code.nodes))


def plain_name(name: str) -> str:
    """Write a template's name in one way: `Template:Infobox_Book ` is "infobox book"."""
    plain = _BLANKS_OR_UNDERSCORES.sub(" ", name).strip().lower()
    return plain.removeprefix("template:").strip()


def _node_text(node: Any) -> str:
    text_of = _TEXT_OF_NODE.get(type(node))
    return text_of(node) if text_of else ""  # a comment, or an argument of a template's own text


def _wikilink_text(link: nodes.Wikilink) -> str:
    title = inner_text(link.title)
    if _FILE_PREFIX.match(title):
        return title.strip()
    return inner_text(link.text) if link.text else title.lstrip(":")


def _external_link_text(link: nodes.ExternalLink) -> str:
    if link.brackets:
        return inner_text(link.title)  # without a title a reader sees a number
    return str(link.url)


def _tag_text(tag: nodes.Tag) -> str:
    name = str(tag.tag).strip().lower()
    if name in DROPPED_TAGS:
        return ""
    return (SEPARATOR if name in _BREAKING_TAGS else "") + inner_text(tag.contents)


def _template_text(template: nodes.Template) -> str:
    name = plain_name(inner_text(template.name))
    arguments = [inner_text(one.value) for one in template.params if _is_positional(one)]
    if NOTE_TEMPLATES.fullmatch(name):
        return ""
    if name in SYMBOL_TEMPLATES:
        return SYMBOL_TEMPLATES[name] + "".join(arguments[:1])
    if name in LIST_TEMPLATES:
        return SEPARATOR + SEPARATOR.join(arguments) + SEPARATOR
    if name in DATE_TEMPLATES:
        return _date(arguments)
    return _shown_argument(name, [text for text in arguments if text.strip()])


def _shown_argument(name: str, arguments: list[str]) -> str:
    """Choose the argument that a template shows: mostly the last, as in `{{lang|fr|Candide}}`."""
    if _LANGUAGE_TEMPLATE.fullmatch(name):
        return "".join(arguments[:1])
    return "".join(arguments[-1:])


def _is_positional(argument: Any) -> bool:
    return not argument.showkey or str(argument.name).strip().isdecimal()


def _date(arguments: list[str]) -> str:
    """Join a year, a month and a day, as `{{Start date|1995|5|1}}` gives them, to 1995-05-01."""
    numbers = []
    for argument in arguments[:3]:
        if not argument.strip().isdecimal():
            break
        numbers.append(argument.strip().zfill(2))
    return "-".join(numbers) or "".join(arguments[:1])


_TEXT_OF_NODE: dict[type, Callable[[Any], str]] = {
    nodes.Text: lambda node: str(node.value),
    nodes.HTMLEntity: lambda node: str(node.normalize()),
    nodes.Heading: lambda node: inner_text(node.title),
    nodes.Wikilink: _wikilink_text,
    nodes.ExternalLink: _external_link_text,
    nodes.Tag: _tag_text,
    nodes.Template: _template_text,
}
