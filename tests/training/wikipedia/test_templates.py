"""What templates show. The wikitext is invented, in the forms that articles use."""

from __future__ import annotations

from collections import Counter

import mwparserfromhell
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.wikipedia.plain_text import extract_text
from training.wikipedia.template_values import COUNTRIES, CURRENCIES
from training.wikipedia.templates import _NOTHING, _TABLE, RENDERINGS


def render(wikitext: str, unknown: Counter[str] | None = None) -> str:
    return extract_text(mwparserfromhell.parse(wikitext), unknown=unknown)


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        # People
        ("{{ill|Karl Kraus|de}}", "Karl Kraus"),
        ("{{ill|Karl Kraus (writer)|de|Karl Kraus|lt=Kraus}}", "Kraus"),
        ("{{Interlanguage link|Karl Kraus|de||fr}}", "Karl Kraus"),
        ("{{sortname|John|Smith}}", "John Smith"),
        ("{{sortname|John|Smith|John Smith (poet)|nolink=1}}", "John Smith"),
        ("{{native name|fa|X|italics=off}}", "X"),
        ("{{marriage|N|1929|1979|end=died}}", "N"),
        ("{{marriage|[[Ann Lee|Ann]]|1929}}<br>{{marriage|Eve|1950}}", "Ann; Eve"),
        ("{{nihongo|Murasaki|紫式部|Murasaki Shikibu}}", "Murasaki"),
        ("{{nihongo||紫|Murasaki}}", "Murasaki"),
        ("{{post-nominals|country=GBR|OBE|FRS}}", "OBE FRS"),
        ("Ann {{née|Lee}}", "Ann née Lee"),
        # Languages
        ("{{lang|fr|Candide}}", "Candide"),
        ("{{langx|fr|Candide}}", "Candide"),
        ("{{lang-fr|Candide}}", "Candide"),
        ("{{lang|fr|text=Candide}}", "Candide"),
        ("{{transl|fa|Shāh}}, {{transl|fa|ISO|Nāma}}", "Shāh, Nāma"),
        ("{{script|Cyrl|Мир}} {{script/Hebrew|שלום}}", "Мир שלום"),
        ("{{zh|c=紅樓夢|p=Hóng Lóu Mèng}}", "紅樓夢"),
        ("{{linktext|ab|c}}", "abc"),
        ("{{abbr|BBC|British Broadcasting Corporation}}", "BBC"),
        # Lists
        ("{{hlist|a|b|c}}", "a; b; c"),
        ("{{vunblist|a|b}}", "a; b"),
        ("{{br separated entries|a|b|}}", "a; b"),
        ("{{ubl|a|class=x|b}}", "a; b"),
        ("x {{flatlist|\n* a\n* b\n}} y", "x; a; b; y"),
        ("{{hlist|2=b|1=a}}", "a; b"),
        ("{{collapsible list|title=Cast|a|b}}", "a; b"),
        ("{{startplainlist}}\n* a\n* b\n{{endplainlist}}", "a; b"),
        ("{{flatlist}}\n* a\n* b\n{{endflatlist}}", "a; b"),
        ("{{hlist|{{ill|Karl Kraus|de}}|{{sortname|John|Smith}}}}", "Karl Kraus; John Smith"),
        # Works
        ("{{based on|''War''|[[Leo Tolstoy]]}}", "War (by Leo Tolstoy)"),
        ("{{based on|War|A|B}}", "War (by A, B)"),
        ("{{based on|War}}", "War"),
        ("{{ISBN|0-19-853453-1}}", "ISBN 0-19-853453-1"),
        ("{{OCLC|1234}}", "OCLC 1234"),
        ("{{URL|example.com}}, {{URL|https://example.com|Site}}", "example.com, Site"),
        ("{{official website|https://example.com}}", "https://example.com"),
        ("{{rating|3|5}}", "3/5"),
        # Dates
        ("{{start date|1999|1|2}}", "1999-01-02"),
        ("{{Start date and age|1999|12}}", "1999-12"),
        ("{{birth date and age|1950|01|02|df=y}}", "1950-01-02"),
        ("{{birth date and age|2 January 1950}}", "2 January 1950"),
        ("{{death date and age|2000|5|6|1930|1|2}}", "2000-05-06"),
        ("{{death year and age|2000|1930}}", "2000"),
        ("{{birth year and age|1930|5}}", "1930"),
        ("{{birth date and age2|2010|1|1|1950|5|6}}", "1950-05-06"),
        ("{{start and end dates|1999|1|2|2000|3|4}}", "1999-01-02 \u2013 2000-03-04"),
        ("{{film date|1999|1|2|Cannes|1999|5|6}}", "1999-01-02 (Cannes); 1999-05-06"),
        ("{{film date|1999|||ref1=<ref>a</ref>}}", "1999"),
        ("{{vgrelease|NA|May 1, 1999|JP|1998}}", "NA: May 1, 1999; JP: 1998"),
        ("{{dts|1999|5|6}}", "1999-05-06"),
        ("{{as of|1999|5}}", "as of 1999-05"),
        ("{{OldStyleDate|14 March|1685|4 March}}", "14 March 1685"),
        ("{{circa|1865}} {{c.|1865|1870}}", "c. 1865 c. 1865 \u2013 c. 1870"),
        ("{{fl.|1850}}, {{reign|1509|1547}}", "fl. 1850, r. 1509 \u2013 1547"),
        ("{{date|2004-05-06|mdy}}, {{date|6|mai|2004}}", "2004-05-06, 6 mai 2004"),
        # Quantities
        ("{{US$|25 million}}, {{GBP|10}}, {{€|5|link=yes}}", "US$25 million, £10, €5"),
        ("{{INRConvert|5|c}}, {{INR|5 crore}}", "₹5 crore, ₹5 crore"),
        ("{{currency|10|USD}}, {{currency|10|XOF}}", "US$10, 10 XOF"),
        ("{{duration|m=3|s=5}}", "3:05"),
        ("{{duration|1|2|3}}, {{Duration|h=1|m=2|s=3}}", "1:02:03, 1:02:03"),
        ("{{duration|45:10}}, {{duration|m=45}}", "45:10, 45:00"),
        ("{{convert|5|km|mi|0|abbr=on}}", "5 km"),
        ("{{convert|5|ft|9|in|m}}", "5 ft 9 in"),
        ("{{convert|5|-|6|km2|sqmi}}, {{cvt|2|x|3|m}}", "5\u20136 km2, 2 x 3 m"),
        ("{{height|ft=5|in=9}}, {{height|m=1.75}}", "5 ft 9 in, 1.75 m"),
        ("{{frac|2}}, {{frac|3|4}}, {{frac|1|3|4}}", "1/2, 3/4, 1 3/4"),
        ("{{formatnum:1234}} {{val|5|ul=m}}", "1234 5 m"),
        # Places
        ("{{flag|France}}, {{flagcountry|GER}}, {{USA}}", "France, Germany, United States"),
        ("{{flagicon|France}} Paris {{coord|48|51|N|2|21|E}}", "Paris"),
        # Format
        ("{{nowrap|A B}} {{nobold|(c)}} {{small|d}}", "A B (c) d"),
        ("{{resize|80%|A}} {{color|red|B}}", "A B"),
        ("A{{nbsp}}B{{snd}}C{{nbsp|3}}D", "A B \u2013 C D"),
        ("A{{·}}B{{break}}C {{•}} D", "A; B; C; D"),
        ("A{{,}}B{{=}}C", "A, B=C"),
        # Notes
        ("A{{cite web|url=x|title=y}}{{refn|group=n|z}}{{efn|z}}{{sfn|Lee|1999|p=2}}", "A"),
        ("A{{citation needed|date=May 2020}}{{cn}}{{dead link}}{{r|a}}{{#tag:ref|z}}", "A"),
        ("{{citation needed span|A|date=May 2020}}", "A"),
        ("A ({{IPAc-en|w|or}}; {{pronunciation|War.ogg}})", "A"),
        ("{{Singles|name=A|single1=B}}{{Infobox musical|a=b}}", ""),
        # Leftovers
        ("<center>A</center> B", "A; B"),
        ("<center>A", "A"),
        ("A <small>(UK) <br>B</i>", "A (UK); B"),
        ("Faber<sup>a</sup> and Faber<sup>[1]</sup>", "Faber and Faber"),
        ("19<sup>th</sup> XVI<sup>e</sup>", "19th XVIe"),
        ("War [[File:War.ogg]] and [[Image:Peace.png|20px]] peace", "War and peace"),
        ("War File:War and.ogg", "War"),
        ("[[Category:Novels]]A", "A"),
        ("{{nowrap|A", "A"),
        ("[[Leo Tolstoy|Tolstoy", "Tolstoy"),
        ("A {{cite book", "A"),
        ("A}} B]]", "A B"),
    ],
)  # fmt: skip
def test_a_template_shows_what_a_reader_sees(wikitext: str, text: str):
    unknown: Counter[str] = Counter()
    assert render(wikitext, unknown) == text
    assert unknown == {}


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("{{odd|A}}", "A"),
        ("{{odd|A|name=b}}", "A"),
        ("{{odd|A|}}", "A"),
        ("{{odd|A|B}}", ""),
        ("{{odd|name=b}}", ""),
        ("{{odd}}", ""),
    ],
)
def test_an_unknown_template_shows_its_only_argument_and_is_counted(wikitext: str, text: str):
    unknown: Counter[str] = Counter()
    assert render(wikitext, unknown) == text
    assert unknown == {"odd": 1}


def test_templates_inside_notes_are_not_counted_and_nested_ones_are():
    unknown: Counter[str] = Counter()
    assert render("{{Odd|{{Even_one|A}}}} {{efn|{{odd|B}}}}<ref>{{odd}}</ref>", unknown) == "A"
    assert unknown == {"odd": 1, "even one": 1}


def test_each_name_is_in_the_table_once():
    lines = [*_TABLE.values(), _NOTHING, *CURRENCIES.values(), ", ".join(COUNTRIES).lower()]
    names = Counter(name.strip() for line in lines for name in line.split(","))
    assert [name for name, count in names.items() if count > 1 or not name] == []
    assert [name for name in names if name != " ".join(name.split()).lower()] == []


ARGUMENTS = st.lists(
    st.sampled_from(
        ["", " ", "0", "7", "12", "1999", "99999", "²", "٣", "-5", "a", "to", "-", "km", "[[A|b]]",
         "{{odd|x}}", "c=", "1=", "2=x", "9999999999=y", "text=t", "h=1", "m=", "[", "{", "|", "\n"]
    ),
    max_size=7,
)  # fmt: skip
NAMES = st.sampled_from(
    [*sorted(RENDERINGS), "lang-fr", "cite web", "uc:a", "#if:x", "odd", "", "{"]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(NAMES, ARGUMENTS), max_size=3))
def test_no_markup_is_left_whatever_the_arguments(calls: list[tuple[str, list[str]]]):
    text = render("A ".join("{{" + "|".join([name, *given]) + "}}" for name, given in calls))
    assert not any(markup in text for markup in ("{{", "}}", "[[", "]]", "''", "\n"))
    assert text == text.strip(" ;,")


def test_every_template_of_the_table_works_without_arguments():
    for name in RENDERINGS:
        assert "{" not in render("{{" + name + "}}"), name
