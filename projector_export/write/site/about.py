"""What the page tells of itself: its title, its source, its address, and how good its maps are."""

from __future__ import annotations

import html
import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from projector_export.errors import RunError, UsageError
from projector_export.explore.quality import MEANINGS
from projector_export.prepare.cells import clean_text
from projector_export.write.site.data import read_page_config

GENERATOR = '<meta name="generator" content="projector-export">'  # of every page
PREVIEW_SIZE = (1200, 630)  # pixels, as previews of links are cut


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a page is told to say.

    Attributes:
        title: what it is called; by default as the export.
        source: where the data is from.
        url: where it will be, which previews of links need for their picture.
    """

    title: str = ""
    source: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        """Refuse an address that no browser could open."""
        if self.url and urlsplit(self.url).scheme not in {"http", "https"}:
            raise UsageError(f"the page's address is {self.url!r}; expected https://...")

    def or_else(self, other: About) -> About:
        """Take from `other` what is not set here."""
        return About(
            title=self.title or other.title,
            source=self.source or other.source,
            url=self.url or other.url,
        )


NOT_SAID = About()


def read_about(site: Path | None) -> About:
    """Read what an existing page says of itself; nothing if there is none."""
    try:
        config = read_page_config(site) if site else {}
    except RunError:
        config = {}
    return About(
        title=str(config.get("modelCheckpointPath", "")),
        source=str(config.get("source", "")),
        url=str(config.get("url", "")),
    )


def with_about(config: Mapping[str, Any], about: About) -> dict[str, Any]:
    """Add to the viewer's config what the page tells of itself."""
    # The same input gives the same bytes with this variable, as reproducible builds set it.
    moment = float(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    title = {"modelCheckpointPath": clean_text(about.title)} if about.title else {}
    return {
        **config,
        **title,
        "source": clean_text(about.source),
        "url": about.url,
        "date": time.strftime("%Y-%m-%d", time.gmtime(moment)),
    }


def facts(config: Mapping[str, Any]) -> str:
    """List what is known of the data, as terms and descriptions in HTML."""
    names = [str(table["tensorName"]) for table in config["embeddings"]]
    known = {
        "Tables": ", ".join(names) if len(names) > 1 else "",
        "Source": str(config.get("source", "")),
        "Date": str(config.get("date", "")),
    }
    return "\n".join(_term(term, text) for term, text in known.items() if text)


def figures(config: Mapping[str, Any]) -> str:
    """Tell how each map was made and how faithful it is, in HTML; nothing if that is not known."""
    described = config.get("maps") or {}
    maps: Sequence[Mapping[str, Any]] = described.get("maps", ())
    if not maps:
        return ""
    of_all = described["num_sampled"] == described["num_rows"]
    sample = "" if of_all else f" Measured of {described['num_sampled']:,} random points."
    made = "".join(_term(str(one["title"]), str(one["made_by"])) for one in maps)
    head = "".join(f"<th>{html.escape(str(one['title']))}</th>" for one in maps)
    rows = "".join(_row(name, maps) for name in MEANINGS if name in maps[0])
    return (
        f"<h3>How far to trust it</h3>\n<dl>{made}</dl>\n"
        f"<table><thead><tr><th>1 is best.{sample}</th>{head}</tr></thead>\n"
        f"<tbody>{rows}</tbody></table>"
    )


def previews(config: Mapping[str, Any]) -> str:
    """Return the tags of the preview's picture; without the page's address it is relative."""
    url = str(config.get("url", ""))
    tags = {"og:url": url}
    if config.get("preview"):
        width, height = map(str, PREVIEW_SIZE)
        tags |= {
            "og:image": urljoin(url, config["preview"]),
            "og:image:width": width,
            "og:image:height": height,
            "og:image:alt": "The map",
        }
    lines = [
        f'<meta property="{name}" content="{html.escape(text)}">'
        for name, text in tags.items()
        if text
    ]
    card = "summary_large_image" if config.get("preview") else "summary"
    lines.append(f'<meta name="twitter:card" content="{card}">')
    return "\n".join(lines)


def _term(term: str, description: str) -> str:
    return f"<dt>{html.escape(term)}</dt><dd>{html.escape(description)}</dd>"


def _row(name: str, maps: Sequence[Mapping[str, Any]]) -> str:
    title = name.replace("_", " ").capitalize()
    cells = "".join(f"<td>{_two_digits(one.get(name))}</td>" for one in maps)
    return f"<tr><th>{title}<p>{html.escape(MEANINGS[name])}</p></th>{cells}</tr>\n"


def _two_digits(figure: float | None) -> str:
    """Round down, so that only a perfect figure is 1."""
    return "" if figure is None else f"{math.floor(100 * figure) / 100:.2f}"
