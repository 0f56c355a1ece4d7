"""`report.html`: one page that says what an export shows, how good it is, and how it was made."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from projector_export.explore.curves import curves_figure, read_curves
from projector_export.explore.exported_maps import read_color_column, read_layouts
from projector_export.explore.open_export import OpenExport, open_export
from projector_export.explore.picture import PRESETS, figure_bytes
from projector_export.explore.plots import map_figures
from projector_export.explore.quality import MEANINGS, Faithfulness
from projector_export.explore.regions import list_regions
from projector_export.explore.report_notes import read_notes
from projector_export.explore.titles import landmarks
from projector_export.export_check import check_exports
from projector_export.export_folder import ExportFolder
from projector_export.files import is_file_inside, write_text_whole
from projector_export.prepare.layouts import layout_title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from projector_export.checker.findings import Report

REPORT_NAME = "report.html"
TEMPLATE = "report_page.html"
NUM_EXAMPLES, NUM_NEIGHBORS = 10, 5
MAX_FINDINGS = 50
PACKAGES = ("projector-export", "numpy", "scipy", "scikit-learn", "openTSNE", "umap-learn")


def write_report(
    folder: Path,
    *,
    name: str = "",
    output: Path | None = None,
    opened: OpenExport | None = None,
    checked: Report | None = None,
) -> Path:
    """Write the report of an export as one HTML file without outside requests; return its path.

    Args:
        folder: a run, or the folder of any export.
        name: what it is called; by default as the folder.
        output: the file; by default `report.html` in the folder.
        opened: the export, if it has just been opened.
        checked: the report of `check`, if the export has just been checked.

    Raises:
        RunError: the folder has no export.
        InputError: files are missing or damaged.
    """
    from jinja2 import Environment, StrictUndefined

    opened = opened or open_export(folder)
    source = files("projector_export.explore").joinpath(TEMPLATE).read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page = environment.from_string(source).render(
        name=name or folder.resolve().name,
        notes=read_notes(folder),
        meanings=MEANINGS,
        tables=_tables(opened),
        pictures=list(_pictures(opened)),
        curves=_curves(folder),
        faithfulness=_faithfulness(opened),
        regions=list(list_regions(opened.table())),
        num_rows=len(opened.table().vectors),
        examples=_examples(opened),
        findings=(checked or _checked(folder)).findings,
        max_findings=MAX_FINDINGS,
        layout_title=layout_title,
        **_origin(folder),
    )
    path = output or folder / REPORT_NAME
    write_text_whole(path, page)
    return path


def _tables(opened: OpenExport) -> list[dict[str, Any]]:
    """List the tables that are not maps of the first one."""
    first = opened.table()
    maps = {f"{first.name}_{layout}" for layout in read_layouts(opened.tables, first.name)}
    return [
        {
            "name": name,
            "shape": table.vectors.shape,
            "columns": ", ".join(map(str, table.metadata.columns)),
            "color_by": read_color_column(opened.tables, name),
        }
        for name, table in opened.tables.items()
        if name not in maps
    ]


def _pictures(opened: OpenExport) -> Iterator[tuple[str, str]]:
    """Yield the title and the picture of each map, as base64."""
    for name, figure in map_figures(opened, preset=PRESETS["screen"]):
        yield layout_title(name), _base64_png(figure)


def _curves(folder: Path) -> str:
    """Return the picture of a training's curves as base64; "" if there are none."""
    curves = read_curves(folder)
    if curves.empty:
        return ""
    return _base64_png(curves_figure(curves, title="", preset=PRESETS["screen"]))


def _base64_png(figure: Figure) -> str:
    return base64.b64encode(figure_bytes(figure, "png")).decode()


def _faithfulness(opened: OpenExport) -> Faithfulness:
    """Take the figures from `metrics.json`, or measure them."""
    try:
        metrics = json.loads(_text(opened.path / "metrics.json", opened.path))
        return Faithfulness(**metrics["faithfulness"])
    except (OSError, ValueError, KeyError, TypeError):
        return opened.faithfulness()


def _examples(opened: OpenExport) -> list[dict[str, Any]]:
    """List rows from different regions of the first map, with their neighbors."""
    table = opened.table()
    layout = next(iter(read_layouts(opened.tables, table.name).values()))
    labels = [table.labels[row] for row in landmarks(layout[:, :2])[:NUM_EXAMPLES]]
    return [
        {"label": label, "neighbors": opened.neighbors(label, k=NUM_NEIGHBORS).to_dict("records")}
        for label in labels
    ]


def _checked(folder: Path) -> Report:
    from projector_export.checker.check import check

    is_whole = all(part.is_dir() for part in ExportFolder(folder).parts)
    return check_exports(folder) if is_whole else check(folder)


def _origin(folder: Path) -> dict[str, Any]:
    """Return what says how the export was made: config, parameters, versions and hashes."""
    export = ExportFolder(folder)
    shown = export.find_upload_set() or export.tensorboard_folder()
    parameters = (export.find_tensorboard_folder() or shown) / "layouts.json"
    config = folder / "config.yaml"
    return {
        "config": _text(config, folder),
        "parameters": _text(parameters, folder),
        "versions": {package: version(package) for package in PACKAGES},
        "hashes": {
            str(path.relative_to(folder)): _sha256(path)
            for path in sorted(shown.iterdir())
            if is_file_inside(path, folder)
        },
    }


def _text(path: Path, folder: Path) -> str:
    """Read what says how the export was made; nothing if it is missing, or outside the export."""
    return path.read_text("utf-8", "replace") if is_file_inside(path, folder) else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
