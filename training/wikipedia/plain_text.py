"""Roughly the text that a reader sees of wikitext; `templates.py` lists what templates show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from mwparserfromhell import nodes
from mwparserfromhell.wikicode import Wikicode

from training.data.markup import NOTE_MARK, SEPARATOR, strip_markup
from training.wikipedia.template_values import fill, positional
from training.wikipedia.templates import NOTHING, PARSER_FUNCTIONS, find_rendering

Unknown = Counter[str] | None  # counts the uses of templates that are not in the table

_BREAKING_TAGS = frozenset({"br", "li", "dt", "dd", "hr"})
_BLOCK_TAGS = frozenset({"center", "div", "p", "blockquote"})
DROPPED_TAGS = frozenset({"ref", "references", "gallery", "math", "timeline", "score"})
_NOT_SHOWN = re.compile(r"\s*(?:file|image|category)\s*:", re.IGNORECASE)
_PICTURE = re.compile(r"(?:file|image)\s*:.*\.(?:jpe?g|png|gif|svg|tiff?|webp)", re.IGNORECASE)
_NOTE_MARK = re.compile(NOTE_MARK, re.IGNORECASE)
_BLANKS_OR_UNDERSCORES = re.compile(r"[\s_]+")


def extract_text(code: Wikicode, *, unknown: Unknown = None) -> str:
    """Strip markup, references and comments; separate list items by "; ".

    Args:
        code: a field's name or value.
        unknown: counts each use of a template that is not in the table, by name.
    """
    return strip_markup(render_text(code, unknown))


def find_picture(code: Wikicode) -> str:
    """Return the first picture that is linked, as `File:Cover.jpg`; "" if there is none."""
    names = (render_text(node.title).strip() for node in code.nodes if type(node) is nodes.Wikilink)
    return next((name for name in names if _PICTURE.fullmatch(name)), "")


def render_text(code: Wikicode | None, unknown: Unknown = None) -> str:
    """Strip markup, and leave blanks and line breaks as they are."""
    return "" if code is None else "".join(_render_node(node, unknown) for node in code.nodes)


def normalize_name(name: str) -> str:
    """Normalize a template's name: `Template:Infobox_Book ` becomes "infobox book"."""
    plain = _BLANKS_OR_UNDERSCORES.sub(" ", name).strip().lower()
    return plain.removeprefix("template:").strip()


def _render_node(node: Any, unknown: Unknown) -> str:
    render = _RENDERERS.get(type(node))
    return render(node, unknown) if render else ""  # a comment, or an argument of a template


def _render_wikilink(link: nodes.Wikilink, unknown: Unknown) -> str:
    title = render_text(link.title)
    if _NOT_SHOWN.match(title):
        return ""
    return render_text(link.text, unknown) if link.text else title.lstrip(":")


def _render_external_link(link: nodes.ExternalLink, unknown: Unknown) -> str:
    if link.brackets:
        return render_text(link.title, unknown)  # without a title a reader sees a number
    return str(link.url)


def _render_tag(tag: nodes.Tag, unknown: Unknown) -> str:
    name = str(tag.tag).strip().lower()
    if name in DROPPED_TAGS:
        return ""
    text = render_text(tag.contents, unknown)
    if name == "sup" and _NOTE_MARK.fullmatch(text):
        return ""
    if name in _BLOCK_TAGS:
        return SEPARATOR + text + SEPARATOR
    return (SEPARATOR if name in _BREAKING_TAGS else "") + text


def _render_template(template: nodes.Template, unknown: Unknown) -> str:
    raw_name = render_text(template.name)
    function, colon, text = raw_name.partition(":")
    if colon and function.strip().lower() in PARSER_FUNCTIONS:
        return text
    name = normalize_name(raw_name)
    rendering = find_rendering(name)
    if rendering == NOTHING:
        return ""
    arguments = _render_arguments(template, unknown)
    if rendering is None:
        return _render_unknown(name, arguments, unknown)
    return fill(rendering, arguments) if isinstance(rendering, str) else rendering(arguments)


def _render_arguments(template: nodes.Template, unknown: Unknown) -> dict[str, str]:
    """Return the text of each argument by name; if a name is repeated, the last one counts."""
    named = (
        (str(param.name).strip(), render_text(param.value, unknown)) for param in template.params
    )
    return {name: text.strip() for name, text in named}


def _render_unknown(name: str, arguments: dict[str, str], unknown: Unknown) -> str:
    """Return the argument of an unknown template if it has a single unnamed one, else "".

    A template with one argument usually formats it; with several, any of them can be a language, a
    date or a key, and no value is better than a wrong one.
    """
    if unknown is not None:
        unknown[name] += 1
    texts = list(filter(None, positional(arguments)))
    return texts[0] if len(texts) == 1 else ""


_RENDERERS: dict[type, Callable[[Any, Unknown], str]] = {
    nodes.Text: lambda node, _: str(node.value),
    nodes.HTMLEntity: lambda node, _: str(node.normalize()),
    nodes.Heading: lambda node, unknown: render_text(node.title, unknown),
    nodes.Wikilink: _render_wikilink,
    nodes.ExternalLink: _render_external_link,
    nodes.Tag: _render_tag,
    nodes.Template: _render_template,
}
