"""Rotate a layout so that the viewer shows it in its true proportions."""

from __future__ import annotations

import numpy as np

from projector_export.arrays import Float32Matrix

NUM_CANDIDATES, NUM_REFINED = 1_000, 10


def rotate_to_square(layout: Float32Matrix) -> Float32Matrix:
    """Rotate (N, 2 or 3) so that it has the same extent on every axis, from -1 to 1.

    The viewer stretches each axis by itself to fill the plot. The rotation of a layout means
    nothing, and for each layout there is one that makes its bounding box a square, or a cube
    (Kakutani's theorem): with that, it is shown in its true proportions.
    """
    find_rotation = _rotation_to_cube if layout.shape[1] == 3 else _rotation_to_square
    rotated = layout @ find_rotation(layout)
    middle = (rotated.max(axis=0) + rotated.min(axis=0)) / 2
    half = np.ptp(rotated, axis=0).max() / 2 or 1.0
    return ((rotated - middle) / half).astype(np.float32)


def _rotation_to_square(layout: Float32Matrix) -> Float32Matrix:
    """Find the rotation (2, 2) within 45 degrees; from one end to the other the extents swap."""
    from scipy.optimize import brentq

    def excess(angle: float) -> float:
        return _excess(layout @ _rotation(angle))

    eighth = np.pi / 4
    if excess(-eighth) * excess(eighth) >= 0:  # one is the other's negative, so both are zero
        return _rotation(eighth)
    return _rotation(brentq(excess, -eighth, eighth))


def _rotation(angle: float) -> Float32Matrix:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _excess(layout: Float32Matrix) -> float:
    width, height = np.ptp(layout, axis=0)
    return float(width - height)


def _rotation_to_cube(layout: Float32Matrix) -> Float32Matrix:
    """Search the rotation (3, 3) with the most equal extents: try many, refine the best."""
    from scipy.optimize import minimize
    from scipy.spatial import ConvexHull
    from scipy.spatial.transform import Rotation

    # Only the outermost points matter; joggled, because the points may lie in a plane.
    outer = layout[ConvexHull(layout, qhull_options="QJ").vertices].astype(np.float64)

    def unevenness(rotation: Float32Matrix) -> float:
        extents = np.ptp(outer @ Rotation.from_rotvec(rotation).as_matrix(), axis=0)
        return float(np.ptp(extents) / extents.max())

    quaternions = np.random.default_rng(0).normal(size=(NUM_CANDIDATES, 4))
    candidates = Rotation.from_quat(quaternions).as_rotvec()
    best = sorted(candidates, key=unevenness)[:NUM_REFINED]
    precise = {"xatol": 1e-6, "fatol": 1e-6, "maxiter": 1000}
    refined = min(
        (minimize(unevenness, start, method="Nelder-Mead", options=precise) for start in best),
        key=lambda result: float(result.fun),
    )
    return np.asarray(Rotation.from_rotvec(refined.x).as_matrix())
