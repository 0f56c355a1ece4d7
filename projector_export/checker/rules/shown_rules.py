"""The rule behind all others: an export of which no point is shown is never without findings."""

from __future__ import annotations

from collections.abc import Iterator

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.view import View

E22 = Rule(
    "E22",
    "No point is shown, or nothing could be checked",
    "The page stays empty; or it fetches vectors that this check could not read.",
    (
        "Name vectors that are there. Of files at web addresses put copies beside the config: they "
        "are checked in place of the addresses."
    ),
    "Nothing: the vectors are not there.",
)
RULES = (E22,)


def findings(view: View) -> Iterator[Finding]:
    """Name the vectors that lie at a web address and were not read."""
    for tensor in view.tensors:
        asset = tensor.assets.get("tensor_path")
        if asset is not None and asset.problem == "url" and asset.file is None:
            yield E22.finding(
                f"the vectors of {tensor.name!r} lie at {asset.written} and were not read, so "
                "nothing could be checked",
                tensor.source,
                severity="warning" if view.shows_points else None,
            )


def check_that_points_are_shown(view: View) -> Iterator[Finding]:
    """Say that there are no points; for a view in which nothing else is an error."""
    if view.viewer != "metadata" and not view.shows_points:
        yield E22.finding("no tensor has vectors, so no point is shown", view.path)
