"""Show an export in a notebook."""

from __future__ import annotations

import base64
import html
import tempfile
from pathlib import Path

from projector_export.errors import command_line
from projector_export.export_folder import ExportFolder

MAX_BYTES = 15_000_000  # of a page that a notebook saves
HEIGHT = 640  # pixels
# Only scripts: the page cannot access the notebook or its server.
SANDBOX = "allow-scripts"


def notebook_html(folder: ExportFolder) -> str:
    """Return the page in a frame, or a picture and a link if the page is too large."""
    from projector_export.write.site.about import read_about
    from projector_export.write.site.page import write_single_file

    about = read_about(folder.find_site())
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "map.html"
        write_single_file(path, folder.upload_set(), about)
        if path.stat().st_size > MAX_BYTES:
            return _picture(folder, about.url)
        page = html.escape(path.read_text("utf-8"))
    style = f"border: 0; width: 100%; height: {HEIGHT}px"
    return f'<iframe title="Map" srcdoc="{page}" sandbox="{SANDBOX}" style="{style}"></iframe>'


def _picture(folder: ExportFolder, url: str) -> str:
    from projector_export.explore.open_export import open_export
    from projector_export.explore.picture import PRESETS, figure_bytes
    from projector_export.explore.plots import map_figures

    _, figure = next(map_figures(open_export(folder.path), preset=PRESETS["screen"]))
    data = base64.b64encode(figure_bytes(figure, "png")).decode()
    view = f"<code>{html.escape(command_line('view', folder.path))}</code>"
    link = f'<a href="{html.escape(url)}" target="_blank" rel="noopener">the page</a>, or '
    return (
        f'<img alt="Map" src="data:image/png;base64,{data}" style="max-width: 100%">'
        f"<p>To explore it: {link if url else ''}{view}</p>"
    )
