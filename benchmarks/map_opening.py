"""From vectors to a colored map: how long layouts take, and how soon a browser shows them.

    python benchmarks/map_opening.py                       37,020 generated points, 50 dimensions
    python benchmarks/map_opening.py --no-layouts          only the time in the browser
    python benchmarks/map_opening.py --num-points 2000 --json map_opening.json

Each figure is the wall time of one run; times in the browser are the best of three, from the
request for the page until the map is drawn, in the system's Chromium with software WebGL.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))

GOALS = {"site opens on the colored map": 3.5, "TensorBoard shows it after a click": 5.0}
VISITS = 3


def main() -> None:
    """Measure, print Markdown, and write JSON if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--num-points", type=int, default=37_020)
    parser.add_argument("--dim", type=int, default=50)
    parser.add_argument("--no-layouts", action="store_true", help="skip the layouts")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = measured(
            Path(folder),
            num_points=arguments.num_points,
            dim=arguments.dim,
            with_layouts=not arguments.no_layouts,
        )
    print(_markdown(report))
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")


def measured(folder: Path, *, num_points: int, dim: int, with_layouts: bool) -> dict[str, Any]:
    """Lay out generated points, export them, and open the export in a browser."""
    from tests.helpers.made_exports import grouped_embedding, write_with_flat_maps

    embedding = grouped_embedding(num_points, dim=dim)
    report: dict[str, Any] = {
        "num_points": num_points,
        "dim": dim,
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "load_before": round(os.getloadavg()[0], 2),
        "seconds": _layout_seconds(embedding.vectors) if with_layouts else {},
    }
    seconds = _timed(lambda: write_with_flat_maps(folder, embedding))[1]
    report["seconds"]["export without layouts"] = seconds
    report["megabytes"] = {
        path.name: round(path.stat().st_size / 1e6, 2)
        for path in sorted((folder / "site").iterdir())
        if path.stat().st_size > 100_000
    }
    report["seconds"] |= _browser_seconds(folder)
    report["load_after"] = round(os.getloadavg()[0], 2)
    return report


def _layout_seconds(vectors: Any) -> dict[str, float]:
    """Time PCA, and both maps like an export; benchmarks/maps.py times them separately."""
    from projector_export.prepare.geometry import sphereize, viewer_pca, viewer_ready
    from projector_export.prepare.layouts.compute import LayoutOptions, compute_layouts

    ready = viewer_ready(vectors)
    both = LayoutOptions(names=("tsne", "umap"), seed=1)
    return {
        "PCA": _timed(lambda: viewer_pca(sphereize(ready)))[1],
        "t-SNE and UMAP": _timed(lambda: compute_layouts(ready, both))[1],
    }


def _browser_seconds(folder: Path) -> dict[str, float]:
    from playwright.sync_api import sync_playwright

    from projector_export.serve.static import serve_folder
    from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
    from projector_export.write.site.page import write_single_file
    from tests.helpers import projector_page as viewer
    from tests.helpers.chromium import find_chromium, launch, new_page

    single = folder / "map.html"
    write_single_file(single, folder / "upload")

    def open_page(page: Any, address: str) -> None:
        page.goto(address)
        page.wait_for_selector("body[data-opened='by itself']", timeout=120_000)

    def click_bookmark(page: Any, address: str) -> None:
        page.goto(address)
        viewer.wait_until_loaded(page)
        viewer.wait_until_bookmarks(page)
        viewer.click_bookmark(page, 0)

    with sync_playwright() as playwright:
        chromium = launch(playwright, find_chromium() or "chromium")

        def best(visit: Callable[[Any, str], None], address: str) -> float:
            seconds = []
            for _ in range(VISITS):
                with new_page(chromium) as page:
                    seconds.append(_timed(lambda: visit(page, address))[1])
            return min(seconds)

        with serve_folder(folder / "site", host="127.0.0.1", port=0) as address:
            site_seconds = best(open_page, address)
        with tensorboard(folder / "projector") as address:
            tensorboard_seconds = best(click_bookmark, address + PROJECTOR_PAGE)
        return {
            "site opens on the colored map": site_seconds,
            "single file opens on the colored map": best(open_page, single.as_uri()),
            "TensorBoard shows it after a click": tensorboard_seconds,
        }


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = work()
    return result, round(time.perf_counter() - start, 2)


def _markdown(report: dict[str, Any]) -> str:
    size = f"{report['num_points']:,} points, {report['dim']} dimensions"
    load = f"load {report['load_before']} before, {report['load_after']} after"
    lines = [
        f"{size}; {report['machine']}, {load}\n",
        "| step | seconds |\n|---|---|",
    ]
    for step, seconds in report["seconds"].items():
        goal = f" (goal {GOALS[step]:g})" if step in GOALS else ""
        lines.append(f"| {step} | {seconds:.1f}{goal} |")
    lines.append("\n| file of the site | MB |\n|---|---|")
    lines += [f"| {name} | {size} |" for name, size in report["megabytes"].items()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
