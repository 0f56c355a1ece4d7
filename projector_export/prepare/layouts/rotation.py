"""A layout turned so that the viewer shows it in its true proportions."""

from __future__ import annotations

import numpy as np

from projector_export.arrays import Float32Matrix

NUM_TRIED_TURNS, NUM_REFINED_TURNS = 1_000, 10


def squared(layout: Float32Matrix) -> Float32Matrix:
    """Turn (N, 2 or 3) so that it spans the same on every axis, from -1 to 1.

    The viewer stretches each axis by itself to fill the plot. A layout may be turned at will, and
    each has a turn at which its bounding box is a square, or a cube (Kakutani's theorem): turned
    so, it is shown in its true proportions.
    """
    find_turn = _turn_to_cube if layout.shape[1] == 3 else _turn_to_square
    turned = layout @ find_turn(layout)
    middle = (turned.max(axis=0) + turned.min(axis=0)) / 2
    half = np.ptp(turned, axis=0).max() / 2 or 1.0
    return ((turned - middle) / half).astype(np.float32)


def _turn_to_square(layout: Float32Matrix) -> Float32Matrix:
    """Find the rotation (2, 2) within 45 degrees; at the ends the two extents change places."""
    from scipy.optimize import brentq

    def excess(angle: float) -> float:
        return _excess(layout @ _turn(angle))

    eighth = np.pi / 4
    if excess(-eighth) * excess(eighth) >= 0:  # one is the other's negative, so both are nothing
        return _turn(eighth)
    return _turn(brentq(excess, -eighth, eighth))


def _turn(angle: float) -> Float32Matrix:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _excess(layout: Float32Matrix) -> float:
    width, height = np.ptp(layout, axis=0)
    return float(width - height)


def _turn_to_cube(layout: Float32Matrix) -> Float32Matrix:
    """Search the rotation (3, 3) whose extents are most alike: many tries, the best refined."""
    from scipy.optimize import minimize
    from scipy.spatial import ConvexHull
    from scipy.spatial.transform import Rotation

    # Only the outermost points matter; joggled, because a hull may be flat.
    outer = layout[ConvexHull(layout, qhull_options="QJ").vertices].astype(np.float64)

    def unevenness(turn: Float32Matrix) -> float:
        extents = np.ptp(outer @ Rotation.from_rotvec(turn).as_matrix(), axis=0)
        return float(np.ptp(extents) / extents.max())

    quaternions = np.random.default_rng(0).normal(size=(NUM_TRIED_TURNS, 4))
    turns = Rotation.from_quat(quaternions).as_rotvec()
    best = sorted(turns, key=unevenness)[:NUM_REFINED_TURNS]
    precise = {"xatol": 1e-6, "fatol": 1e-6, "maxiter": 1000}
    found = min(
        (minimize(unevenness, turn, method="Nelder-Mead", options=precise) for turn in best),
        key=lambda result: float(result.fun),
    )
    return np.asarray(Rotation.from_rotvec(found.x).as_matrix())
