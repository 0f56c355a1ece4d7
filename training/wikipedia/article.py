"""An article as the parser's tokens: only what a book needs is built into a tree.

Telling wikitext's tokens apart takes a few milliseconds an article; building the tree of them takes
ten times as long, and most of it would be notes and tables that nobody asks for.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from mwparserfromhell import parser
from mwparserfromhell.nodes import Template
from mwparserfromhell.parser import tokens as token
from mwparserfromhell.parser.builder import Builder
from mwparserfromhell.wikicode import Wikicode

from training.wikipedia.plain_text import DROPPED_TAGS, inner_text, plain_name

_OPENERS = (
    token.TemplateOpen,
    token.ArgumentOpen,
    token.WikilinkOpen,
    token.ExternalLinkOpen,
    token.CommentStart,
    token.HTMLEntityStart,
    token.TagOpenOpen,
)
_CLOSERS = (
    token.TemplateClose,
    token.ArgumentClose,
    token.WikilinkClose,
    token.ExternalLinkClose,
    token.CommentEnd,
    token.HTMLEntityEnd,
    token.TagCloseClose,
    token.TagCloseSelfclose,
)
_SEPARATORS = (
    token.TemplateParamSeparator,
    token.WikilinkSeparator,
    token.ExternalLinkSeparator,
)
_NEVER_SHOWN = (token.TemplateOpen, token.ArgumentOpen, token.CommentStart)
# Links into these are drawn elsewhere on the page, or not at all.
_UNSHOWN_LINKS = ("file:", "image:", "category:")


class Article:
    """The tokens of an article's wikitext.

    Raises:
        mwparserfromhell.parser.ParserError: the parser gave up on the text.
    """

    def __init__(self, wikitext: str) -> None:
        self._tokens: list[Any] = _new_tokenizer().tokenize(wikitext)
        self._ends = dict(_pairs(self._tokens))

    def template(self, names: frozenset[str]) -> Template | None:
        """Return the first template with one of the names; an outer one is before those in it."""
        for start in self._starts(token.TemplateOpen):
            if plain_name(self._head_text(start)) in names:
                found: Template = self._built(start, self._ends[start] + 1).nodes[0]
                return found
        return None

    def wikilinks(self) -> Iterator[str]:
        """Give the target of each wikilink, as it is written."""
        return map(self._head_text, self._starts(token.WikilinkOpen))

    def addresses(self) -> Iterator[str]:
        """Give the address of each external link."""
        for start in self._starts(token.ExternalLinkOpen):
            yield str(self._built(start + 1, self._head_end(start))).strip()

    def num_characters(self) -> int:
        """Count the characters of the running text, without templates, notes and markup."""
        return len(" ".join("".join(self._shown_texts()).split()))

    def _starts(self, kind: type) -> Iterator[int]:
        return (index for index, one in enumerate(self._tokens) if type(one) is kind)

    def _head_end(self, start: int) -> int:
        """Find where the first part of a link or a template ends: its target or its name."""
        index = start + 1
        while index < self._ends[start] and not isinstance(self._tokens[index], _SEPARATORS):
            index = self._ends.get(index, index) + 1
        return index

    def _head_text(self, start: int) -> str:
        end = self._head_end(start)
        if end == start + 2 and type(self._tokens[start + 1]) is token.Text:
            return str(self._tokens[start + 1].text)  # as most are
        return inner_text(self._built(start + 1, end))

    def _built(self, start: int, end: int) -> Wikicode:
        return Builder().build(self._tokens[start:end])

    def _shown_texts(self) -> Iterator[str]:
        index = 0
        while index < len(self._tokens):
            one = self._tokens[index]
            if type(one) is token.Text:
                yield str(one.text)
            elif type(one) is token.HTMLEntityStart:
                yield self._entity(index)
            index = self._next_shown(index, one)

    def _next_shown(self, index: int, one: Any) -> int:
        """Skip what no reader sees: the index of the next token to look at."""
        if isinstance(one, (*_NEVER_SHOWN, token.HTMLEntityStart)):
            return self._ends[index] + 1
        if type(one) is token.TagOpenOpen:
            return self._inside_tag(index)
        if type(one) is token.TagOpenClose:
            return index + 2  # the name of a tag that ends
        if isinstance(one, (token.WikilinkOpen, token.ExternalLinkOpen)):
            return self._shown_part_of_link(index)
        return index + 1

    def _shown_part_of_link(self, start: int) -> int:
        head_end = self._head_end(start)
        has_text = head_end < self._ends[start]
        if type(self._tokens[start]) is token.WikilinkOpen:
            if self._head_text(start).strip().lower().startswith(_UNSHOWN_LINKS):
                return self._ends[start] + 1
        elif self._tokens[start].brackets and not has_text:
            return self._ends[start] + 1  # a reader sees a number
        return head_end + 1 if has_text else start + 1

    def _inside_tag(self, start: int) -> int:
        name = str(getattr(self._tokens[start + 1], "text", "")).strip().lower()
        if name in DROPPED_TAGS:
            return self._ends[start] + 1
        index = start + 1
        while not isinstance(self._tokens[index], (token.TagCloseOpen, token.TagCloseSelfclose)):
            index = self._ends.get(index, index) + 1
        return index + 1

    def _entity(self, start: int) -> str:
        inside = self._built(start, self._ends[start] + 1)
        return html.unescape(str(inside))


def _new_tokenizer() -> Any:
    if parser.use_c and parser.CTokenizer:
        return parser.CTokenizer()
    from mwparserfromhell.parser.tokenizer import Tokenizer

    return Tokenizer()


def _pairs(tokens: list[Any]) -> Iterator[tuple[int, int]]:
    """Match the tokens that open something with those that close it."""
    open_ones: list[int] = []
    for index, one in enumerate(tokens):
        if isinstance(one, _OPENERS):
            open_ones.append(index)
        elif isinstance(one, _CLOSERS):
            yield open_ones.pop(), index
