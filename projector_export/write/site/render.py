"""Fill the template of the page: its title, what it tells of the data, its scripts and styles."""

from __future__ import annotations

import html
import json
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from projector_export.export_folder import COLORINGS_NAME, SITE_CONFIG_NAME
from projector_export.viewer_facts import VIEWER_SCRIPT
from projector_export.write.site.about import facts, figures, previews
from projector_export.write.site.viewer import Viewer

PATH_KEYS = ("tensorPath", "metadataPath", "bookmarksPath")
# The page's own scripts, in the order in which they run.
SCRIPTS = (
    "hooks",
    "data",
    "looks",
    "map",
    "colors",
    "card",
    "pictures",
    "legend",
    "camera",
    "search",
    "words",
    "address",
    "opening",
    "start",
)


def preloads(config: dict[str, Any]) -> str:
    """Preload the first table's files, which the viewer would request late and one by one.

    The viewer itself comes first, as it must start before it can use any data.
    """
    first = config["embeddings"][0]
    names = [
        SITE_CONFIG_NAME,
        COLORINGS_NAME,
        *(Path(first[key]).name for key in PATH_KEYS if key in first),
    ]
    script = f'<link rel="preload" href="{VIEWER_SCRIPT}" as="script">'
    return "\n".join([script, *map(_preload, names)])


def _preload(name: str) -> str:
    attributes = 'as="fetch" crossorigin="anonymous" fetchpriority="low"'
    return f'<link rel="preload" href="{html.escape(quote(name))}" {attributes}>'


def render(
    config: dict[str, Any],
    viewer: Viewer,
    *,
    viewer_script: str,
    preloads: str = "",
    data: str = "",
    pictures: dict[str, str] | None = None,
) -> str:
    """Return the page as HTML; everything that a user may have written is escaped."""
    first = config["embeddings"][0]
    num_rows, dim = first["tensorShape"]
    title = str(config.get("modelCheckpointPath", first["tensorName"]))
    fields = {
        "title": title,
        "size": f"{num_rows:,} points · {dim} dimensions",
        "description": f"A map of {num_rows:,} points. Near each other is what has much in common.",
        "num_rows": f"{num_rows:,}",
        "dim": str(dim),
        "pictures": json.dumps(pictures or {}),
        "first_bookmark": "yes" if "bookmarksPath" in first else "",
        "viewer_version": viewer.version,
        "license": viewer.license,
    }
    return Template(_read("page.html")).substitute(
        {name: html.escape(text) for name, text in fields.items()},
        facts=facts(config),
        figures=figures(config),
        previews=previews(config),
        style=_read("page.css"),
        viewer_style=_read("viewer.css"),
        script=page_script(),
        preloads=preloads,
        viewer_script=viewer_script,
        data=data,
    )


def _read(name: str) -> str:
    return files("projector_export.write.site").joinpath(name).read_text("utf-8")


def page_script() -> str:
    """Join the page's scripts into one, whose names no other script can see."""
    parts = [_read(f"scripts/{name}.js") for name in SCRIPTS]
    return "\n".join(["(() => {", '"use strict";', *parts, "})();"])
