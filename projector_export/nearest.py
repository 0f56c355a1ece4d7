"""Find known names that are spelled like the one that a user typed."""

from __future__ import annotations

from collections.abc import Sequence

MIN_RATIO = 70  # of 100: one letter wrong in a word of four, or a word spelled by ear
MAX_BEHIND_BEST = 12  # names that are that much less similar than the best one are left out


def did_you_mean(wanted: str, known: Sequence[str]) -> str:
    """Begin a tip with the nearest name, `did you mean 'topic'? `, or with nothing."""
    near = nearest_names(wanted, known, limit=1)
    return f"did you mean {near[0]!r}? " if near else ""


def nearest_names(wanted: str, known: Sequence[str], *, limit: int = 3) -> list[str]:
    """List the names in `known` that are spelled most like `wanted`, nearest first, in any case."""
    return [known[index] for index in nearest_indices(wanted, known, limit=limit)]


def nearest_indices(wanted: str, known: Sequence[str], *, limit: int = 3) -> list[int]:
    """Return the indices in `known` of the names that `nearest_names` lists."""
    from rapidfuzz import fuzz, process

    matches = process.extract(
        wanted,
        known,
        scorer=fuzz.ratio,
        processor=str.casefold,
        limit=limit,
        score_cutoff=MIN_RATIO,
    )
    return [index for _, ratio, index in matches if ratio >= matches[0][1] - MAX_BEHIND_BEST]
