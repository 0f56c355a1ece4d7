"""An article's wikitext -> a book: its infobox as plain text, its links, its addresses."""

from __future__ import annotations

from collections.abc import Iterator

import mwparserfromhell
from mwparserfromhell.nodes import Template
from mwparserfromhell.wikicode import Wikicode

from training.books import Book
from training.link_names import link_target
from training.wikipedia.plain_text import inner_text, plain_name, plain_text


def book_from(title: str, wikitext: str, timestamp: str, names: frozenset[str]) -> Book | None:
    """Parse an article into a book; None if none of the named templates is used on its page.

    The first infobox counts. `article_length` is the number of characters that the parser leaves
    when it strips markup, as in the published sets.

    Args:
        title: the page's title.
        wikitext: its text.
        timestamp: when it was last edited.
        names: the infobox's names, as `plain_name` writes them.

    Raises:
        mwparserfromhell.parser.ParserError: the parser gave up on the text.
    """
    article = mwparserfromhell.parse(wikitext)
    infobox = next(_named_templates(article, names), None)
    if infobox is None:
        return None
    return Book(
        title=title,
        infobox=infobox_fields(infobox),
        links=tuple(filter(None, _link_targets(article))),
        external_links=tuple(filter(None, _addresses(article))),
        last_edit=timestamp,
        article_length=len(article.strip_code().strip()),
    )


def infobox_fields(infobox: Template) -> dict[str, str]:
    """Return an infobox's filled-in fields as plain text, the last of two with one name."""
    fields = {plain_text(field.name): plain_text(field.value) for field in infobox.params}
    return {name: value for name, value in fields.items() if name and value}


def _named_templates(article: Wikicode, names: frozenset[str]) -> Iterator[Template]:
    """Give templates in the order of the text, an outer one before those within it."""
    for template in article.ifilter_templates(recursive=True):
        if plain_name(inner_text(template.name)) in names:
            yield template


def _link_targets(article: Wikicode) -> Iterator[str]:
    for link in article.ifilter_wikilinks():
        yield link_target(inner_text(link.title))


def _addresses(article: Wikicode) -> Iterator[str]:
    for link in article.ifilter_external_links():
        yield str(link.url).strip()
