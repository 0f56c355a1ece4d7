"""Write the colorings that the web page offers, as JSON: by metadata file, in order."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from projector_export.files import write_text_whole
from projector_export.prepare.colorings import Categories, Coloring
from projector_export.prepare.table import PreparedTable


def add_colorings(path: Path, tables: Iterable[PreparedTable]) -> None:
    """Add the colorings of tables to a file, each under the name of its metadata file."""
    colorings = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    for table in tables:
        colorings[f"{table.name}.metadata.tsv"] = [_as_dict(one) for one in table.colorings]
    write_text_whole(path, json.dumps(colorings, ensure_ascii=False) + "\n")


def _as_dict(coloring: Coloring) -> dict[str, Any]:
    if not isinstance(coloring, Categories):
        return {"column": coloring.column, "stops": coloring.stops}
    return {
        "column": coloring.column,
        "labels": coloring.labels,
        "colors": coloring.colors,
        "counts": coloring.counts,
        # A byte per row: a label has at most 22 places.
        "codes": base64.b64encode(coloring.codes.astype(np.uint8).tobytes()).decode(),
    }
