"""Every rule by its code, and the findings of all of them in one view."""

from __future__ import annotations

from collections.abc import Iterator

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.view import View
from projector_export.checker.rules import (
    cell_rules,
    checkpoint_rules,
    color_rules,
    config_rules,
    line_rules,
    point_rules,
    sequence_rules,
    shown_rules,
    sprite_and_bookmark_rules,
    vector_rules,
)

GROUPS = (
    checkpoint_rules,
    config_rules,
    line_rules,
    color_rules,
    cell_rules,
    sequence_rules,
    vector_rules,
    point_rules,
    sprite_and_bookmark_rules,
    shown_rules,
)
RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in sorted(
        (rule for group in GROUPS for rule in group.RULES), key=lambda rule: rule.code
    )
}


def findings_of(view: View) -> Iterator[Finding]:
    """Apply every rule to one view."""
    has_error = False
    for group in GROUPS:
        for finding in group.findings(view):
            has_error = has_error or finding.severity == "error"
            yield finding
    if not has_error:
        yield from shown_rules.check_that_points_are_shown(view)
