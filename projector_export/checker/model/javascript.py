"""How JavaScript reads text: its numbers, its blanks and the order of an object's keys.

Sources: ECMA-262, "StringToNumber", "Number::toString" and "OrdinaryOwnPropertyKeys".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from math import inf, isfinite

# What `String.prototype.trim` and `Number()` strip.
WHITESPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
# Every number begins with one of these; most text does not.
NUMBER_BEGINNINGS = frozenset("0123456789+-.I" + WHITESPACE)
_DECIMAL = re.compile(r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_OTHER_BASE = re.compile(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")
_ARRAY_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
MAX_ARRAY_INDEX = 2**32 - 2


def parse_number(text: str) -> float | None:
    """Return `Number(text)`, or None if that is NaN; blank text is 0."""
    text = text.strip(WHITESPACE)
    if not text:
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _OTHER_BASE.fullmatch(text):
        integer = int(text, 0)
        return float(integer) if integer.bit_length() <= 1023 else inf
    return None


def format_number(value: float) -> str:
    """Return `String(value)`."""
    if not isfinite(value):
        return {inf: "Infinity", -inf: "-Infinity"}.get(value, "NaN")
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    return "-" * sign + _with_point(text, point)


def _with_point(digits: str, point: int) -> str:
    if 0 < point <= 21:
        whole = digits[:point].ljust(point, "0")
        return whole + ("." + digits[point:] if len(digits) > point else "")
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    exponent = f"e{point - 1:+d}"
    return digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + exponent


def sort_keys(keys: Iterable[str]) -> list[str]:
    """Order keys like `Object.keys`: whole numbers by size, then the rest in their order."""
    names = list(keys)
    indices = [name for name in names if is_array_index(name)]
    return sorted(indices, key=int) + [name for name in names if not is_array_index(name)]


def is_array_index(name: str) -> bool:
    """Whether `name` is an index for a JavaScript object, which it keeps before other keys."""
    return bool(_ARRAY_INDEX.fullmatch(name)) and int(name) <= MAX_ARRAY_INDEX
