"""A file without line ends is no text, and must not fill the memory."""

from __future__ import annotations

from pathlib import Path

from projector_export.errors import InputError
from projector_export.viewer_facts import CHUNK_BYTES

MAX_LINE_CHUNKS = 64  # of one million bytes; a row of a million numbers has about twelve
MAX_LINE_BYTES = MAX_LINE_CHUNKS * CHUNK_BYTES


def refuse_endless_line(path: Path, num_chunks: int) -> None:
    """Refuse a line that goes on for `num_chunks`.

    Raises:
        InputError: these are too many.
    """
    if num_chunks > MAX_LINE_CHUNKS:
        raise InputError(
            f"{path} has a line of more than {MAX_LINE_BYTES // 10**6} MB; "
            "expected text with one line per row"
        )
