"""`maps.json`: how the maps of a table were made, and how faithful they are to its vectors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from projector_export.explore.quality import measure_faithfulness
from projector_export.files import write_text_whole
from projector_export.page_parts import MAPS_NAME
from projector_export.prepare.geometry import sphereize
from projector_export.prepare.layouts import PCA, layout_title
from projector_export.prepare.table import PreparedTable
from projector_export.viewer_facts import MAX_SERVED_ROWS

# Of more than 5,000 rows. The page shows two digits, and these rows take a fifth of the time of
# those that a run's metrics are of.
NUM_SAMPLED = 1_000
SHOWN_PARAMETERS = ("perplexity", "n_neighbors", "min_dist")
PACKAGES = ("openTSNE", "umap-learn", "pacmap")


def write_map_facts(folder: Path, table: PreparedTable) -> None:
    """Write the file, unless there are no maps or too many rows to measure in a second or two."""
    if not table.layouts or table.num_rows > MAX_SERVED_ROWS:
        return
    measured = measure_faithfulness(
        sphereize(table.vectors), table.layouts, max_sampled=NUM_SAMPLED
    )
    maps = [
        {
            "name": name,
            "title": layout_title(name),
            "made_by": made_by(name, table.layout_parameters.get(name)),
            **measured.maps.get(name, {}),
        }
        for name in table.layouts
    ]
    sizes = {"num_rows": measured.num_rows, "num_sampled": measured.num_sampled}
    text = json.dumps({**sizes, "maps": maps}, indent=2, ensure_ascii=False)
    write_text_whole(folder / MAPS_NAME, text + "\n")


def made_by(name: str, parameters: Mapping[str, Any] | None) -> str:
    """Say how a map was made, in a few words."""
    if parameters is None:
        return "coordinates that came with the data"
    if name == PCA:
        return "the two directions in which the vectors vary most"
    packages = [f"{key} {parameters[key]}" for key in PACKAGES if key in parameters]
    shown = [f"{key} {parameters[key]}" for key in SHOWN_PARAMETERS if key in parameters]
    return ", ".join([*packages, *shown, f"{parameters['metric']} distance"])
