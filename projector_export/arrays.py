"""Types of the arrays that functions take and return; docstrings say their shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Float32Matrix = npt.NDArray[np.floating[Any]]
Float64Vector = npt.NDArray[np.float64]
Float64Matrix = npt.NDArray[np.float64]
IntVector = npt.NDArray[np.integer[Any]]
IntMatrix = npt.NDArray[np.integer[Any]]
StringVector = npt.NDArray[np.str_]


def is_real(dtype: np.dtype[Any]) -> bool:
    """Whether NumPy can convert it to float32; bfloat16 and its like are of the kind "V"."""
    return dtype.kind in "fiub" or dtype.type.__module__.startswith("ml_dtypes")


def as_float32(matrix: npt.NDArray[Any]) -> Float32Matrix:
    """Return real numbers as float32, row by row in memory, without a copy if they already are.

    Numbers too large become infinity, which an Embedding refuses with its row.
    """
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(matrix, dtype=np.float32)
