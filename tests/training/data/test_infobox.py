from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.data.infobox import field, first_year, plain_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Jane Austen", "Jane Austen"),
        ("  [[Jane Austen]]\n", "Jane Austen"),
        ("[[Leo Tolstoy|Lev ''Tolstoy'']]", "Lev Tolstoy"),
        ("'''[[A]]''' and [[B (writer)|B]]", "A and B"),
        ("Novel < !-- genre? -- >", "Novel"),
        ("Novel <!-- never closed", "Novel"),
        ("Novel -- >", "Novel"),
        ('French < ref name="a" > {{cite|x}} < /ref > only', "French only"),
        ('French<ref name="a/b" /> only', "French only"),
        ("French<ref>never closed", "French"),
        ("<references/> A", "A"),
        ("Crime<br />Satire< br >Novel", "Crime; Satire; Novel"),
        ("Crime\nSatire", "Crime; Satire"),
        ("<br>Crime<br><br>", "Crime"),
        ("<small>UK</small> <i class=x>Faber</i>", "UK Faber"),
        ("{{flag|France}}", ""),
        ("A {{nowrap|{{lang|fr|x}} y}} B", "A B"),
        ("Simon &amp; Schuster", "Simon & Schuster"),
        ("Brontë&nbsp;sisters", "Brontë sisters"),
        ("1 < 2 and 3", "1 < 2 and 3"),
        ("x < y and y > z", "x < y and y > z"),
        ("Faber < sup >a< /sup > and Faber<sup>[2]</sup>", "Faber and Faber"),
        ("XVI<sup>e</sup> 19<sup>th</sup>", "XVIe 19th"),
        ("< center > War < /center > Peace", "War; Peace"),
        ("War File:War and peace.ogg (1869)", "War (1869)"),
        ("Print (<ref>a</ref>)", "Print"),
        ("{{nowrap|War", "War"),
        ("War, <br>Peace", "War; Peace"),
        ("; , Horror , ;", "Horror"),
        ("", ""),
    ],
)
def test_markup_is_stripped(value: str, text: str):
    assert plain_text(value) == text


FRAGMENTS = ["<", ">", "!--", "-->", "/", "ref", "br", "sup", "[", "]", "{", "}", "{{", "}}", "[[", "|",
             ";", ",", "'", "(", ")", " ", "&amp;", "&#123;", "&lt;", "\n", "x", "File:", ".ogg"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
def test_any_text_becomes_one_line_without_templates_and_links(value: str):
    text = plain_text(value)
    assert text == " ".join(text.split())
    assert not any(markup in text for markup in ("{{", "}}", "[[", "]]", "''"))


@pytest.mark.parametrize("fragment", ["<ref ", "<!--", "{{", "[[", "< ", "''", "&amp;", "{{a}} "])
def test_long_broken_markup_is_stripped_within_seconds(fragment: str):
    start = time.perf_counter()
    plain_text(fragment * 3000)
    assert time.perf_counter() - start < 5


def test_the_first_field_that_is_not_blank_is_used():
    infobox = {"author": "<br>", "authors": "", "editor": "[[Robert Audi]]"}
    assert field(infobox, "author", "authors", "editor") == "Robert Audi"
    assert field(infobox, "country") == ""


@pytest.mark.parametrize(
    ("infobox", "year"),
    [
        ({"release_date": "1813"}, 1813),
        ({"release_date": "28 January 1813"}, 1813),
        ({"release_date": "1865-1867"}, 1865),
        ({"pub_date": "October 2011 (UK), 2012 (US)"}, 2011),
        ({"published": "[[1925 in literature|1925]]"}, 1925),
        ({"release_date": "<!-- 1999 -->", "pub_date": "2001"}, 2001),
        ({"release_date": "forthcoming", "english_pub_date": "1961"}, 1961),
        ({"release_date": "45 BC"}, -45),
        ({"release_date": "c. 380 BCE"}, -380),
        ({"release_date": "431\u2013404 BC"}, -431),
        ({"release_date": "27 - 9 BC"}, -27),
        ({"release_date": "1750 BC"}, -1750),
        ({"release_date": "AD 160"}, 160),
        ({"release_date": "AD 2"}, 2),
        ({"release_date": "892 CE"}, 892),
        ({"release_date": "1967 CE"}, 1967),
        ({"release_date": "ISBN 9781813000"}, None),
        ({"release_date": "3000"}, None),
        ({"release_date": "8th century BC"}, None),
        ({"author": "1984"}, None),
        ({}, None),
    ],
)
def test_the_year_is_the_first_one_in_the_dates(infobox: dict[str, str], year: int | None):
    assert first_year(infobox) == year
