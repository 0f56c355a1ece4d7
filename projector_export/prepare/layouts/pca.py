"""The principal components, as the viewer computes them."""

from __future__ import annotations

from projector_export.arrays import Float32Matrix
from projector_export.prepare.geometry import sphereize, viewer_pca
from projector_export.prepare.layouts.base import LayoutInput, LayoutMethod, Report


def compute_pca(given: LayoutInput, report: Report) -> Float32Matrix:
    """Return the first components (N, 2 or 3), as the viewer shows them."""
    layout = viewer_pca(sphereize(given.vectors), num_components=given.start.shape[1])
    report(1, 1)
    return layout


METHOD = LayoutMethod(
    title="PCA",
    compute=compute_pca,
    parameters=lambda _num_rows, _dimensions: {"values": "as the viewer computes them"},
    needs_landmarks=False,
    is_rotatable=False,
)
