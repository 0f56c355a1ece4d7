"""One name for each link, however an article spells it.

To MediaWiki `New_York Times#History`, `New&nbsp;York Times` and `:New York Times` are the same
page; `link_target` follows it. `canonical_link` goes further, for the vocabulary: it ignores case
and, without a table of redirects, a leading "the" before two words or more. "The New York Times"
becomes "new york times", but "The Guardian" and "guardian" remain different.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping

# Namespaces whose name is a part of the page's name, with the short forms that MediaWiki accepts.
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
# Prefixes of other projects (meta.wikimedia.org/wiki/Help:Interwiki_linking).
SISTER_PROJECTS = frozenset(
    "b c commons d foundation incubator m meta metawikipedia mw n outreach phab q s species v voy "
    "w wikibooks wikidata wikimedia wikinews wikiquote wikisource wikispecies wikiversity "
    "wikivoyage wikt wiktionary doi hdl iarchive imdbtitle gutenberg google arxiv bugzilla".split()
)
# Codes of languages, in lower case and without a blank after the colon: "CSI: Miami" and
# "It: Chapter Two" are titles.
_LANGUAGE = re.compile(r"[a-z]{2,3}|[a-z]{2,3}-[a-z-]{2,8}|simple|nds-nl|bat-smg|roa-tara")
_PREFIX = re.compile(r"([^:]{1,20}?) ?: ?(.*)", re.DOTALL)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
_ILLEGAL = re.compile(r"[\[\]{}|<>]")  # mediawiki.org/wiki/Manual:$wgLegalTitleChars
_LEADING_ARTICLE = re.compile(r"^the (?=\S+ \S)")


def link_target(link: str) -> str:
    """Return the page that a link leads to, in its own case; "" if it is not a page of this wiki.

    Anchors, underscores, entities, repeated blanks and a leading colon are removed; namespaces get
    their usual spelling. Files and pages of other wikis do not count.
    """
    text = _INVISIBLE.sub("", html.unescape(html.unescape(link)))
    text = unicodedata.normalize("NFC", text).split("#", 1)[0].replace("_", " ")
    text = " ".join(text.split()).lstrip(": ")
    if _ILLEGAL.search(text):
        return ""
    prefixed = _PREFIX.fullmatch(text)
    return text if prefixed is None else _normalize_namespace(text, prefixed[1], prefixed[2])


def _normalize_namespace(text: str, prefix: str, page: str) -> str:
    lower = prefix.lower()
    if lower in NAMESPACES:
        return f"{NAMESPACES[lower]}:{page[:1].upper()}{page[1:]}" if page else ""
    if lower in FILE_NAMESPACES or lower in SISTER_PROJECTS:
        return ""
    return "" if _LANGUAGE.fullmatch(prefix) and not text.startswith(prefix + ": ") else text


def canonical_link(link: str, *, redirects: Mapping[str, str] | None = None) -> str:
    """Return a link's name in the vocabulary, in lower case; "" if it does not lead to a page.

    Args:
        link: a link's target as an article spells it.
        redirects: page -> the page it redirects to, both as returned by `page_name`; one step is
            followed, as MediaWiki does. With such a table a leading "The" is kept, because the
            table knows which pages are the same.
    """
    page = page_name(link)
    if redirects is not None:
        return redirects.get(page, page).lower()
    return _LEADING_ARTICLE.sub("", page.lower())


def page_name(link: str) -> str:
    """Return a link's page with its first letter in upper case, as MediaWiki stores it, or ""."""
    target = link_target(link)
    return target[:1].upper() + target[1:]
