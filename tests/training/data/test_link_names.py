from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.data.link_names import canonical_link, link_target, page_name


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("New_York__Times", "New York Times"),
        ("Harper  &amp;  Brothers", "Harper & Brothers"),
        ("Harper &amp;amp; Brothers", "Harper & Brothers"),
        ("New&nbsp;York", "New York"),
        ("Paris#History", "Paris"),
        (":Category: fantasy novels", "Category:Fantasy novels"),
        ("category :Novels", "Category:Novels"),
        ("WP:Notability", "Wikipedia:Notability"),
        ("  Moby-Dick\u200e ", "Moby-Dick"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("2001: A Space Odyssey", "2001: A Space Odyssey"),
        ("CSI: Miami", "CSI: Miami"),
        ("V:tape", ""),
        ("It: Chapter Two", "It: Chapter Two"),
    ],
)
def test_a_link_leads_to_its_page_however_it_is_spelled(link: str, target: str):
    assert link_target(link) == target


@pytest.mark.parametrize(
    "link",
    ["File:Cover.jpg", "image: Cover.jpg", "b:The Wealthy Barber", "fr:Candide",
     ":fr:Candide", "wikt:book", "simple:Book", "zh-yue:Book", "#Plot",
     "a|b", "{{PAGENAME}}", "", " ", "Category:"],
)  # fmt: skip
def test_files_other_wikis_and_bare_anchors_are_not_pages(link: str):
    assert link_target(link) == canonical_link(link) == ""


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("The New York Times", "new york times"),
        ("New York Times", "new york times"),
        ("the_Lord of the Rings#Plot", "lord of the rings"),
        ("Sing the Four Quarters", "sing the four quarters"),
        ("The Guardian", "the guardian"),
        ("guardian", "guardian"),
        ("Theology of hope", "theology of hope"),
        ("category:Fantasy Novels", "category:fantasy novels"),
    ],
)
def test_without_redirects_case_and_a_leading_the_are_ignored(link: str, name: str):
    assert canonical_link(link) == name


def test_a_redirect_table_replaces_the_rule():
    redirects = {"New York Times": "The New York Times", "Sci-fi": "Science fiction"}
    assert canonical_link("new york Times", redirects=redirects) == "new york times"
    assert canonical_link("New York Times#Staff", redirects=redirects) == "the new york times"
    assert canonical_link("sci-fi", redirects=redirects) == "science fiction"
    assert canonical_link("The Old Road", redirects=redirects) == "the old road"


def test_one_redirect_is_followed_as_mediawiki_does():
    redirects = {"A": "B", "B": "C", "D": "D"}
    assert [canonical_link(link, redirects=redirects) for link in "ABD"] == ["b", "c", "d"]


def test_a_page_name_begins_with_an_upper_case_letter():
    assert page_name("science_fiction") == "Science fiction"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("aB :_#&;|é the\u200etTfile"), max_size=30))
def test_the_target_of_a_target_is_the_same(text: str):
    target = link_target(text)
    assert link_target(target) in {target, ""}
    assert "_" not in target
    assert "#" not in target
    assert target == " ".join(target.split())
