"""What was met in a dump: counts, damage, and templates that nobody knows."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from projector_export.errors import JobFailedError

DAMAGE_TIP = "fetch the dump again, check its hash, and prepare it with --force"


@dataclass(slots=True)
class PartReport:
    """What was met in a part.

    Attributes:
        counts: pages, books, redirects, drafts, other_namespaces, without_template, malformed,
            unreadable.
        damages: where the dump could not be read, or holds a page that is no well-formed XML.
        unreadable_pages: titles of the first pages whose wikitext could not be parsed.
        unknown_templates: how often infoboxes use templates that are not in the table of what they
            show, by name.
        template_redirects: (redirect, template) names, as `plain_name` writes them.
    """

    counts: Counter[str] = field(default_factory=Counter)
    damages: list[str] = field(default_factory=list)
    unreadable_pages: list[str] = field(default_factory=list)
    template_redirects: list[tuple[str, str]] = field(default_factory=list)
    unknown_templates: Counter[str] = field(default_factory=Counter)

    @property
    def damage_in_short(self) -> str:
        """The first damaged place, and how many more there are; "" if there is none."""
        num_more = len(self.damages) - 1
        more = f"; and {num_more:,} more damaged place{'s' * (num_more > 1)}"
        return "".join(self.damages[:1]) + more * (num_more > 0)

    def as_json(self) -> str:
        """Write the report; `from_json` reads it again."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def from_json(cls, text: str) -> PartReport:
        """Read what `as_json` wrote."""
        content = json.loads(text)
        content["template_redirects"] = [tuple(pair) for pair in content["template_redirects"]]
        for name in ("counts", "unknown_templates"):
            content[name] = Counter(content[name])
        return cls(**content)

    def add(self, other: PartReport) -> None:
        """Take in what was met in another part."""
        self.counts += other.counts
        self.damages += other.damages
        self.unreadable_pages += other.unreadable_pages
        self.template_redirects += other.template_redirects
        self.unknown_templates += other.unknown_templates

    def add_second_reading(self, second: PartReport) -> None:
        """Take in what the same parts, read again for other templates, told for the first time.

        Those books and damaged pages had been counted as articles without the template.
        """
        known = set(self.damages)
        damages = [damage for damage in second.damages if damage not in known]
        found = Counter(
            books=second.counts["books"],
            unreadable=second.counts["unreadable"],
            malformed=len(damages),
        )
        self.counts += found
        self.counts -= Counter(without_template=found.total())
        self.damages += damages
        self.unreadable_pages += second.unreadable_pages
        self.unknown_templates += second.unknown_templates


class NoBooksError(JobFailedError):
    """No page of the dumps uses the template, or none that could be read; `report` tells more."""

    def __init__(self, template: str, report: PartReport) -> None:
        uses = f"uses the template {template!r}"
        num_pages = report.counts["pages"] - report.counts["malformed"]
        if report.damages:
            rest = f"of the {num_pages:,} pages that could be read none {uses}"
            super().__init__(f"{report.damage_in_short}; {rest}", tip=DAMAGE_TIP)
        else:
            tip = "name another with --template; a film's is 'Infobox film'"
            super().__init__(f"none of {num_pages:,} pages {uses}", tip=tip)
        self.report = report
