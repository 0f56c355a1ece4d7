"""Reduce wide vectors, for which the viewer is slow and has no exact PCA."""

from __future__ import annotations

import logging

import numpy as np

from projector_export.arrays import Float32Matrix
from projector_export.threads import one_blas_thread

logger = logging.getLogger(__name__)


@one_blas_thread()
def reduce_dimensions(
    vectors: Float32Matrix, num_dimensions: int, *, name: str, seed: int
) -> Float32Matrix:
    """Project (N, D) rows onto their first principal components, (N, num_dimensions).

    Args:
        vectors: finite rows.
        num_dimensions: at most D.
        name: the table's name, for the log.
        seed: of the randomized solver, which scikit-learn uses for wide vectors.
    """
    from sklearn.decomposition import PCA

    pca = PCA(num_dimensions, random_state=seed)
    reduced = pca.fit_transform(vectors).astype(np.float32)
    logger.info(
        "%s: reduced from %d to %d dimensions, which keep %.0f%% of the variance",
        name,
        vectors.shape[1],
        num_dimensions,
        100 * pca.explained_variance_ratio_.sum(),
    )
    return reduced
