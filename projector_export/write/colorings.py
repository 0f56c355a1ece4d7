"""Write the colorings that the web page offers, as JSON: by metadata file, in order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from projector_export.files import write_text_whole
from projector_export.page_parts import COLORINGS_NAME, read_colorings, written_codes
from projector_export.prepare.colorings import Categories, Coloring
from projector_export.prepare.table import PreparedTable


def add_colorings(folder: Path, tables: Iterable[PreparedTable]) -> None:
    """Add the colorings of tables to an upload set, each under the name of its metadata file.

    Raises:
        InputError: those that it has are damaged.
    """
    colorings = read_colorings(folder)
    for table in tables:
        colorings[f"{table.name}.metadata.tsv"] = [_as_dict(one) for one in table.colorings]
    write_text_whole(folder / COLORINGS_NAME, json.dumps(colorings, ensure_ascii=False) + "\n")


def _as_dict(coloring: Coloring) -> dict[str, Any]:
    if not isinstance(coloring, Categories):
        return {"column": coloring.column, "stops": coloring.stops}
    return {
        "column": coloring.column,
        "labels": coloring.labels,
        "colors": coloring.colors,
        "counts": coloring.counts,
        "codes": written_codes(coloring.codes),
    }
