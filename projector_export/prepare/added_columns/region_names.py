"""Names of regions: the terms that tell each apart from the others, by class-based TF-IDF.

All rows of a region count as one document. A term's weight is its share of the region's terms,
times the logarithm of how rare it is among all rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

import numpy as np
from scipy.sparse import csr_matrix

from projector_export.arrays import Float64Matrix, Float64Vector, IntVector
from projector_export.prepare.added_columns.base import RowTerms

MIN_SHARE = 1 / 2  # of a region's rows have its first term; else it is too mixed for a name
MIN_SECOND_SHARE = 1 / 5
MIN_LIFT = 2  # how much more frequent a term is in the region than outside
NEARLY = 0.85  # as heavy as the best term; "Dystopia" is then the name, not "Dystopian novels"
SEPARATOR = " · "
STEM = 5  # letters that "Japan" and "Japanese" share; both in one name would say it twice

_WORD = re.compile(r"\w{3,}")


def name_regions(regions: IntVector, terms: RowTerms) -> list[str]:
    """Name regions by one or two terms each; "" if its rows have too little in common.

    Regions of one name are one to the reader, so names may repeat.

    Args:
        regions: the region of each row (N,), from 0; -1 for none.
        terms: what each of the N rows is about; case does not matter.
    """
    num_regions = int(regions.max(initial=-1)) + 1
    if not num_regions:
        return []
    spelled, incidence = _incidence(terms)
    in_region = csr_matrix(
        (np.ones((regions >= 0).sum()), (regions[regions >= 0], np.flatnonzero(regions >= 0))),
        shape=(num_regions, len(regions)),
    )
    sizes = np.asarray(in_region.sum(axis=1)).ravel()
    counts = in_region @ incidence
    is_shared = np.asarray(counts.max(axis=0).toarray()).ravel() >= MIN_SECOND_SHARE * sizes.min()
    counts, incidence = counts[:, is_shared].toarray(), incidence[:, is_shared]
    spelled = [term for term, is_kept in zip(spelled, is_shared, strict=True) if is_kept]
    totals = np.asarray(incidence.sum(axis=0)).ravel()
    weights = class_tf_idf(counts, totals)
    shares = counts / sizes[:, None]
    outside = (totals - counts) / np.maximum(len(regions) - sizes[:, None], 1)
    weights[(shares < MIN_SECOND_SHARE) | (shares < MIN_LIFT * outside)] = 0
    return [_name(spelled, weight, share) for weight, share in zip(weights, shares, strict=True)]


def class_tf_idf(counts: Float64Matrix, totals: Float64Vector) -> Float64Matrix:
    """Weigh terms: tf * log(1 + A / f), where A is the mean number of terms in a class.

    Args:
        counts: how many rows of each class have each term (K, T).
        totals: how many of all rows have each term (T,).
    """
    lengths = counts.sum(axis=1, keepdims=True)
    rarity = np.log1p(lengths.mean() / np.maximum(totals, 1))
    weights: Float64Matrix = counts / np.maximum(lengths, 1) * rarity
    return weights


def _incidence(terms: RowTerms) -> tuple[list[str], csr_matrix]:
    """Return the distinct terms as first spelled, and which row has which: 0 or 1, (N, T)."""
    numbers: dict[str, int] = {}
    spelled: list[str] = []
    rows: list[list[int]] = []
    for of_row in terms:
        found = set()
        for term in of_row:
            number = numbers.setdefault(term.casefold(), len(numbers))
            if number == len(spelled):
                spelled.append(term)
            found.add(number)
        rows.append(sorted(found))
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter(chain.from_iterable(rows), np.int64, ends[-1])
    matrix = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(spelled)))
    return spelled, matrix


def _name(spelled: Sequence[str], weights: Float64Vector, shares: Float64Vector) -> str:
    """Join the best term with the best one that says something else."""
    first = _best(spelled, np.where(shares >= MIN_SHARE, weights, 0))
    if first is None:
        return ""
    stems = _stems(first)
    is_other = np.zeros(len(spelled), dtype=np.bool_)
    for column in np.flatnonzero(weights).tolist():
        is_other[column] = not stems & _stems(spelled[column])
    second = _best(spelled, np.where(is_other, weights, 0))
    return first if second is None else f"{first}{SEPARATOR}{second}"


def _best(spelled: Sequence[str], weights: Float64Vector) -> str | None:
    """Return the shortest of the best term and those like it that weigh nearly as much."""
    if not weights.any():
        return None
    best = spelled[int(weights.argmax())]
    least = NEARLY * weights.max()
    near = [spelled[column] for column in np.flatnonzero(weights >= least).tolist()]
    alike = [term for term in near if _stems(term) & _stems(best)]
    return min([best, *alike], key=lambda term: (len(term), term))


def _stems(term: str) -> set[str]:
    return {word[:STEM] for word in _WORD.findall(term.casefold())}
