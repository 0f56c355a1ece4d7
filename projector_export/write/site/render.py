"""Fill the template of the page: its title, what it tells of the data, its scripts and styles."""

from __future__ import annotations

import html
import json
from importlib.resources import files
from string import Template
from urllib.parse import quote

from projector_export.export_folder import PACKED_SUFFIX, SITE_CONFIG_NAME
from projector_export.page_parts import COLORINGS_NAME
from projector_export.viewer_facts import VIEWER_SCRIPT
from projector_export.write.site.about import GENERATOR, facts, figures, previews
from projector_export.write.site.data import PATH_KEYS, Config
from projector_export.write.site.viewer import Viewer

# The page's own scripts, in the order in which they run.
SCRIPTS = (
    "hooks",
    "data",
    "unpack",
    "requests",
    "looks",
    "map",
    "colors",
    "card",
    "pictures",
    "legend",
    "camera",
    "search",
    "words",
    "rows",
    "address",
    "tour",
    "csv",
    "map_picture",
    "take_away",
    "opening",
    "start",
)


def preloads(config: Config) -> str:
    """Preload what the page will need, which it would request late and one by one.

    The viewer comes first, as it must start before it can use any data.
    """
    first = config["embeddings"][0]
    own = [VIEWER_SCRIPT, SITE_CONFIG_NAME, COLORINGS_NAME]
    return "\n".join(map(_preload, [*own, *(first[key] for key in PATH_KEYS if key in first)]))


def _preload(name: str) -> str:
    address = html.escape(quote(f"{name}{PACKED_SUFFIX}"))
    return f'<link rel="preload" href="{address}" as="fetch" crossorigin="anonymous">'


def render(
    config: Config,
    viewer: Viewer,
    *,
    preloads: str = "",
    data: str = "",
    pictures: dict[str, str] | None = None,
) -> str:
    """Return the page as HTML; everything that a user may have written is escaped."""
    first = config["embeddings"][0]
    num_rows, dim = first["tensorShape"]
    counted, of_all = f"{num_rows:,}", ""
    if "rowsInAll" in first:
        counted, of_all = f"{num_rows:,} of {first['rowsInAll']:,}", ", a sample"
    title = str(config.get("modelCheckpointPath", first["tensorName"]))
    fields = {
        "title": title,
        "size": f"{counted} points · {dim:,} dimensions",
        "description": f"A map of {num_rows:,} points. Near each other is what has much in common.",
        "num_rows": counted + of_all,
        "dim": str(dim),
        "pictures": json.dumps(pictures or {}),
        "tour": json.dumps(config.get("tour", [])),
        "first_bookmark": "yes" if "bookmarksPath" in first else "",
        "viewer_version": viewer.version,
        "license": viewer.license,
    }
    return Template(_read("page.html")).substitute(
        {name: html.escape(text) for name, text in fields.items()},
        facts=facts(config),
        figures=figures(config),
        previews=previews(config),
        generator=GENERATOR,
        style=_read("page.css"),
        viewer_style=_read("viewer.css"),
        script=page_script(),
        preloads=preloads,
        data=data,
    )


def _read(name: str) -> str:
    return files("projector_export.write.site").joinpath(name).read_text("utf-8")


def page_script() -> str:
    """Join the page's scripts into one, whose names no other script can see."""
    parts = [_read(f"scripts/{name}.js") for name in SCRIPTS]
    return "\n".join(["(async () => {", '"use strict";', *parts, "})();"])
