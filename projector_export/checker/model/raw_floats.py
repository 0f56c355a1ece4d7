"""Whether raw float32 numbers are plausible."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Vectors have no numbers outside this range; most numbers of a wrong type are outside.
SMALLEST, LARGEST = 1e-15, 1e15
NUM_JUDGED_ROWS, NUM_JUDGED = 1_000, 100_000


def share_plausible(values: NDArray[np.float32]) -> float:
    """Return the share of numbers that are 0 or have a plausible size."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        size = np.abs(values)
    ordinary = (size == 0) | ((size > SMALLEST) & (size < LARGEST))
    return float(np.mean(ordinary)) if size.size else 1.0


def guess_real_type(matrix: NDArray[np.float32]) -> str:
    """Guess what raw numbers (N, D) really are; "" if they are plausible as float32."""
    import numpy as np

    sample = np.array(matrix[:NUM_JUDGED_ROWS]).reshape(-1)[:NUM_JUDGED]
    if share_plausible(sample) > 0.5:
        return ""
    if share_plausible(sample.view(">f4").astype(np.float32)) > 0.9:
        return "they are plausible as big-endian"
    if np.abs(sample.view("<i4").astype(np.int64)).max(initial=0) < 1_000_000:
        return "they look like int32"
    return "they may have another type"
