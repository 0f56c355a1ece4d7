"""Results that do not depend on how many threads there are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Make NumPy and SciPy multiply matrices in one thread; also a decorator.

    Threads split the work differently on 1, 2 and 16 cores, so sums differ in their last digit.
    That is enough for t-SNE and UMAP to end at another map.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield


def num_usable_cores() -> int:
    """Count the cores that this process may use, which `taskset` and containers limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
