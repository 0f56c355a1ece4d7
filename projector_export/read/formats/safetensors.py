"""Safetensors, as Hugging Face and others write them: named tensors, no code."""

from __future__ import annotations

from pathlib import Path

from projector_export.errors import InputError
from projector_export.read.formats.base import (
    FileFormat,
    Source,
    choose_array,
    float32_matrix,
    require_extra,
)

LENGTH_BYTES = 8


def _recognizes(path: Path, head: bytes) -> bool:
    """It begins with the length of its header, which is JSON."""
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    is_within = 2 <= length <= path.stat().st_size - LENGTH_BYTES
    return is_within and head[LENGTH_BYTES : LENGTH_BYTES + 2] in {b'{"', b"{}", b"{ "}


def _read(path: Path, array: str | None) -> Source:
    safetensors = require_extra("safetensors", "safetensors", path)
    try:
        with safetensors.safe_open(path, framework="numpy") as tensors:
            slices = {name: tensors.get_slice(name) for name in tensors.keys()}  # noqa: SIM118
            shapes = {name: tuple(part.get_shape()) for name, part in slices.items()}
            matrices = {name: shape for name, shape in shapes.items() if len(shape) == 2}
            return Source(
                float32_matrix(path, tensors.get_tensor(choose_array(path, matrices, array)))
            )
    except (safetensors.SafetensorError, OSError, TypeError) as error:
        raise InputError(f"{path} cannot be read as safetensors: {error}") from error


FORMAT = FileFormat(
    title="safetensors", suffixes=(".safetensors",), recognizes=_recognizes, read=_read
)
