"""An article as the parser's tokens: only what a book needs is built into a tree.

Splitting wikitext into tokens takes a few milliseconds per article; building a tree from them takes
ten times as long, and most of the tree would be notes and tables that nothing here uses.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from mwparserfromhell import parser
from mwparserfromhell.nodes import Template
from mwparserfromhell.parser import tokens as kinds
from mwparserfromhell.parser.builder import Builder
from mwparserfromhell.wikicode import Wikicode

from training.wikipedia.plain_text import DROPPED_TAGS, normalize_name, render_text

_OPENERS = (
    kinds.TemplateOpen,
    kinds.ArgumentOpen,
    kinds.WikilinkOpen,
    kinds.ExternalLinkOpen,
    kinds.CommentStart,
    kinds.HTMLEntityStart,
    kinds.TagOpenOpen,
)
_CLOSERS = (
    kinds.TemplateClose,
    kinds.ArgumentClose,
    kinds.WikilinkClose,
    kinds.ExternalLinkClose,
    kinds.CommentEnd,
    kinds.HTMLEntityEnd,
    kinds.TagCloseClose,
    kinds.TagCloseSelfclose,
)
_SEPARATORS = (
    kinds.TemplateParamSeparator,
    kinds.WikilinkSeparator,
    kinds.ExternalLinkSeparator,
)
_HIDDEN = (kinds.TemplateOpen, kinds.ArgumentOpen, kinds.CommentStart)
# Links into these namespaces appear elsewhere on the page, or not at all.
_HIDDEN_LINKS = ("file:", "image:", "category:")


class Article:
    """The tokens of an article's wikitext.

    Raises:
        mwparserfromhell.parser.ParserError: the text cannot be parsed.
    """

    def __init__(self, wikitext: str) -> None:
        self._tokens: list[Any] = _new_tokenizer().tokenize(wikitext)
        self._ends = dict(_match_brackets(self._tokens))

    def find_template(self, names: frozenset[str]) -> Template | None:
        """Return the first template with one of the names; an outer one precedes those inside."""
        for start in self._find(kinds.TemplateOpen):
            if normalize_name(self._render_head(start)) in names:
                template: Template = self._build(start, self._ends[start] + 1).nodes[0]
                return template
        return None

    def iter_link_targets(self) -> Iterator[str]:
        """Yield the target of each wikilink, as it is written."""
        return map(self._render_head, self._find(kinds.WikilinkOpen))

    def iter_addresses(self) -> Iterator[str]:
        """Yield the address of each external link."""
        for start in self._find(kinds.ExternalLinkOpen):
            yield str(self._build(start + 1, self._find_head_end(start))).strip()

    def count_characters(self) -> int:
        """Count the characters of the running text, without templates, notes and markup."""
        return len(" ".join("".join(self._iter_visible_texts()).split()))

    def _find(self, kind: type) -> Iterator[int]:
        return (index for index, token in enumerate(self._tokens) if type(token) is kind)

    def _find_head_end(self, start: int) -> int:
        """Find the end of the first part of a link or template: its target or its name."""
        index = start + 1
        while index < self._ends[start] and not isinstance(self._tokens[index], _SEPARATORS):
            index = self._ends.get(index, index) + 1
        return index

    def _render_head(self, start: int) -> str:
        end = self._find_head_end(start)
        if end == start + 2 and type(self._tokens[start + 1]) is kinds.Text:
            return str(self._tokens[start + 1].text)  # the most frequent case
        return render_text(self._build(start + 1, end))

    def _build(self, start: int, end: int) -> Wikicode:
        return Builder().build(self._tokens[start:end])

    def _iter_visible_texts(self) -> Iterator[str]:
        index = 0
        while index < len(self._tokens):
            token = self._tokens[index]
            if type(token) is kinds.Text:
                yield str(token.text)
            elif type(token) is kinds.HTMLEntityStart:
                yield self._unescape_entity(index)
            index = self._skip_hidden(index, token)

    def _skip_hidden(self, index: int, token: Any) -> int:
        """Return the index of the next token to look at, past what no reader sees."""
        if isinstance(token, (*_HIDDEN, kinds.HTMLEntityStart)):
            return self._ends[index] + 1
        if type(token) is kinds.TagOpenOpen:
            return self._enter_tag(index)
        if type(token) is kinds.TagOpenClose:
            return index + 2  # past the name in a closing tag
        if isinstance(token, (kinds.WikilinkOpen, kinds.ExternalLinkOpen)):
            return self._enter_link(index)
        return index + 1

    def _enter_link(self, start: int) -> int:
        head_end = self._find_head_end(start)
        has_text = head_end < self._ends[start]
        if type(self._tokens[start]) is kinds.WikilinkOpen:
            if self._render_head(start).strip().lower().startswith(_HIDDEN_LINKS):
                return self._ends[start] + 1
        elif self._tokens[start].brackets and not has_text:
            return self._ends[start] + 1  # a reader sees a number
        return head_end + 1 if has_text else start + 1

    def _enter_tag(self, start: int) -> int:
        name = str(getattr(self._tokens[start + 1], "text", "")).strip().lower()
        if name in DROPPED_TAGS:
            return self._ends[start] + 1
        index = start + 1
        while not isinstance(self._tokens[index], (kinds.TagCloseOpen, kinds.TagCloseSelfclose)):
            index = self._ends.get(index, index) + 1
        return index + 1

    def _unescape_entity(self, start: int) -> str:
        return html.unescape(str(self._build(start, self._ends[start] + 1)))


def _new_tokenizer() -> Any:
    if parser.use_c and parser.CTokenizer:
        return parser.CTokenizer()
    from mwparserfromhell.parser.tokenizer import Tokenizer

    return Tokenizer()


def _match_brackets(tokens: list[Any]) -> Iterator[tuple[int, int]]:
    """Match the tokens that open something with those that close it."""
    open_indices: list[int] = []
    for index, token in enumerate(tokens):
        if isinstance(token, _OPENERS):
            open_indices.append(index)
        elif isinstance(token, _CLOSERS):
            yield open_indices.pop(), index
