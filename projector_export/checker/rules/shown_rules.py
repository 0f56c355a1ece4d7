"""The rule behind all others: an export that shows no points always has a finding."""

from __future__ import annotations

from collections.abc import Iterator

from projector_export.checker.findings import Finding, Rule
from projector_export.checker.model.view import View

E22 = Rule(
    "E22",
    "No points are shown, or nothing could be checked",
    "The page stays empty, or it fetches vectors that this check could not read.",
    (
        "Name vectors that exist. For files at web addresses, put copies next to the config: these "
        "are checked instead."
    ),
    "Nothing: the vectors do not exist here.",
)
RULES = (E22,)


def findings(view: View) -> Iterator[Finding]:
    """Report vectors at a web address that were not read."""
    for tensor in view.tensors:
        asset = tensor.assets.get("tensor_path")
        if asset is not None and asset.problem == "url" and asset.file is None:
            yield E22.finding(
                f"the vectors of {tensor.name!r} are at {asset.written} and were not read, so "
                "nothing could be checked",
                tensor.source,
                severity="warning" if view.shows_points else None,
            )


def check_that_points_are_shown(view: View) -> Iterator[Finding]:
    """Report that there are no points, for a view without other errors."""
    if view.viewer != "metadata" and not view.shows_points:
        yield E22.finding("no tensor has vectors, so no points are shown", view.path)
