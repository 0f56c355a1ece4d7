"""PaCMAP, the layout of an optional extra."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from projector_export.prepare.geometry import unit_norm
from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts
from tests.helpers.made_exports import grouped_embedding


@pytest.mark.slow
def test_pacmap_keeps_groups_together_and_gives_the_same_bytes_twice() -> None:
    pytest.importorskip("pacmap")
    options = LayoutOptions(names=("pacmap",), seed=1)
    made = grouped_embedding(160, dim=12)
    layout, again = (compute_layouts(unit_norm(made.vectors), options)["pacmap"] for _ in range(2))
    assert layout.tobytes() == again.tobytes()
    assert (layout.shape, layout.dtype) == ((160, 2), np.float32)
    groups = made.metadata["genre"].to_numpy()
    distances = np.linalg.norm(layout[:, None] - layout[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert np.mean(groups == groups[distances.argmin(axis=1)]) > 0.95


def test_without_the_extra_the_error_names_it_and_nothing_is_written(tmp_path) -> None:
    vectors = tmp_path / "v.tsv"
    vectors.write_text("".join(f"{n}\t{n * n}\t1\n" for n in range(60)))
    script = (
        "import sys\n"
        "sys.modules['pacmap'] = None  # as if it were not installed\n"
        "from projector_export.cli.main import main\n"
        f"main(['export', {str(vectors)!r}, '-o', {str(tmp_path / 'map')!r}, '--layouts', 'pacmap'])\n"
    )
    program = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert program.returncode == 2
    assert program.stdout == ""
    assert program.stderr.splitlines()[-2:] == [
        "error: the layout 'pacmap' needs a package that is not installed",
        "tip: pip install 'projector-export[pacmap]'",
    ]
    assert list(tmp_path.iterdir()) == [vectors]
