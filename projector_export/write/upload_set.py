"""Write the files to load into projector.tensorflow.org, manually or with `?config=`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from string import Template

from projector_export.arrays import Float32Matrix
from projector_export.export_folder import WEB_CONFIG_NAME
from projector_export.files import write_chunks_whole, write_text_whole
from projector_export.large_arrays import row_chunks
from projector_export.page_parts import TOUR_NAME
from projector_export.prepare.cells import clean_text, column_names
from projector_export.prepare.layouts import PCA
from projector_export.prepare.table import PreparedTable
from projector_export.tour.stops import Stop
from projector_export.write.bookmarks import color_bookmarks_json
from projector_export.write.color_key import color_key
from projector_export.write.colorings import add_colorings
from projector_export.write.full_pictures import FOLDER_SUFFIX, write_full_pictures
from projector_export.write.map_facts import write_map_facts
from projector_export.write.preview import write_preview
from projector_export.write.projector_config import Table, config_json
from projector_export.write.tables import SerializedTable, write_tables

OTHER_COLORS = """
These files have the same map in other colors. The page opens the first bookmark of its list, so
reload it and load the two files again before you choose another:

"""
SPRITE_ROWS = "| `*.sprite.png` | small pictures, which only the config can load |\n"
PICTURE_ROWS = "| `*.pictures/` | larger ones, for your own page (`projector-export site`) |\n"
ROWS_AS_TEXT = 200  # as Python floats, which take six times the memory of float32
BOOKMARK_ROWS = (
    "| `*.bookmarks.json` | finished maps, with colors and camera |\n"
    "| `maps.json`, `preview.png` | how faithful they are, a picture of one: for your own page |\n"
)


def write_upload_set(
    folder: Path,
    serialized: Sequence[SerializedTable],
    *,
    title: str,
    tour: Sequence[Stop] = (),
) -> None:
    """Write vectors as text and bytes, metadata, bookmarks, the JSON config and a README."""
    listed = write_tables_with_vectors(folder, serialized)
    stops = json.dumps([stop.to_dict() for stop in tour], ensure_ascii=False, indent=2)
    write_text_whole(folder / TOUR_NAME, stops + "\n")
    write_text_whole(folder / WEB_CONFIG_NAME, config_json(listed, title=title))
    others = _other_colors(folder, serialized[0].table)
    write_text_whole(folder / "README.md", _readme(serialized[0].table, title, others))
    write_map_facts(folder, serialized[0].table)
    write_preview(folder, serialized[0].table)


def write_tables_with_vectors(folder: Path, serialized: Sequence[SerializedTable]) -> list[Table]:
    """Write everything but the config and the README; return the entries of the config."""
    for one in serialized:
        write_full_pictures(folder / f"{one.table.name}{FOLDER_SUFFIX}", one.table)
    listed = []
    for table, entry in write_tables(folder, serialized):
        name = table.name
        write_chunks_whole(folder / f"{name}.vectors.tsv", vectors_tsv(table.vectors))
        write_chunks_whole(folder / f"{name}.vectors.bytes", vectors_bytes(table.vectors))
        listed.append(replace(entry, tensor_path=f"{name}.vectors.bytes"))
    add_colorings(folder, [one.table for one in serialized])
    return listed


def vectors_tsv(vectors: Float32Matrix) -> Iterator[bytes]:
    """Yield (N, D) as text, one row per line, with the 9 digits that restore every float32."""
    row = "\t".join(["%.9g"] * vectors.shape[1]) + "\n"
    for rows in row_chunks(vectors):
        for start in range(0, len(vectors[rows]), ROWS_AS_TEXT):
            chunk = vectors[rows][start : start + ROWS_AS_TEXT]
            yield (row * len(chunk) % tuple(chunk.ravel().tolist())).encode()


def vectors_bytes(vectors: Float32Matrix) -> Iterator[bytes]:
    """Yield (N, D) as little-endian float32, row by row, which the web app reads as `.bytes`."""
    for rows in row_chunks(vectors):
        yield vectors[rows].astype("<f4").tobytes()


def _readme(first: PreparedTable, title: str, other_colors: str) -> str:
    maps = [name for name in first.layouts if name != PCA]
    fields = {
        "title": title,
        "table": first.name,
        "num_rows": f"{first.num_rows:,}",
        "num_points": first.num_rows,
        "dim": first.dim,
        "color_by": f"`{clean_text(first.color_by)}`" if first.color_by else "a column",
        "label": column_names(first.metadata)[0] if first.metadata.shape[1] > 1 else "label",
        "coloring": f", colored by `{clean_text(first.color_by)}`" if first.color_by else "",
        "map_table": f"{first.name}_{maps[0]}" if maps else "",
        "other_colors": other_colors,
        "bookmark_rows": BOOKMARK_ROWS if maps else "",
        "sprite_rows": _sprite_rows(first),
    }
    finished_map = _template("upload_readme_map.md").substitute(fields) if maps else ""
    key = color_key(first)
    colors = _template("upload_readme_colors.md").substitute(color_key=key) if key else ""
    readme = _template("upload_readme.md")
    return readme.substitute(fields, finished_map=finished_map, colors=colors)


def _other_colors(folder: Path, table: PreparedTable) -> str:
    """Write the map in other colors, a file each, and return what the README says of them."""
    names: list[str] = []
    for column, states in color_bookmarks_json(table):
        slug = re.sub(r"[^A-Za-z0-9_-]+", "-", column).strip("-") or "color"
        name = f"{table.name}.by_{slug}.bookmarks.json"
        name = name if name not in names else f"{table.name}.by_{len(names)}.bookmarks.json"
        write_chunks_whole(folder / name, states)
        names.append(name)
    listed = "".join(f"- `{name}`\n" for name in names)
    return OTHER_COLORS + listed if names else ""


def _sprite_rows(table: PreparedTable) -> str:
    if table.sprites is None:
        return ""
    return SPRITE_ROWS if table.sprites.paths is None else SPRITE_ROWS + PICTURE_ROWS


def _template(name: str) -> Template:
    return Template(files("projector_export.write").joinpath(name).read_text("utf-8"))
