"""An article's wikitext -> a book: its infobox as plain text, its links, its addresses."""

from __future__ import annotations

from collections import Counter

from mwparserfromhell.nodes import Template

from training.data.books import Book
from training.data.link_names import link_target
from training.wikipedia.article import Article
from training.wikipedia.plain_text import picture, plain_text


def book_from(
    title: str,
    wikitext: str,
    timestamp: str,
    names: frozenset[str],
    *,
    unknown_templates: Counter[str] | None = None,
) -> Book | None:
    """Parse an article into a book; None if none of the named templates is used on its page.

    The first infobox counts. `article_length` is the number of characters of the running text.

    Args:
        title: the page's title.
        wikitext: its text.
        timestamp: when it was last edited.
        names: the infobox's names, as `plain_name` writes them.
        unknown_templates: counts the uses of templates within the infobox that are not in the
            table of what they show.

    Raises:
        mwparserfromhell.parser.ParserError: the parser gave up on the text.
    """
    article = Article(wikitext)
    infobox = article.template(names)
    if infobox is None:
        return None
    return Book(
        title=title,
        infobox=infobox_fields(infobox, unknown_templates),
        links=tuple(filter(None, map(link_target, article.wikilinks()))),
        external_links=tuple(filter(None, article.addresses())),
        last_edit=timestamp,
        article_length=article.num_characters(),
    )


def infobox_fields(
    infobox: Template, unknown_templates: Counter[str] | None = None
) -> dict[str, str]:
    """Return an infobox's filled-in fields as plain text, the last of two with one name.

    A picture is named where it is all that a field holds.
    """
    fields = {
        plain_text(field.name): plain_text(field.value, unknown=unknown_templates)
        or picture(field.value)
        for field in infobox.params
    }
    return {name: value for name, value in fields.items() if name and value}
