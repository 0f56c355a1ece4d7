"""Generated points with known groups, exported like a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from projector_export.embedding import Embedding
from projector_export.exporter import write_exports
from projector_export.prepare.geometry import viewer_pca, viewer_ready
from projector_export.prepare.layouts.compute import LayoutOptions
from projector_export.prepare.layouts.rotation import rotate_to_square
from projector_export.prepare.table import PreparedTable
from projector_export.tour.stops import TourStop

NUM_POINTS, DIM = 300, 60
GENRES = [f"Genre {number:02d}" for number in range(12)]


def grouped_embedding(
    num_points: int = NUM_POINTS, *, dim: int = DIM, name: str = "books", seed: int = 0
) -> Embedding:
    """Make points around twelve centers; a point's genre is its center, all sizes differ."""
    rng = np.random.default_rng(seed)
    shares = np.arange(len(GENRES), 0, -1) / sum(range(len(GENRES) + 1))
    genre = np.repeat(np.arange(len(GENRES)), np.round(shares * num_points).astype(int))
    genre = np.resize(genre, num_points)
    centers = rng.normal(size=(len(GENRES), dim))
    vectors = centers[genre] + 0.35 * rng.normal(size=(num_points, dim))
    order = rng.permutation(num_points)
    titles = [f"Book {row:05d}" for row in range(num_points)]
    titles[0], titles[-1] = "Войнá и мир · 戦争と平和", "<img src=x onerror=alert(1)> & «Ø»"
    table = pd.DataFrame(
        {
            "title": titles,
            "genre": [GENRES[group] for group in genre[order]],
            "year": 1500 + np.arange(num_points) % 500,
        }
    )
    return Embedding(name, vectors[order].astype(np.float32), table)


def write_made_export(
    folder: Path,
    embedding: Embedding,
    *,
    layouts: tuple[str, ...],
    dimensions: int = 2,
    title: str = "Made books",
) -> PreparedTable:
    """Export it, colored by genre; return what the viewer shows."""
    options = LayoutOptions(names=layouts, dimensions=dimensions, seed=1)
    embedding = replace(embedding, color_by="genre")
    return write_exports(folder, [embedding], title=title, max_colors=10, layouts=options)[0]


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    '"><script>alert(2)</script>',
    "\u202eמלחמה ושלום\u202c",
    '=HYPERLINK("http://example.org")',
    "+1; rm -rf",
    "@SUM(A1), 'b'",
    "a,b;c%26=d&e",
    "long " * 100,
]


def write_hostile_export(folder: Path) -> None:
    """Export points whose labels, categories, columns, title and tour try to break a page."""
    rng = np.random.default_rng(4)
    kinds = [HOSTILE[row % 3 * 2] for row in range(90)]
    table = pd.DataFrame(
        {
            "label": [*HOSTILE, *[f"plain {row}" for row in range(82)]],
            "=<b>kind</b>": kinds,
            "number": -np.arange(90) / 4,
        }
    )
    flat = rng.normal(size=(90, 2)).astype(np.float32)
    embedding = Embedding(
        *("made", rng.normal(size=(90, 6)), table, "=<b>kind</b>"), layouts={"flat": flat}
    )
    stops = [TourStop(title=text, text=text, select=text) for text in HOSTILE[:-1]]
    stops.append(TourStop(title=HOSTILE[-1], text=HOSTILE[0], show=[HOSTILE[0]]))
    write_exports(
        *(folder, [embedding]), title=HOSTILE[0], max_colors=10, layouts=LayoutOptions(), tour=stops
    )


def write_with_flat_maps(folder: Path, embedding: Embedding, *, title: str = "Made books") -> None:
    """Export it with PCA and two fast maps, which are the first two principal components."""
    flat = rotate_to_square(viewer_pca(viewer_ready(embedding.vectors))[:, :2])
    layouts = {"tsne": flat, "umap": flat, "pca": flat}
    ready = replace(embedding, layouts=layouts, color_by="genre")
    write_exports(folder, [ready], title=title, max_colors=10, layouts=LayoutOptions())
