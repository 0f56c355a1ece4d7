"""Types of the arrays that functions take and return; docstrings say their shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Float32Matrix = npt.NDArray[np.floating[Any]]
Float64Vector = npt.NDArray[np.float64]
IntVector = npt.NDArray[np.integer[Any]]
IntMatrix = npt.NDArray[np.integer[Any]]
StringVector = npt.NDArray[np.str_]
