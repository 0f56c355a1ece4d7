"""How much of a metadata file TensorBoard sends: the lines that the page asks for."""

from __future__ import annotations

from pathlib import Path

from projector_export.checker.model.endless_lines import refuse_endless_line
from projector_export.viewer_facts import CHUNK_BYTES


def size_of_lines(path: Path, num_rows: int) -> int:
    """Return how many bytes TensorBoard sends of a metadata file when asked for `num_rows`.

    It sends one more line if the first has a tab (projector_plugin.py:631-642).

    Raises:
        InputError: a line is endless.
    """
    with path.open("rb") as file:
        wanted = num_rows + int(b"\t" in file.readline(CHUNK_BYTES))
        file.seek(0)
        offset = num_chunks = 0
        while raw := file.read(CHUNK_BYTES):
            found = raw.count(b"\n")
            num_chunks = 0 if found else num_chunks + 1
            refuse_endless_line(path, num_chunks)
            if found >= wanted:
                return offset + _end_of_line(raw, wanted)
            wanted -= found
            offset += len(raw)
    return offset


def _end_of_line(raw: bytes, wanted: int) -> int:
    position = 0
    for _ in range(wanted):
        position = raw.index(b"\n", position) + 1
    return position
