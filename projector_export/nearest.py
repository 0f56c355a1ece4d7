"""The names that a person probably meant, out of those there are."""

from __future__ import annotations

from collections.abc import Sequence

LEAST_RATIO = 70  # of 100: one letter wrong in a word of four, or a word spelled by ear
MOST_BEHIND = 12  # what is that much less like it than the nearest was not meant


def nearest_names(wanted: str, known: Sequence[str], *, limit: int = 3) -> list[str]:
    """List the names of `known` spelled most like `wanted`, the nearest first, in any case."""
    return [known[place] for place in nearest_places(wanted, known, limit=limit)]


def nearest_places(wanted: str, known: Sequence[str], *, limit: int = 3) -> list[int]:
    """Return where in `known` the names spelled most like `wanted` stand, the nearest first."""
    from rapidfuzz import fuzz, process

    found = process.extract(
        wanted,
        known,
        scorer=fuzz.ratio,
        processor=str.casefold,
        limit=limit,
        score_cutoff=LEAST_RATIO,
    )
    return [place for _, ratio, place in found if ratio >= found[0][1] - MOST_BEHIND]
