"""From vectors to a colored map: how long layouts take, what a page weighs, how soon it opens.

    python benchmarks/map_opening.py                       37,020 generated points, 50 dimensions
    python benchmarks/map_opening.py --no-layouts          only the page
    python benchmarks/map_opening.py --export logs/starter the page of this export
    python benchmarks/map_opening.py --num-points 2000 --json map_opening.json

Each figure is the wall time of one run; times in the browser are the best of three, from the
request for the page until the map is drawn, in the system's Chromium with software WebGL. Those of
its main thread are of the processor, so they hardly depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import gzip
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

GOALS = {"site opens on the colored map": 3.0, "TensorBoard shows it after a click": 5.0}
SIZE_GOALS = {"to open the page": 5.0, "as a single file": 12.0}
VISITS = 3


def main() -> None:
    """Measure, print Markdown, and write JSON if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--num-points", type=int, default=37_020)
    parser.add_argument("--dim", type=int, default=50)
    parser.add_argument("--no-layouts", action="store_true", help="skip the layouts")
    parser.add_argument("--export", type=Path, help="open this export, not a generated one")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    arguments = parser.parse_args()
    if arguments.export:
        report = _report_of_page(arguments.export)
    else:
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
    seconds = _layout_seconds(embedding.vectors) if with_layouts else {}
    seconds["export without layouts"] = _timed(lambda: write_with_flat_maps(folder, embedding))[1]
    report = _report_of_page(folder)
    return report | {"seconds": seconds | report["seconds"]}


def _report_of_page(folder: Path) -> dict[str, Any]:
    """Write an export's page as a folder and as one file, weigh both, and open them."""
    from projector_export.write.site.page import write_page, write_single_file

    load_before = round(os.getloadavg()[0], 2)
    with tempfile.TemporaryDirectory() as temporary:
        site, single = Path(temporary, "site"), Path(temporary, "map.html")
        writing = _timed(lambda: write_page(folder, site, single_file=False, replace=True))[1]
        write_single_file(single, folder / "upload")
        seconds = {"the page is written": writing} | _browser_seconds(folder, site, single)
        sizes, num_points, dim = _sizes(folder / "upload", site, single)
    return {
        "num_points": num_points,
        "dim": dim,
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "load_before": load_before,
        "load_after": round(os.getloadavg()[0], 2),
        "seconds": seconds,
        "megabytes": sizes,
    }


def _sizes(upload: Path, site: Path, single: Path) -> tuple[dict[str, list[float]], int, int]:
    """Weigh each file that the first table needs: as it is, gzipped, and as the page gets it."""
    from projector_export.viewer_facts import VIEWER_SCRIPT
    from tests.helpers.page_files import page_config, read_page_file

    table = page_config(site)["embeddings"][0]
    names = [table[key] for key in ("tensorPath", "metadataPath", "bookmarksPath") if key in table]
    page = (site / "index.html").read_bytes()
    rows = {"index.html": (page, len(gzip.compress(page, 6)))}
    for name in (VIEWER_SCRIPT, *names, "colorings.json", "config.json"):
        original = upload / name
        content = original.read_bytes() if original.is_file() else read_page_file(site, name)
        rows[name] = (content, (site / f"{name}.gz").stat().st_size)
    weighed = {
        name: [len(content), len(gzip.compress(content, 6)), sent]
        for name, (content, sent) in rows.items()
    }
    weighed["to open the page"] = [sum(column) for column in zip(*weighed.values(), strict=True)]
    weighed["as a single file"] = [0, 0, single.stat().st_size]
    in_megabytes = {
        name: [round(size / 1e6, 3) for size in sizes] for name, sizes in weighed.items()
    }
    return in_megabytes, *table["tensorShape"]


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


def _browser_seconds(folder: Path, site: Path, single: Path) -> dict[str, float]:
    from playwright.sync_api import sync_playwright

    from projector_export.serve.static import serve_folder
    from projector_export.serve.tensorboard import PROJECTOR_PAGE, tensorboard
    from tests.helpers.chromium import find_chromium, launch

    with sync_playwright() as playwright:
        chromium = launch(playwright, find_chromium() or "chromium")
        with serve_folder(site, host="127.0.0.1", port=0) as address:
            site_seconds, of_main_thread = _best(chromium, _open_page, address)
        with tensorboard(folder / "projector") as address:
            clicked, _ = _best(chromium, _click_bookmark, address + PROJECTOR_PAGE)
        file_seconds, _ = _best(chromium, _open_page, single.as_uri())
        return {
            "site opens on the colored map": site_seconds,
            "of these, its main thread works": of_main_thread,
            "single file opens on the colored map": file_seconds,
            "TensorBoard shows it after a click": clicked,
        }


def _open_page(page: Any, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-opened='by itself']", timeout=120_000)


def _click_bookmark(page: Any, address: str) -> None:
    from tests.helpers import projector_page as viewer

    page.goto(address)
    viewer.wait_until_loaded(page)
    viewer.wait_until_bookmarks(page)
    viewer.click_bookmark(page, 0)


def _best(chromium: Any, visit: Callable[[Any, str], None], address: str) -> tuple[float, float]:
    """Visit a page in a fresh window, several times: least seconds, and of its main thread."""
    from tests.helpers.chromium import new_page

    visits = []
    for _ in range(VISITS):
        with new_page(chromium) as page:
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable", {"timeDomain": "threadTicks"})
            _, seconds = _timed(lambda page=page: visit(page, address))
            metrics = session.send("Performance.getMetrics")["metrics"]
            working = next(one["value"] for one in metrics if one["name"] == "TaskDuration")
            visits.append((seconds, round(working, 2)))
    seconds, working = zip(*visits, strict=True)
    return min(seconds), min(working)


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
    lines.append("\n| MB | as it is | gzipped | on the page |\n|---|---|---|---|")
    for name, sizes in report["megabytes"].items():
        goal = f" (goal {SIZE_GOALS[name]:g})" if name in SIZE_GOALS else ""
        cells = " | ".join(f"{size:.2f}" if size else "" for size in sizes)
        lines.append(f"| {name} | {cells}{goal} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
