"""File formats that vectors are read from.

A format is one module here, with its FileFormat, and one line in FORMATS. A file is told by its
content: the first format that recognizes it reads it, so those that begin with a mark of their own
come first, and plain text last.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from projector_export.errors import InputError
from projector_export.read.formats import arrow, delimited, json_lines, numpy, word_vectors
from projector_export.read.formats.base import HEAD_BYTES, FileFormat

FORMATS: Sequence[FileFormat] = (
    numpy.NPY,
    numpy.NPZ,
    arrow.PARQUET,
    arrow.ARROW,
    json_lines.FORMAT,
    word_vectors.WORD2VEC_BINARY,
    word_vectors.WORD2VEC_TEXT,
    word_vectors.GLOVE,
    delimited.FORMAT,
)


def find_format(path: Path, *, what: str) -> FileFormat:
    """Return the format of a file or folder, told by its content.

    Args:
        path: a file, or a folder of files that belong together.
        what: what is expected in it, for messages.

    Raises:
        InputError: it does not exist, cannot be read, or is in no format that is known.
    """
    head = _head(path, what)
    for format_ in FORMATS:
        if format_.recognizes(path, head):
            return format_
    named = next((known for known in FORMATS if path.suffix in known.suffixes), None)
    seems = f"is named as {named.title} and does not begin so" if named else "is in no known format"
    raise InputError(f"{path} {seems}; expected {what}", tip=TIP)


TIP = "docs/formats.md lists the formats, and how to convert others"


def _head(path: Path, what: str) -> bytes:
    if path.is_dir():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; expected {what}") from error
