"""An article's wikitext -> a book: its infobox as plain text, its links, its addresses."""

from __future__ import annotations

from collections import Counter

from mwparserfromhell.nodes import Template

from training.data.books import Book
from training.data.link_names import link_target
from training.wikipedia.article import Article
from training.wikipedia.plain_text import extract_text, find_picture


def parse_book(
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
        names: the infobox's names, normalized by `normalize_name`.
        unknown_templates: counts the uses, inside the infobox, of templates that are not in the
            table of what templates show.

    Raises:
        mwparserfromhell.parser.ParserError: the text cannot be parsed.
    """
    article = Article(wikitext)
    infobox = article.find_template(names)
    if infobox is None:
        return None
    return Book(
        title=title,
        infobox=extract_fields(infobox, unknown_templates),
        links=tuple(filter(None, map(link_target, article.iter_link_targets()))),
        external_links=tuple(filter(None, article.iter_addresses())),
        last_edit=timestamp,
        article_length=article.count_characters(),
    )


def extract_fields(
    infobox: Template, unknown_templates: Counter[str] | None = None
) -> dict[str, str]:
    """Return an infobox's filled-in fields as plain text; if a name is repeated, the last counts.

    A field that contains nothing but a picture has the picture's name as its value.
    """
    fields = {
        extract_text(field.name): extract_text(field.value, unknown=unknown_templates)
        or find_picture(field.value)
        for field in infobox.params
    }
    return {name: value for name, value in fields.items() if name and value}
