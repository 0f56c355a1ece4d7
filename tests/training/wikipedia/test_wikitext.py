from __future__ import annotations

import mwparserfromhell
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.data.books import Book
from training.wikipedia.article import Article
from training.wikipedia.plain_text import extract_text, normalize_name, render_text
from training.wikipedia.wikitext import parse_book

NAMES = frozenset({"infobox book", "infobox novel"})


def parse(wikitext: str) -> Book:
    book = parse_book("Title", wikitext, "2026-01-01T00:00:00Z", NAMES)
    assert book is not None
    return book


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("''War &amp; Peace''", "War & Peace"),
        ("Harper &amp; Brothers &ndash; London", "Harper & Brothers \u2013 London"),
        ("[[Leo Tolstoy]]", "Leo Tolstoy"),
        ("[[Leo Tolstoy|Tolstoy]] and [[:Category:Novels]]", "Tolstoy and Category:Novels"),
        ("1869<ref>{{cite book|title=Lives|year=1999}}</ref>", "1869"),
        ('1869<ref name="a" />, 1870', "1869, 1870"),
        ("<!-- one of: -->Print<!-- (Paperback) -->", "Print"),
        ("[[Fantasy]]<br />[[Horror]]<br>Crime", "Fantasy; Horror; Crime"),
        ("{{hlist|[[Fantasy]]|Horror}}", "Fantasy; Horror"),
        ("{{Unbulleted list|1=one|2=two}}", "one; two"),
        ("{{plainlist|\n* [[Fantasy]]\n* Horror\n}}", "Fantasy; Horror"),
        ("{{plainlist}}\n* Fantasy\n* Horror\n{{endplainlist}}", "Fantasy; Horror"),
        ("\n* Fantasy\n* Horror", "Fantasy; Horror"),
        ("{{start date|1869|5|1|df=y}}", "1869-05-01"),
        ("{{Start date|1869}} (serial {{circa|1865}})", "1869 (serial c. 1865)"),
        ("{{release date|May 1869}}", "May 1869"),
        ("{{nowrap|{{lang|ru|Война и мир}}}}", "Война и мир"),
        ("{{lang-fr|Candide}}, {{native name|fr|Zadig}}", "Candide, Zadig"),
        ("1,225{{nbsp}}pp{{efn|first edition}}", "1,225 pp"),
        ("[http://example.com Site] https://example.org", "Site https://example.org"),
        ("[http://example.com]", ""),
        ("[[File:War and peace.jpg|thumb|The cover]]", ""),
        ("<small>(UK)</small> <nowiki>[[x]]</nowiki>", "(UK) x"),
        ("({{efn|a}})", ""),
        ("a\n  b", "a b"),
        ("", ""),
    ],
)
def test_markup_is_stripped_from_values_and_list_items_are_separated(wikitext: str, text: str):
    assert extract_text(mwparserfromhell.parse(wikitext)) == text


@pytest.mark.parametrize(
    "name",
    ["Infobox book", "infobox_Book", "INFOBOX  BOOK", "Template:Infobox book", "Infobox novel",
     "Infobox book <!-- see WikiProject -->", "\nInfobox book\n"],
)  # fmt: skip
def test_the_infobox_is_recognized_however_its_name_is_spelled(name: str):
    assert parse("{{" + name + "\n| author = A\n}}").infobox == {"author": "A"}


@pytest.mark.parametrize(
    "wikitext",
    ["no infobox", "{{Infobox bookstore|name=A}}", "<nowiki>{{Infobox book|name=A}}</nowiki>",
     "<!-- {{Infobox book|name=A}} -->", "{{Infobox book", "[[Infobox book]]"],
)  # fmt: skip
def test_a_page_that_does_not_use_the_template_is_not_a_book(wikitext: str):
    assert parse_book("Title", wikitext, "", NAMES) is None


def test_a_field_with_nothing_but_a_picture_has_its_name_as_value():
    fields = {
        "image": "[[File:War and peace.jpg|thumb|The cover]]",
        "audio": "[[File:War.ogg]]",
        "name": "War [[File:War.ogg]] and peace [[File:War and peace.jpg]]",
    }
    wikitext = "{{Infobox book" + "".join(f"|{name}={value}" for name, value in fields.items())
    assert parse(wikitext + "}}").infobox == {
        "image": "File:War and peace.jpg",
        "name": "War and peace",
    }


def test_the_first_infobox_and_the_last_of_repeated_fields_count():
    wikitext = "{{wrapper|{{Infobox book|a=1|a=2|b=|c=<!-- -->}}}}{{Infobox novel|a=3}}"
    assert parse(wikitext).infobox == {"a": "2"}


def test_links_are_in_the_articles_order_without_anchors_files_and_other_wikis():
    wikitext = (
        "{{Infobox book|author=[[Leo_Tolstoy|Leo]]}} [[novel]]s [[Paris#Left Bank|bank]] [[#Plot]]"
        "[[File:a.jpg|thumb|by [[Ilya Repin]]]] [[:fr:Guerre]] [[wikt:war]] [[novel]]"
        "[[Harper &amp; Brothers]]<ref>[[The Times]]</ref>[[category: 1869_novels|*]] [[{{x}}]]"
    )
    assert parse("{{Infobox book}}" + wikitext).links == (
        *("Leo Tolstoy", "novel", "Paris", "Ilya Repin", "novel"),
        *("Harper & Brothers", "The Times", "Category:1869 novels"),
    )


def test_addresses_are_kept_and_the_length_counts_visible_text():
    book = parse("{{Infobox book}}'''Ab''' [http://example.com cd] https://example.org/?a=1&b=2")
    assert book.external_links == ("http://example.com", "https://example.org/?a=1&b=2")
    assert book.article_length == len("Ab cd https://example.org/?a=1&b=2")
    assert (book.title, book.last_edit) == ("Title", "2026-01-01T00:00:00Z")


def test_a_templates_name_is_normalized():
    assert (
        normalize_name("Template:Infobox_Book \n")
        == normalize_name("infobox  book")
        == "infobox book"
    )


ARTICLE = (
    "{{Infobox book\n| name = ''A''\n| genre = {{hlist|[[B]]|C}}<ref>d</ref>\n}}\n'''A''' is a "
    "[[novel|story]] by [[E &amp; F]].\n{| class=x\n|-\n| g\n|}\n== H ==\n* [[File:i.jpg|[[j]]]]\n"
    "[[Category:K]]"
)
FRAGMENTS = ["{{", "}}", "[[", "]]", "|", "=", "<ref>", "</ref>", "<br>", "<!--", "-->", "''",
             "\n*", "{|", "|}", "&amp;", "&#0;", "<nowiki>", "==", ";", "#", ":", "_"]  # fmt: skip


CHANGES = st.lists(
    st.tuples(st.integers(0, len(ARTICLE)), st.integers(0, 12), st.sampled_from(["", *FRAGMENTS])),
    max_size=6,
)


def mutilate(changes: list[tuple[int, int, str]]) -> str:
    wikitext = ARTICLE
    for position, length, insertion in changes:
        wikitext = wikitext[:position] + insertion + wikitext[position + length :]
    return wikitext


@settings(max_examples=150, deadline=None)
@given(CHANGES)
def test_broken_wikitext_never_fails_and_leaves_no_markup_in_links(
    changes: list[tuple[int, int, str]],
):
    book = parse_book("T", mutilate(changes), "", NAMES)
    if book is None:
        return
    assert not any(set(link) & set("[]{}|#<>_\n") for link in book.links)
    assert all(name and value == value.strip() for name, value in book.infobox.items())
    assert not any("\n" in value for value in book.infobox.values())


@settings(max_examples=150, deadline=None)
@given(CHANGES)
def test_tokens_give_the_same_links_and_infobox_as_the_parsers_tree(
    changes: list[tuple[int, int, str]],
):
    tree = mwparserfromhell.parse(mutilate(changes))
    article = Article(mutilate(changes))
    links = [render_text(link.title) for link in tree.filter_wikilinks()]
    assert list(article.iter_link_targets()) == links
    addresses = [str(link.url).strip() for link in tree.filter_external_links()]
    assert list(article.iter_addresses()) == addresses
    templates = tree.filter_templates()
    named = [node for node in templates if normalize_name(render_text(node.name)) in NAMES]
    assert article.find_template(NAMES) == (named[0] if named else None)


@pytest.mark.parametrize(
    ("wikitext", "shown"),
    [
        ("a {{b|c}} d", "a d"),
        ("a<ref>b</ref> <!-- c --><b class=x>d</b><br/>e", "a de"),
        ("[[Paris|the  city]] [[Rome]] [[File:a.jpg|b]] [[category:c]]", "the city Rome"),
        ("[http://a.b c] [http://d.e] http://f.g", "c http://f.g"),
        ("x &amp; &#65;&#x42; {{{y}}}", "x & AB"),
        ("'''A''' is [[b|''c'' {{d}}]].", "A is c ."),
        ("{| class=x\n|-\n| a || b\n|}", "a b"),
        ("== H ==\ntext", "H text"),
    ],
)
def test_the_length_counts_what_a_reader_sees(wikitext: str, shown: str):
    assert Article(wikitext).count_characters() == len(shown)
