"""What reading a dump found: counts, damage, and templates that are not in the table."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from projector_export.errors import JobFailedError

DAMAGE_TIP = "download the dump again, check its hash, and run prepare with --force"


@dataclass(slots=True)
class PartReport:
    """What reading a part found.

    Attributes:
        counts: pages, books, redirects, drafts, other_namespaces, without_template, malformed,
            unreadable.
        damages: where the dump could not be read, or a page is not well-formed XML.
        unreadable_pages: titles of the first pages whose wikitext could not be parsed.
        template_redirects: (redirect, template) names, normalized by `normalize_name`.
        unknown_templates: how often infoboxes use templates that are not in the table of what
            templates show, by name.
    """

    counts: Counter[str] = field(default_factory=Counter)
    damages: list[str] = field(default_factory=list)
    unreadable_pages: list[str] = field(default_factory=list)
    template_redirects: list[tuple[str, str]] = field(default_factory=list)
    unknown_templates: Counter[str] = field(default_factory=Counter)

    @property
    def damage_summary(self) -> str:
        """The first damaged place and the number of others; "" without damage."""
        num_more = len(self.damages) - 1
        more = f"; and {num_more:,} more damaged place{'s' * (num_more > 1)}"
        return "".join(self.damages[:1]) + more * (num_more > 0)

    def to_json(self) -> str:
        """Return the report as JSON, which `from_json` reads."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def from_json(cls, text: str) -> PartReport:
        """Read what `to_json` returned."""
        content = json.loads(text)
        content["template_redirects"] = [tuple(pair) for pair in content["template_redirects"]]
        for name in ("counts", "unknown_templates"):
            content[name] = Counter(content[name])
        return cls(**content)

    def add(self, other: PartReport) -> None:
        """Add what was found in another part."""
        self.counts += other.counts
        self.damages += other.damages
        self.unreadable_pages += other.unreadable_pages
        self.template_redirects += other.template_redirects
        self.unknown_templates += other.unknown_templates

    def add_second_reading(self, second: PartReport) -> None:
        """Add what only a second reading of the same parts, for other templates, found.

        The first reading counted those books and damaged pages as articles without the template.
        """
        known = set(self.damages)
        damages = [damage for damage in second.damages if damage not in known]
        additions = Counter(
            books=second.counts["books"],
            unreadable=second.counts["unreadable"],
            malformed=len(damages),
        )
        self.counts += additions
        self.counts -= Counter(without_template=additions.total())
        self.damages += damages
        self.unreadable_pages += second.unreadable_pages
        self.unknown_templates += second.unknown_templates


class NoBooksError(JobFailedError):
    """No page of the dumps uses the template, or none that could be read; `report` has details."""

    def __init__(self, template: str, report: PartReport) -> None:
        uses = f"uses the template {template!r}"
        num_pages = report.counts["pages"] - report.counts["malformed"]
        if report.damages:
            rest = f"none of the {num_pages:,} pages that could be read {uses}"
            super().__init__(f"{report.damage_summary}; {rest}", tip=DAMAGE_TIP)
        else:
            tip = "name another one with --template, such as 'Infobox film' for films"
            super().__init__(f"none of {num_pages:,} pages {uses}", tip=tip)
        self.report = report
