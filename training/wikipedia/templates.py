"""What the most common templates of infoboxes show: add a name to the line of what it shows.

Names are normalized by `normalize_name` and separated by commas; each occurs once. What a template
shows is a pattern (see `template_values.fill`) or a function of its arguments. A template that is
not listed shows its argument if it has a single unnamed one, else nothing; `prepare` counts those.
"""

from __future__ import annotations

from collections.abc import Callable

from training.data.markup import SEPARATOR
from training.wikipedia import template_values as values

Rendering = str | Callable[[values.Arguments], str]

NOTHING = ""

_FORMATTING = """
    nowrap, nobr, no wrap, nobreak, nowraplinks, nobold, normal, noitalic, small, smaller, big,
    larger, large, huge, longitem, longlink, strong, em, bold, italic, i, b, sup, sub, sc,
    smallcaps, small caps, center, centre, left, right, align, mono, code, samp, kbd, text,
    trim, plain text, delink, highlight, underline, visible anchor, vanchor, not a typo,
    as written, proper name, tq, nocaps, midsize, normalsize, unbold, text with anchor,
    citation needed span, cns, nocite
"""
# The first argument is shown; the others are languages, years, explanations or settings.
_FIRST = """
    marriage, married, abbr, abbrlink, tooltip, abbrv, h:title, nihongo2, nihongo krt, ruby,
    ruby-ja, rtl, hebrew, birth year and age, birth-date, birth-date and age, birth date text,
    death-date, death year and age, death-date and age, death-date and given age, death year,
    birth year, start-date, end-date, start date text, release-date, columns-list, cmn,
    col-list, block indent, indent, isbnt, format price, formatprice, nts, number table sorting,
    nobel abbr, video game release/abbr
"""
_SECOND = """
    native name, rtl-lang, script, color, colour, font color, fontcolor, fgcolor,
    background color, bgcolor, hover title, h, resize, font-size, line-height, native phrase,
    hidden
"""
_ITEMS = """
    hlist, hlist-comma, flatlist, flat list, plainlist, plain list, indented plainlist, ubl,
    ublist, ubli, ubt, unbulleted list, unbulleted indent list, unbulletedlist, unbullet,
    unbulleted, nonbulleted list, vunblist, vubl, vunbulleted list, blist, bulleted list,
    bulletedlist, unordered list, ordered list, olist, numbered list, collapsible list,
    collapsed list, br separated entries, br list, brlist, br-separated entries,
    newline separated entries, comma separated entries, comma-separated entries, cslist,
    cs list, csl, pipe separated entries, slash separated entries, pagelist, enum, enumerate,
    and list, or list, flowlist, tree list, anchored list, bare anchored list, catlist,
    interlinear
"""
# Notes, pictures, drawings, computed values, and what opens or closes a block.
_NOTHING = """
    citation, cite, full citation needed, cn, fact, fact?, r, rp, dubious, verify source,
    verify, vs, verification needed, verify credibility, failed verification, disputed,
    disputed inline, clarify, clarification needed, specify, vague, when, when?, who, who?,
    whom, which, which?, why, where, by whom, by whom?, according to whom, how, example needed,
    page needed, pn, year needed, date missing, day needed, month needed, time needed,
    volume needed, update, update after, update inline, better source, better source needed,
    bsn, full, nonspecific, promo inline, unreliable source?, unreliable source,
    primary source inline, third-party inline, or inline, original research inline,
    original research?, synthesis inline, self-published inline, self-published source,
    user-generated inline, attribution needed, attribution, webarchive, multiref, multiref2,
    small note, use dmy dates, use mdy dates, italic title, italictitle, anchor, anchors,
    clear left, clear right, hs, hidden sort key, ntsh, dtsh, sort key, coord, coords,
    audio icon, listen, speaker icon, multiple image, css image crop, image array, photomontage,
    superimpose, steady, increase, decrease, gain, loss, profit, nochange, gutenberg,
    librivox book, ol book, imdb title, imdb name, amg movie, rotten tomatoes, mojo title,
    official url, official website url, wikidata, wd, pronunciation, respell, audio-ipa,
    pronounce, age, age in years, age in years and days, age in days, time ago, years ago,
    years or months ago, age for infobox, birth based on age as of date, inflation,
    inflation-year, inflation/year, inflation-fn, to usd, tousd, fxconvert, currency conversion,
    singles, extra chronology, extra album cover, extra track listing, extra tracklisting,
    audio sample, external music video, external media, pagename, basepagename, fullpagename,
    currentyear, currentmonth, currentday, currentdate, reflist, endplainlist, end plainlist,
    end plain list, plainlistend, plainlist end, startplainlist, start plainlist,
    plainlist start, endflatlist, end flatlist, flatlist end, flatlistend, startflatlist,
    start flatlist, endlist, end list, endhlist, end hlist, starthlist, endflowlist, div col,
    div col end, colbegin, colend, col-begin, col-start, col-2, col-3, col-break, col-end,
    hidden begin, hidden end, nowrap begin, nowrap end, nobold begin, small begin, shy, zwsp,
    zwj, zwnj, wbr, wj, word joiner, pad, padding, px1, cleanup, noprint, dagger, double dagger,
    double-dagger
"""
_DATES = """
    start date, startdate, start date and age, startdateage, end date, enddate, release date,
    release date and age, dts, date table sorting, birth date, birthdate, birth date and age,
    birthdateage, bda, b-da, dob, birth, death date, deathdate, death date and age, dda, d-da,
    death date and given age, death, book date, publication date, launch date, published date
"""
_LINKS_TO_OTHER_WIKIS = """
    ill, illm, interlanguage link, interlanguage link multi, ill-wd2, link-interwiki,
    interlanguage link forced, red link, ilm, ill2, iw2
"""
_COUNTRY = """
    flag, flagu, flag+link, flagcountry, flag country, flag2, country, country data, cr
"""

_TABLE: dict[Rendering, str] = {
    "{1}": _FORMATTING + "," + _FIRST,
    "{2|1}": _SECOND + ", url, sort, audio, imdb",
    "{2|text|1}": "lang",
    "{2|text}": "langx",
    "{3|2|1}": "transl, translit, transliteration",
    "{lt|display|1}": _LINKS_TO_OTHER_WIKIS,
    "{1}[ {2}]": "sortname, sort name, oldstyledate, oldstyledatedy, olddate, old style date",
    "{1|3|2}": "nihongo, nihongo4, nihongo foot",
    "{1|2}": "nihongo3",
    "{c|t|s|hani|p|1}": "zh, chinese, zh-full, lang-zh",
    "{hangul|hanja|rr|1}": "korean, ko-hhrm, korean-name",
    "{1|URL|url}": "official website, official, official site",
    "ISBN {1}": "isbn, isbnx, isbn-13, isbn-10",
    "OCLC {1}": "oclc, oclc search link",
    "ISSN {1}": "issn, eissn",
    "doi:{1}": "doi, doi-inline",
    "LCCN {1}": "lccn",
    "ASIN {1}": "asin",
    "{1}[ {2}][ {3}]": "lcc, lc class, lccallno, ddc, dewey",
    "c. {1}[ \u2013 c. {2}]": "c., circa, ca, ca., approx",
    "fl. {1}[ \u2013 {2}]": "fl, fl., floruit",
    "r. {1}[ \u2013 {2}]": "r., reign",
    "née {1}": "née, nee",
    "born {1}": "born in, born-in",
    "a.k.a. {1}": "aka, a.k.a., also known as",
    "lit. '{1}'": "lit, literal translation, literal, literally",
    "No. {1}": "no., numero",
    "vol. {1}": "vol., vol",
    "p. {1}": "p.",
    "pp. {1}": "pp.",
    "{1}/{2}": "rating",
    "{1}[ {u|ul}]": "val",
    values.based_on: "based on, basedon",
    values.items: _ITEMS,
    values.words: "post-nominals, postnominals, post nominals, post-nominal styles",
    values.joined: "linktext, chem, chem2, typo, sic",
    values.date: _DATES,
    values.dates: "start and end dates, start and end date, birth and death dates",
    values.birth_date_after_another: "birth date and age2",
    values.as_of: "as of, asof, since",
    values.loose_date: "date, dateline",
    values.film_dates: "film date, filmdate, film-date, television date",
    values.regional_releases: "vgrelease, video game release, vgrelease hlist, vg release",
    values.duration: "duration, hms, runtime",
    values.measure: "convert, cvt, convert/spell, convinfobox",
    values.height: "height",
    values.fraction: "frac, fraction, sfrac",
    values.money: "currency",
    values.rupees: "inrconvert, inr convert, indian rupees convert",
    values.country: _COUNTRY,
    # Signs and other templates without arguments.
    " ": "nbsp, space, spaces, sp, thinsp, thin space, thinspace, hair space, hairsp, nnbsp, ns, "
    "figure space, quad",
    SEPARATOR: "\u00b7, \u2022, *, bull, bullet, dot, middot, -, break, br, crlf, crlf2, pb, "
    "paragraph break, clear, hr",
    " \u2013 ": "snd, snds, spnd, sndash, spaced ndash, spaced en dash, spaced en dash space, dash",
    "\u2013": "ndash, en dash, \u2013, nsndns",
    "\u2014": "mdash, em dash, \u2014, long dash",
    " / ": "\\",
    "|": "!, pipe",
    "=": "=",
    "&": "amp, &, ampersand",
    "'": "', apostrophe",
    "'s": "'s",
    '"': '", \'", "\'',
    "#": "hash, hash-tag, number sign",
    ":": "colon",
    "\u266d": "music-flat, flat",
    "\u266f": "music-sharp, sharp",
    "\u00bd": "1/2",
    "Yes": "yes",
    "No": "no",
    "N/A": "n/a",
    "TBA": "tba",
    "Unknown": "unknown",
    "Won": "won",
    "Nominated": "nom, nominated",
}

# Families of templates whose names share a prefix. (Names in the table take precedence.)
PREFIXES: dict[str, Rendering] = {
    **dict.fromkeys(
        ("cite ", "citation ", "sfn", "harv", "efn", "ref", "#tag:", "note", "dead link",
         "better source", "page needed", "flagicon", "flag icon", "flagdeco", "ipa", "pron-",
         "infobox", "inflation", "update ", "imdb ", "pp-", "defaultsort", "displaytitle"),
        NOTHING,
    ),
    "lang-": "{1|text}",
    "post-nominals/": values.words,
    "script/": "{1}",
}  # fmt: skip

# {{uc:text}} shows the text, more or less; conditions and computations are not evaluated.
PARSER_FUNCTIONS = frozenset({"lc", "uc", "lcfirst", "ucfirst", "formatnum"})

RENDERINGS: dict[str, Rendering] = {
    **{
        name.strip(): rendering
        for rendering, names in (*_TABLE.items(), (NOTHING, _NOTHING))
        for name in names.split(",")
    },
    ",": ", ",
    **{
        name: sign + "{1}"
        for sign, names in values.CURRENCIES.items()
        for name in names.split(", ")
    },
    **{code.lower(): name for code, name in values.COUNTRIES.items()},
}


def find_rendering(name: str) -> Rendering | None:
    """Return what a template of this normalized name shows; None if it is not in the table."""
    if name in RENDERINGS:
        return RENDERINGS[name]
    by_prefix = (shown for prefix, shown in PREFIXES.items() if name.startswith(prefix))
    return next(by_prefix, None)
