"""How a template's arguments become what a reader sees, if it shows more than one of them.

Arguments are texts by name; unnamed ones are called "1", "2" and so on, as in MediaWiki.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from training.data.markup import SEPARATOR

Arguments = Mapping[str, str]
MAX_DIGITS = 4  # of an argument's position, and of a year

_FIELD = re.compile(r"\{([^{}]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_NUMBER = r"[\d.,/+ \u2212-]*\d"
_UNIT = r"[^|\d][^|]*"
_RANGE = r"(?:-|\u2013|to|and|or|by|x|\u00d7|\*|\+/?-|\u00b1)"
# 5|ft|9|in|m is 5 ft 9 in; 100|km|mi|0 is 100 km, and 5|-|6|km is a range.
_MEASURE = re.compile(
    rf"{_NUMBER}(?:\|{_RANGE}\|{_NUMBER})*\|{_UNIT}(?:\|{_NUMBER}\|{_UNIT})*", re.IGNORECASE
)
_RUPEES = {"l": " lakh", "c": " crore", "lc": " lakh crore", "k": " thousand", "m": " million",
           "b": " billion", "t": " trillion"}  # fmt: skip
CURRENCIES = {
    "US$": "usd, us$, us dollar, us dollars",
    "A$": "aud, a$, au$, australian dollar",
    "CA$": "cad, ca$, c$, can$, canadian dollar",
    "NZ$": "nzd, nz$",
    "HK$": "hkd, hk$",
    "£": "gbp, £, gb£, pound sterling, pounds sterling",
    "€": "eur, €, euro",
    "¥": "jpy, ¥, jp¥, yen, japanese yen",
    "CN¥": "cny, cn¥, rmb, renminbi, chinese yuan",
    "₹": "inr, ₹, rupee, rupees, indian rupee, indian rupees, rs, rs., indian rupee symbol",
    "₩": "krw, ₩, south korean won",
    "₽": "rub, ₽, ruble, russian ruble",
    "₱": "php, ₱, philippine peso",
}
_SIGNS = {name: sign for sign, names in CURRENCIES.items() for name in names.split(", ")}
COUNTRIES = {
    "ARG": "Argentina", "AUS": "Australia", "AUT": "Austria", "BEL": "Belgium", "BRA": "Brazil",
    "CAN": "Canada", "CHI": "Chile", "CHN": "China", "CZE": "Czech Republic", "DEN": "Denmark",
    "DEU": "Germany", "EGY": "Egypt", "ENG": "England", "ESP": "Spain", "FIN": "Finland",
    "FRA": "France", "GBR": "United Kingdom", "GER": "Germany", "GRE": "Greece", "HKG": "Hong Kong",
    "HUN": "Hungary", "IND": "India", "IRE": "Ireland", "IRL": "Ireland", "ISR": "Israel",
    "ITA": "Italy", "JPN": "Japan", "KOR": "South Korea", "MEX": "Mexico", "NED": "Netherlands",
    "NLD": "Netherlands", "NOR": "Norway", "NZL": "New Zealand", "POL": "Poland",
    "POR": "Portugal", "PRT": "Portugal", "ROU": "Romania", "RSA": "South Africa",
    "RUS": "Russia", "SCO": "Scotland", "SUI": "Switzerland", "SWE": "Sweden", "TUR": "Turkey",
    "UK": "United Kingdom", "UKR": "Ukraine", "URS": "Soviet Union", "US": "United States",
    "USA": "United States", "WAL": "Wales",
}  # fmt: skip


def fill(pattern: str, arguments: Arguments) -> str:
    """Insert arguments into a pattern such as `{lt|1}[ ({2})]`.

    `{lt|1}` is the first of these arguments that is not blank; text in square brackets is left out
    if an argument inside it is blank.
    """

    def keep_if_filled(match: re.Match[str]) -> str:
        is_filled = all(_first(names, arguments) for names in _FIELD.findall(match[1]))
        return match[1] if is_filled else ""

    kept = _OPTIONAL.sub(keep_if_filled, pattern)
    return _FIELD.sub(lambda match: _first(match[1], arguments), kept)


def positional(arguments: Arguments) -> list[str]:
    """List the unnamed arguments in order, including blank ones."""
    numbers = [name for name in arguments if name.isdecimal() and len(name) <= MAX_DIGITS]
    return [arguments[name] for name in sorted(numbers, key=int)]


def items(arguments: Arguments) -> str:
    """Show the arguments as the items of a list."""
    return SEPARATOR + SEPARATOR.join(positional(arguments)) + SEPARATOR


def words(arguments: Arguments) -> str:
    """Show all arguments, separated by blanks."""
    return " ".join(positional(arguments))


def joined(arguments: Arguments) -> str:
    """Show all arguments, joined without a separator."""
    return "".join(positional(arguments))


def based_on(arguments: Arguments) -> str:
    """Show a work and who wrote it: `War and Peace (by Leo Tolstoy)`."""
    title, *authors = [text for text in positional(arguments) if text] or [""]
    return f"{title} (by {', '.join(authors)})" if authors else title


def date(arguments: Arguments) -> str:
    """Join year, month and day to 1995-05-01; leave a date in words as it is."""
    return _date(positional(arguments)[:3])


def dates(arguments: Arguments) -> str:
    """Show a first and a last date, of three arguments each."""
    values = positional(arguments)
    return " \u2013 ".join(filter(None, [_date(values[:3]), _date(values[3:6])]))


def birth_date_after_another(arguments: Arguments) -> str:
    """Show the second of two dates; the first is when the age was known."""
    return _date(positional(arguments)[3:6])


def as_of(arguments: Arguments) -> str:
    """Show since when something has been true."""
    return arguments.get("alt") or f"as of {date(arguments)}"


def loose_date(arguments: Arguments) -> str:
    """Show `{{date|2004-05-06|mdy}}` without its format, `{{date|6|mai|2004}}` in full."""
    values = positional(arguments) or [""]
    return words(arguments) if re.fullmatch(r"\d\d?", values[0]) else values[0]


def film_dates(arguments: Arguments) -> str:
    """Show each release, of four arguments: year, month, day and place."""
    values = positional(arguments)
    releases = [values[start : start + 4] for start in range(0, len(values), 4)]
    shown = (_with_aside(_date(release[:3]), *release[3:]) for release in releases)
    return SEPARATOR.join(shown) + SEPARATOR


def regional_releases(arguments: Arguments) -> str:
    """Show pairs of a region and a date: `NA: May 1, 1999`."""
    values = positional(arguments)
    pairs = zip(values[::2], values[1::2], strict=False)
    return SEPARATOR.join(f"{region}: {day}" for region, day in pairs) + SEPARATOR


def duration(arguments: Arguments) -> str:
    """Show hours, minutes and seconds as 1:02:03, or as 2:03 without hours."""
    first = arguments.get("1", "")
    if first and not first.isdecimal():
        return first  # in words, or as 3:45
    names = (("h", "hours", "1"), ("m", "min", "minutes", "2"), ("s", "sec", "seconds", "3"))
    hours, minutes, seconds = (_first("|".join(aliases), arguments) for aliases in names)
    clock = [hours] * (hours.strip("0") != "") + [minutes or "0", seconds or "0"]
    return ":".join([clock[0], *(text.zfill(2) for text in clock[1:])])


def measure(arguments: Arguments) -> str:
    """Show a quantity as given, without the conversion: `5 ft 9 in`, `100 km`."""
    values = positional(arguments)
    if match := _MEASURE.match("|".join(values)):
        return match[0].replace("|-|", "\u2013").replace("|", " ")
    return " ".join(values[:2])


def height(arguments: Arguments) -> str:
    """Show feet and inches, or meters."""
    units = ("ft", "in", "m", "cm")
    return " ".join(f"{arguments[unit]} {unit}" for unit in units if arguments.get(unit))


def fraction(arguments: Arguments) -> str:
    """Show `{{frac|2}}` as 1/2, `{{frac|3|4}}` as 3/4, `{{frac|1|3|4}}` as 1 3/4."""
    values = positional(arguments)[:3] or [""]
    missing: list[str] = [[], [""], ["", "1"]][3 - len(values)]
    whole, above, below = (*missing, *values)
    return f"{whole} {above}/{below}".strip()


def money(arguments: Arguments) -> str:
    """Show an amount with its currency's sign; for rarer currencies, with the code after it."""
    amount, code = (arguments.get(name, "") for name in ("1", "2"))
    sign = _SIGNS.get(code.lower(), "")
    return sign + amount if sign else f"{amount} {code}"


def rupees(arguments: Arguments) -> str:
    """Show `{{INRConvert|5|c}}` as ₹5 crore."""
    amount, scale = (arguments.get(name, "") for name in ("1", "2"))
    return f"₹{amount}{_RUPEES.get(scale, '')}"


def country(arguments: Arguments) -> str:
    """Show a country's name, even if its code is given."""
    name = _first("name|1", arguments)
    return COUNTRIES.get(name, name)


def _first(names: str, arguments: Arguments) -> str:
    return next((arguments[name] for name in names.split("|") if arguments.get(name)), "")


def _with_aside(text: str, aside: str = "") -> str:
    return f"{text} ({aside})" if text and aside else text


def _date(values: list[str]) -> str:
    numbers: list[str] = []
    for value, most in zip(values, (9999, 12, 31), strict=False):
        if not (value.isdecimal() and len(value) <= MAX_DIGITS and int(value) <= most):
            break
        numbers.append(value.zfill(2))
    return "-".join(numbers) or "".join(values[:1])
