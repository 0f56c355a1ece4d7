"""Read the address of a page: what it shows, in Python as in the page's own `address.js`.

docs/page.md, *Find a point, and send others a link to it*, lists its parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

USUAL_NEIGHBORS = 100  # how many the page lists
_RANGE = re.compile(r"(\d{1,15})(?:-(\d{1,15}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """What an address says; "" and nothing mean as usual.

    Attributes:
        tour: the number of a stop, from 1.
        table: the table.
        map: the bookmark, from 1.
        color: the column to color by.
        show: values of that column; the other points are hidden.
        isolate: ranges of rows; the others are taken away.
        neighbors: how many neighbors are listed.
        select: the label of a point.
        rows: ranges of rows that are selected, if there are several.
    """

    tour: str = ""
    table: str = ""
    map: str = ""
    color: str = ""
    show: tuple[str, ...] = ()
    isolate: str = ""
    neighbors: str = ""
    select: str = ""
    rows: str = ""


def read_link(text: str, tour: Sequence[Mapping[str, Any]] = ()) -> Link:
    """Read an address, or what follows its `#`.

    Args:
        text: such as `https://example.org/map/#select=War+and+Peace`.
        tour: the stops of the page's tour, whose parts an address with `tour=` leaves out.
    """
    _, hash_sign, after = text.partition("#")
    fragment = (after if hash_sign else text).removeprefix("?")  # as browsers do
    given: dict[str, list[str]] = {}
    for key, value in parse_qsl(fragment, keep_blank_values=True):
        given.setdefault(key, []).append(value)
    number = _number_of_stop(given.pop("tour", [""])[0], tour)
    parts: dict[str, Any] = dict(tour[number - 1].get("view", {})) if number else {}
    parts |= {key: values[0] for key, values in given.items() if key in Link.__slots__}
    if "show" in given:
        parts["show"] = [value for value in given["show"] if value]
    parts |= {"tour": str(number or ""), "show": tuple(parts.get("show", ()))}
    return Link(**parts)


def read_rows(text: str, num_rows: int) -> list[int]:
    """Read ranges of rows below `num_rows`, such as `3-7.12`; what is no range is left out."""
    rows: set[int] = set()
    for found in map(_RANGE.fullmatch, text.split(".")):
        if found:
            start, end = int(found[1]), int(found[2] or found[1])
            rows.update(range(start, min(end, num_rows - 1) + 1))
    return sorted(rows)


def _number_of_stop(text: str, tour: Sequence[Any]) -> int:
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
    return number if number <= len(tour) else 0
