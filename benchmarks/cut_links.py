"""Compare TensorBoard's neighbors of a link with those among all links, for docs/viewer.md.

python benchmarks/cut_links.py logs/starter
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))

from projector_export.arrays import Float32Matrix, IntMatrix  # noqa: E402
from projector_export.explore.open_export import open_export  # noqa: E402
from projector_export.prepare.geometry import sphereize, unit_norm  # noqa: E402

K = 10


def main() -> None:
    """Compare `projector/`, where links are cut, with `upload/`, where all of them are."""
    run = Path(sys.argv[1])
    links = open_export(run / "upload").table("links").vectors
    num_kept = len(open_export(run / "projector").table("links").vectors)
    among_all, cut = sphereize(links), sphereize(links[:num_kept])
    everywhere, kept = nearest(among_all)[:num_kept], nearest(cut)
    print(f"{len(links):,} links, {num_kept:,} of them in projector/")
    print(f"{shared(everywhere, kept):.0%} of the {K} neighbors of a link are the same")
    print(f"{(everywhere >= num_kept).mean():.0%} of those among all links were cut")
    print(f"{shared(nearest(among_all[:num_kept]), kept):.1%} of those that are left are the same")
    moved = np.abs(similarities(among_all[:num_kept]) - similarities(cut))
    print(f"similarities move by {moved.mean():.3f} on average, {moved.max():.3f} at most")


def nearest(rows: Float32Matrix) -> IntMatrix:
    """Find the K nearest rows (N, K) of each row of (N, D)."""
    cosines = similarities(rows)
    np.fill_diagonal(cosines, -np.inf)
    return np.argsort(-cosines, axis=1)[:, :K]


def similarities(rows: Float32Matrix) -> Float32Matrix:
    """Cosines (N, N)."""
    unit = unit_norm(rows)
    return unit @ unit.T


def shared(some: IntMatrix, others: IntMatrix) -> float:
    """Share of a row's neighbors that two tables (N, K) have in common."""
    return float(np.mean([len(set(a) & set(b)) / K for a, b in zip(some, others, strict=True)]))


if __name__ == "__main__":
    main()
