"""About what a reader sees of a piece of wikitext; `templates.py` says what templates show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from mwparserfromhell import nodes
from mwparserfromhell.wikicode import Wikicode

from training.data.markup import NOTE_MARK, SEPARATOR, strip_markup
from training.wikipedia.template_values import fill, positional
from training.wikipedia.templates import NOTHING, PARSER_FUNCTIONS, what_it_shows

Unknown = Counter[str] | None  # uses of templates that are not in the table, if anyone counts

_BREAKING_TAGS = frozenset({"br", "li", "dt", "dd", "hr"})
_BLOCK_TAGS = frozenset({"center", "div", "p", "blockquote"})
DROPPED_TAGS = frozenset({"ref", "references", "gallery", "math", "timeline", "score"})
_NOT_SHOWN = re.compile(r"\s*(?:file|image|category)\s*:", re.IGNORECASE)
_PICTURE = re.compile(r"(?:file|image)\s*:.*\.(?:jpe?g|png|gif|svg|tiff?|webp)", re.IGNORECASE)
_NOTE_MARK = re.compile(NOTE_MARK, re.IGNORECASE)
_BLANKS_OR_UNDERSCORES = re.compile(r"[\s_]+")


def plain_text(code: Wikicode, *, unknown: Unknown = None) -> str:
    """Strip markup, references and comments; items of a list are kept apart by "; ".

    Args:
        code: a field's name or value.
        unknown: takes the name of each template that is not in the table, as often as it is used.
    """
    return strip_markup(inner_text(code, unknown))


def picture(code: Wikicode) -> str:
    """Return the first picture that is linked, as `File:Cover.jpg`; "" if there is none."""
    names = (inner_text(node.title).strip() for node in code.nodes if type(node) is nodes.Wikilink)
    return next((name for name in names if _PICTURE.fullmatch(name)), "")


def inner_text(code: Wikicode | None, unknown: Unknown = None) -> str:
    """Strip markup, and leave blanks and line ends as they are."""
    return "" if code is None else "".join(_node_text(node, unknown) for node in code.nodes)


def plain_name(name: str) -> str:
    """Write a template's name in one way: `Template:Infobox_Book ` is "infobox book"."""
    plain = _BLANKS_OR_UNDERSCORES.sub(" ", name).strip().lower()
    return plain.removeprefix("template:").strip()


def _node_text(node: Any, unknown: Unknown) -> str:
    text_of = _TEXT_OF_NODE.get(type(node))
    return text_of(node, unknown) if text_of else ""  # a comment, or an argument of a template


def _wikilink_text(link: nodes.Wikilink, unknown: Unknown) -> str:
    title = inner_text(link.title)
    if _NOT_SHOWN.match(title):
        return ""
    return inner_text(link.text, unknown) if link.text else title.lstrip(":")


def _external_link_text(link: nodes.ExternalLink, unknown: Unknown) -> str:
    if link.brackets:
        return inner_text(link.title, unknown)  # without a title a reader sees a number
    return str(link.url)


def _tag_text(tag: nodes.Tag, unknown: Unknown) -> str:
    name = str(tag.tag).strip().lower()
    if name in DROPPED_TAGS:
        return ""
    text = inner_text(tag.contents, unknown)
    if name == "sup" and _NOTE_MARK.fullmatch(text):
        return ""
    if name in _BLOCK_TAGS:
        return SEPARATOR + text + SEPARATOR
    return (SEPARATOR if name in _BREAKING_TAGS else "") + text


def _template_text(template: nodes.Template, unknown: Unknown) -> str:
    written = inner_text(template.name)
    function, colon, text = written.partition(":")
    if colon and function.strip().lower() in PARSER_FUNCTIONS:
        return text
    name = plain_name(written)
    shows = what_it_shows(name)
    if shows == NOTHING:
        return ""
    arguments = _arguments(template, unknown)
    if shows is None:
        return _only_argument(name, arguments, unknown)
    return fill(shows, arguments) if isinstance(shows, str) else shows(arguments)


def _arguments(template: nodes.Template, unknown: Unknown) -> dict[str, str]:
    """Give the text of each argument by its name; of those with one name, the last counts."""
    named = ((str(one.name).strip(), inner_text(one.value, unknown)) for one in template.params)
    return {name: text.strip() for name, text in named}


def _only_argument(name: str, arguments: dict[str, str], unknown: Unknown) -> str:
    """Show the argument of an unknown template if it has a single unnamed one, else nothing.

    With one it is most often a matter of format; of several any can be a language, a date or a key,
    and no value is better than a wrong one.
    """
    if unknown is not None:
        unknown[name] += 1
    texts = list(filter(None, positional(arguments)))
    return texts[0] if len(texts) == 1 else ""


_TEXT_OF_NODE: dict[type, Callable[[Any, Unknown], str]] = {
    nodes.Text: lambda node, _: str(node.value),
    nodes.HTMLEntity: lambda node, _: str(node.normalize()),
    nodes.Heading: lambda node, unknown: inner_text(node.title, unknown),
    nodes.Wikilink: _wikilink_text,
    nodes.ExternalLink: _external_link_text,
    nodes.Tag: _tag_text,
    nodes.Template: _template_text,
}
