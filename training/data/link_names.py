"""One name for each link, however an article spells it.

MediaWiki takes `new_york_Times#History`, `New&nbsp;York Times` and `:New York Times` for one page;
so does `link_target`. `canonical_link` goes further, for the vocabulary: case does not count, and
where no table of redirects says better, neither does a leading "the" before two words or more.
"The New York Times" is "new york times", but "The Guardian" stays apart from "guardian".
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping

# Namespaces whose name is part of the page's; with the short names that MediaWiki takes for them.
NAMESPACES = {
    "category": "Category",
    "wikipedia": "Wikipedia",
    "project": "Wikipedia",
    "wp": "Wikipedia",
    "portal": "Portal",
    "template": "Template",
    "help": "Help",
    "talk": "Talk",
    "user": "User",
    "draft": "Draft",
}
FILE_NAMESPACES = frozenset({"file", "image", "media", "special", "mediawiki", "module"})
# Other projects (meta.wikimedia.org/wiki/Help:Interwiki_linking) and the codes of languages.
SISTER_PROJECTS = frozenset(
    "b c commons d foundation incubator m meta metawikipedia mw n outreach phab q s species v voy "
    "w wikibooks wikidata wikimedia wikinews wikiquote wikisource wikispecies wikiversity "
    "wikivoyage wikt wiktionary doi hdl iarchive imdbtitle gutenberg google arxiv bugzilla".split()
)
# In small letters, without a blank: "CSI: Miami" and "It: Chapter Two" are titles.
_LANGUAGE = re.compile(r"[a-z]{2,3}|[a-z]{2,3}-[a-z-]{2,8}|simple|nds-nl|bat-smg|roa-tara")
_PREFIX = re.compile(r"([^:]{1,20}?) ?: ?(.*)", re.DOTALL)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
_ILLEGAL = re.compile(r"[\[\]{}|<>]")  # mediawiki.org/wiki/Manual:$wgLegalTitleChars
_LEADING_ARTICLE = re.compile(r"^the (?=\S+ \S)")


def link_target(link: str) -> str:
    """Return the page that a link names, its case kept; "" if it is no page of this wiki.

    Anchors, underscores, entities, doubled blanks and a leading colon go; the names of namespaces
    get their usual spelling. Files and links to other wikis are no pages.
    """
    text = _INVISIBLE.sub("", html.unescape(html.unescape(link)))
    text = unicodedata.normalize("NFC", text).split("#", 1)[0].replace("_", " ")
    text = " ".join(text.split()).lstrip(": ")
    if _ILLEGAL.search(text):
        return ""
    prefixed = _PREFIX.fullmatch(text)
    return text if prefixed is None else _with_namespace(text, prefixed[1], prefixed[2])


def _with_namespace(text: str, prefix: str, page: str) -> str:
    lower = prefix.lower()
    if lower in NAMESPACES:
        return f"{NAMESPACES[lower]}:{page[:1].upper()}{page[1:]}" if page else ""
    if lower in FILE_NAMESPACES or lower in SISTER_PROJECTS:
        return ""
    return "" if _LANGUAGE.fullmatch(prefix) and not text.startswith(prefix + ": ") else text


def canonical_link(link: str, *, redirects: Mapping[str, str] | None = None) -> str:
    """Return the name that a link has in the vocabulary, in lower case; "" if it names no page.

    Args:
        link: a link's target as an article spells it.
        redirects: page -> the page it leads to, both as `page_name` gives them; one step is
            followed, as MediaWiki does. With a table "The" stays, for the table knows better.
    """
    page = page_name(link)
    if redirects is not None:
        return redirects.get(page, page).lower()
    return _LEADING_ARTICLE.sub("", page.lower())


def page_name(link: str) -> str:
    """Return a link's page with a first capital, as MediaWiki stores it; "" for no page."""
    target = link_target(link)
    return target[:1].upper() + target[1:]
