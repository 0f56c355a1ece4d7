"""Finished layouts of all points.

A layout is one module here, with its METHOD, and one line in LAYOUTS. `compute.py` runs the
requested ones, over one graph of exact cosine neighbors (`neighbors.py`) and from the same start.
"""

from __future__ import annotations

from collections.abc import Mapping

from projector_export.prepare.layouts import pacmap, pca, tsne, umap
from projector_export.prepare.layouts.base import LayoutMethod

PCA = "pca"  # the one that the viewer also computes itself, for any table
LAYOUTS: Mapping[str, LayoutMethod] = {
    "tsne": tsne.METHOD,
    "umap": umap.METHOD,
    PCA: pca.METHOD,
    "pacmap": pacmap.METHOD,
}


def layout_title(name: str) -> str:
    """Return a layout's title in the viewer's bookmarks; a user's own layout has its name."""
    return LAYOUTS[name].title if name in LAYOUTS else name
