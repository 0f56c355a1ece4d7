"""How often each value of a column occurs, in memory that does not grow with the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

MAX_VALUES = 20_000


class ValueCounts:
    """Counts of values; if there are too many distinct ones, rare ones are not counted."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self.is_exact = True

    def add(self, counts: Mapping[str, int]) -> None:
        """Count more values."""
        if not self.is_exact:
            # A new value that occurs once would be dropped next time.
            known = self._counts.keys()
            counts = {
                value: count for value, count in counts.items() if count > 1 or value in known
            }
        self._counts.update(counts)
        if len(self._counts) > MAX_VALUES:
            self.is_exact = False
            self._forget_rare()

    def _forget_rare(self) -> None:
        least = 2
        while len(self._counts) > MAX_VALUES // 2:
            frequent = {value: count for value, count in self._counts.items() if count >= least}
            self._counts = Counter(frequent)
            least *= 2

    @property
    def num_values(self) -> int | None:
        """Number of distinct values; None if not all were counted."""
        return len(self._counts) if self.is_exact else None

    def most_common(self, count: int) -> list[tuple[str, int]]:
        """Return the most frequent values with their counts; equal counts are ordered by value."""
        ranked = self._counts.most_common(count + 1)
        if len(ranked) > count and ranked[-1][1] == ranked[-2][1]:
            # Values as frequent as the last one are candidates too.
            at_least = ranked[-2][1]
            ranked = [item for item in self._counts.items() if item[1] >= at_least]
        return sorted(ranked, key=lambda item: (-item[1], item[0]))[:count]

    def matching(self, words: frozenset[str]) -> int:
        """Count the cells that are one of `words`, in any case."""
        return sum(count for value, count in self._counts.items() if value.casefold() in words)
