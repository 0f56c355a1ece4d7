"""Safetensors, as Hugging Face and others write them: named tensors, no code."""

from __future__ import annotations

from pathlib import Path

from projector_export.read.formats.base import (
    FileFormat,
    Source,
    choose_array,
    damage_as_input_error,
    float32_matrix,
    require_extra,
)

LENGTH_BYTES = 8


def _recognizes(path: Path, head: bytes) -> bool:
    """Whether it starts with the length of its header, which is JSON."""
    length = int.from_bytes(head[:LENGTH_BYTES], "little")
    is_within = 2 <= length <= path.stat().st_size - LENGTH_BYTES
    return is_within and head[LENGTH_BYTES : LENGTH_BYTES + 2] in {b'{"', b"{}", b"{ "}


def _read(path: Path, array: str | None) -> Source:
    safetensors = require_extra("safetensors", "safetensors", path)
    with damage_as_input_error(path, "safetensors"):  # noqa: SIM117
        with safetensors.safe_open(path, framework="numpy") as tensors:
            names = tensors.keys()
            shapes = {name: tuple(tensors.get_slice(name).get_shape()) for name in names}
            matrices = {name: shape for name, shape in shapes.items() if len(shape) == 2}
            matrix = tensors.get_tensor(choose_array(path, matrices, array))
            return Source(float32_matrix(path, matrix))


FORMAT = FileFormat(
    title="safetensors", suffixes=(".safetensors",), recognizes=_recognizes, read=_read
)
