from __future__ import annotations

import mwparserfromhell
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.data.books import Book
from training.wikipedia.article import Article
from training.wikipedia.plain_text import inner_text, plain_name, plain_text
from training.wikipedia.wikitext import book_from

NAMES = frozenset({"infobox book", "infobox novel"})


def book(wikitext: str) -> Book:
    found = book_from("Title", wikitext, "2026-01-01T00:00:00Z", NAMES)
    assert found is not None
    return found


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
def test_a_value_is_stripped_of_markup_and_lists_are_kept_apart(wikitext: str, text: str):
    assert plain_text(mwparserfromhell.parse(wikitext)) == text


@pytest.mark.parametrize(
    "name",
    ["Infobox book", "infobox_Book", "INFOBOX  BOOK", "Template:Infobox book", "Infobox novel",
     "Infobox book <!-- see WikiProject -->", "\nInfobox book\n"],
)  # fmt: skip
def test_the_infobox_is_known_however_its_name_is_spelt(name: str):
    assert book("{{" + name + "\n| author = A\n}}").infobox == {"author": "A"}


@pytest.mark.parametrize(
    "wikitext",
    ["no infobox", "{{Infobox bookstore|name=A}}", "<nowiki>{{Infobox book|name=A}}</nowiki>",
     "<!-- {{Infobox book|name=A}} -->", "{{Infobox book", "[[Infobox book]]"],
)  # fmt: skip
def test_a_page_that_does_not_use_the_template_is_no_book(wikitext: str):
    assert book_from("Title", wikitext, "", NAMES) is None


def test_a_picture_is_named_where_it_is_all_that_a_field_holds():
    fields = {
        "image": "[[File:War and peace.jpg|thumb|The cover]]",
        "audio": "[[File:War.ogg]]",
        "name": "War [[File:War.ogg]] and peace [[File:War and peace.jpg]]",
    }
    wikitext = "{{Infobox book" + "".join(f"|{name}={value}" for name, value in fields.items())
    assert book(wikitext + "}}").infobox == {
        "image": "File:War and peace.jpg",
        "name": "War and peace",
    }


def test_the_first_infobox_counts_and_of_two_fields_the_last():
    wikitext = "{{wrapper|{{Infobox book|a=1|a=2|b=|c=<!-- -->}}}}{{Infobox novel|a=3}}"
    assert book(wikitext).infobox == {"a": "2"}


def test_links_come_in_the_articles_order_without_anchors_files_and_other_wikis():
    wikitext = (
        "{{Infobox book|author=[[Leo_Tolstoy|Leo]]}} [[novel]]s [[Paris#Left Bank|bank]] [[#Plot]]"
        "[[File:a.jpg|thumb|by [[Ilya Repin]]]] [[:fr:Guerre]] [[wikt:war]] [[novel]]"
        "[[Harper &amp; Brothers]]<ref>[[The Times]]</ref>[[category: 1869_novels|*]] [[{{x}}]]"
    )
    assert book("{{Infobox book}}" + wikitext).links == (
        *("Leo Tolstoy", "novel", "Paris", "Ilya Repin", "novel"),
        *("Harper & Brothers", "The Times", "Category:1869 novels"),
    )


def test_addresses_are_kept_and_the_length_counts_what_is_read():
    found = book("{{Infobox book}}'''Ab''' [http://example.com cd] https://example.org/?a=1&b=2")
    assert found.external_links == ("http://example.com", "https://example.org/?a=1&b=2")
    assert found.article_length == len("Ab cd https://example.org/?a=1&b=2")
    assert (found.title, found.last_edit) == ("Title", "2026-01-01T00:00:00Z")


def test_a_templates_name_has_one_spelling():
    assert plain_name("Template:Infobox_Book \n") == plain_name("infobox  book") == "infobox book"


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


def mutilated(changes: list[tuple[int, int, str]]) -> str:
    wikitext = ARTICLE
    for position, length, insertion in changes:
        wikitext = wikitext[:position] + insertion + wikitext[position + length :]
    return wikitext


@settings(max_examples=150, deadline=None)
@given(CHANGES)
def test_mutilated_wikitext_never_breaks_and_leaves_no_markup_in_links(
    changes: list[tuple[int, int, str]],
):
    found = book_from("T", mutilated(changes), "", NAMES)
    if found is None:
        return
    assert not any(set(link) & set("[]{}|#<>_\n") for link in found.links)
    assert all(name and value == value.strip() for name, value in found.infobox.items())
    assert not any("\n" in value for value in found.infobox.values())


@settings(max_examples=150, deadline=None)
@given(CHANGES)
def test_tokens_tell_the_same_links_and_infobox_as_the_parsers_tree(
    changes: list[tuple[int, int, str]],
):
    tree = mwparserfromhell.parse(mutilated(changes))
    article = Article(mutilated(changes))
    links = [inner_text(link.title) for link in tree.filter_wikilinks()]
    assert list(article.wikilinks()) == links
    addresses = [str(link.url).strip() for link in tree.filter_external_links()]
    assert list(article.addresses()) == addresses
    templates = tree.filter_templates()
    named = [one for one in templates if plain_name(inner_text(one.name)) in NAMES]
    assert article.template(NAMES) == (named[0] if named else None)


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
def test_the_length_counts_what_a_reader_reads(wikitext: str, shown: str):
    assert Article(wikitext).num_characters() == len(shown)
