"""The viewer draws a line through the rows of each sequence, in their order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

import projector_export as px
from projector_export.serve.static import serve_folder
from tests.helpers import projector_page as viewer


def test_a_line_joins_the_rows_of_each_sequence(page, tmp_path) -> None:
    # The rarer color moves to second place, so rows and lines change places with it.
    metadata = {
        "word": [f"w{row}" for row in range(40)],
        "kind": ["cold" if row == 30 else "warm" for row in range(40)],
        "story": [f"story {row % 3}" if row % 4 else None for row in range(40)],
    }
    vectors = np.random.default_rng(0).normal(size=(40, 8))
    px.export(vectors, metadata, tmp_path / "map", color_by="kind", sequences="story", layouts=())
    with serve_folder(tmp_path / "map" / "site") as address:
        page.goto(address)
        viewer.wait_until_loaded(page)
        drawn = viewer.evaluate(
            page,
            "q.dataSet.sequences.map(s => s.pointIndices.map(i => q.dataSet.points[i].metadata.word))",
        )
    # A row that moved to the top begins a second line, over the end of the first.
    steps = {pair for line in drawn for pair in pairwise(line)}
    stories = [
        [f"w{row}" for row in range(40) if row % 4 and row % 3 == story] for story in range(3)
    ]
    assert steps == {pair for story in stories for pair in pairwise(story)}
    assert all(story in drawn for story in stories)
