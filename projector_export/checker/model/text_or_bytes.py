"""Whether TensorBoard's server reads a file of vectors as text or as raw float32.

Source: ProjectorPlugin's readers in projector_plugin.py:378-405, TensorBoard 2.21.0.
"""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Literal

from projector_export.checker.model.endless_lines import MAX_LINE_BYTES
from projector_export.checker.model.stream import Occurrences
from projector_export.viewer_facts import BYTES_SUFFIX, CHUNK_BYTES


def server_reading(path: Path) -> tuple[Literal["text", "binary"], Occurrences]:
    """Return how the server reads a file, and the first line of a raw one that makes it fail.

    The server reads line by line as UTF-8, and falls back to raw float32 only at a line that is
    not UTF-8. Raw bytes that happen to decode, but are not a row of numbers, raise an error that
    the server does not catch.
    """
    mark = Occurrences()
    if _is_utf8(path):
        return "text", mark
    with path.open("rb") as file:
        line_number, byte = 0, 0
        while raw := file.readline(MAX_LINE_BYTES):
            line_number += 1
            text = _as_utf8(raw.replace(b"\r", b""))
            if text is None:
                return "binary", mark
            if not is_row(text.rstrip("\n")):
                mark.add(line=line_number, byte=byte, sample=repr(raw[:12])[1:])
                return "text", mark
            byte += len(raw)
    return "binary", mark


def is_raw(path: Path) -> bool:
    """Whether a file is not text, judged by its name or a NUL byte near its start."""
    with path.open("rb") as file:
        return path.suffix == BYTES_SUFFIX or b"\0" in file.read(65_536)


def _as_utf8(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while raw := file.read(CHUNK_BYTES):
                decoder.decode(raw)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def is_row(line: str) -> bool:
    """Whether the server reads a line as numbers."""
    if not line:
        return True
    try:
        [float(cell) for cell in line.split("\t")]
    except ValueError:
        return False
    return True
