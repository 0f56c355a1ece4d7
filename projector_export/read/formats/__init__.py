"""File formats that vectors are read from.

A format is one module here, with its FileFormat, and one line in FORMATS. The content of a file
decides its format: the first format that recognizes it reads it, so those with magic bytes come
first, and plain text last.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from projector_export.errors import InputError
from projector_export.read.formats import (
    anndata,
    arrow,
    chroma,
    delimited,
    faiss,
    json_document,
    json_lines,
    keras,
    lancedb,
    numpy,
    projector,
    qdrant,
    refused,
    safetensors,
    tensorflow,
    torch,
    word_vectors,
)
from projector_export.read.formats.base import HEAD_BYTES, FileFormat

FORMATS: Sequence[FileFormat] = (
    numpy.NPY,
    numpy.NPZ,
    arrow.PARQUET,
    arrow.ARROW,
    anndata.FORMAT,  # before Keras, as both have `layers`
    keras.KERAS,
    keras.WEIGHTS,
    safetensors.FORMAT,
    torch.FORMAT,
    faiss.FORMAT,
    refused.PICKLE,
    refused.FASTTEXT,
    projector.CONFIG,
    projector.FOLDER,
    lancedb.FORMAT,
    qdrant.FORMAT,
    chroma.FORMAT,
    tensorflow.CHECKPOINT,
    tensorflow.INDEX,
    json_lines.FORMAT,
    json_document.FORMAT,
    word_vectors.WORD2VEC_BINARY,
    word_vectors.WORD2VEC_TEXT,
    word_vectors.GLOVE,
    delimited.FORMAT,
)


def find_format(path: Path, *, what: str) -> FileFormat:
    """Return the format of a file or folder, detected by its content.

    Args:
        path: a file, or a folder of files that belong together.
        what: what is expected in it, for messages.

    Raises:
        InputError: it does not exist, cannot be read, or has no known format.
    """
    if found := _recognized(path, what):
        return found
    named = next((known for known in FORMATS if path.suffix in known.suffixes), None)
    seems = (
        f"has the suffix of {named.title}, but not its content" if named else "has no known format"
    )
    raise InputError(f"{path} {seems}; expected {what}", tip=TIP)


def is_known_folder(path: Path) -> bool:
    """Whether vectors can be read from this folder, or from files with this prefix."""
    try:
        return not path.is_file() and _recognized(path, "vectors") is not None
    except OSError:  # such as a name that is too long
        return False


def is_address(source: str | Path) -> bool:
    """Whether vectors are read over the network."""
    return str(source).startswith(("http://", "https://"))


TIP = "docs/formats.md lists the formats, and how to convert others"


def _recognized(path: Path, what: str) -> FileFormat | None:
    is_file = path.is_file()
    head = _head(path, what) if is_file else b""
    candidates = (known for known in FORMATS if known.is_folder != is_file)
    return next((known for known in candidates if known.recognizes(path, head)), None)


def _head(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; expected {what}") from error
