"""Show an export in a notebook."""

from __future__ import annotations

import base64
import html
import tempfile
from pathlib import Path

from projector_export.export_folder import ExportFolder

MAX_BYTES = 15_000_000  # of a page that a notebook saves
HEIGHT = 640  # pixels
# Only scripts: the page cannot access the notebook or its server.
SANDBOX = "allow-scripts"


def notebook_html(folder: ExportFolder) -> str:
    """Return the page in a frame, or a picture and the folder's name if the page is too large."""
    from projector_export.write.site.page import write_single_file

    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "map.html"
        write_single_file(path, folder.upload_set())
        if path.stat().st_size > MAX_BYTES:
            return _picture(folder)
        page = html.escape(path.read_text("utf-8"))
    style = f"border: 0; width: 100%; height: {HEIGHT}px"
    return f'<iframe srcdoc="{page}" sandbox="{SANDBOX}" style="{style}"></iframe>'


def _picture(folder: ExportFolder) -> str:
    from projector_export.explore.open_export import open_export
    from projector_export.explore.picture import PRESETS, figure_bytes
    from projector_export.explore.plots import map_figures

    _, figure = next(map_figures(open_export(folder.path), preset=PRESETS["screen"]))
    data = base64.b64encode(figure_bytes(figure, "png")).decode()
    where = html.escape(str(folder.path))
    return (
        f'<img src="data:image/png;base64,{data}" style="max-width: 100%"><p>To explore it: '
        f"<code>projector-export view {where}</code></p>"
    )
