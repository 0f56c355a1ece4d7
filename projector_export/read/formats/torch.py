"""Torch's .pt and .pth: tensors and state dicts, read with `weights_only`, which runs no code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from projector_export.errors import InputError
from projector_export.read.formats.base import (
    FileFormat,
    Source,
    choose_array,
    float32_matrix,
    require_extra,
)
from projector_export.read.formats.zip import is_zip, zip_names

OPTIMIZERS = {"optimizer", "optimizer_state_dict", "optimizer_states"}  # as checkpoints name them


def _recognizes(path: Path, head: bytes) -> bool:
    return is_zip(head) and any(name.endswith("/data.pkl") for name in zip_names(path))


def _read(path: Path, array: str | None) -> Source:
    torch = require_extra("torch", "torch", path)
    from pickle import UnpicklingError

    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
    except (UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise InputError(
            f"{path} contains more than tensors, and is not opened, as it could run any code",
            tip="save the tensors alone: torch.save(model.state_dict(), path)",
        ) from error
    tensors = dict(_tensors(saved, name=path.stem))
    matrices = {name: tuple(rows.shape) for name, rows in tensors.items() if rows.ndim == 2}
    rows = tensors[choose_array(path, matrices, array)]
    return Source(float32_matrix(path, rows.detach().float().numpy()))


def _tensors(saved: Any, *, name: str) -> Iterator[tuple[str, Any]]:
    """Yield tensors with their paths, also inside dicts such as `state_dict`."""
    if isinstance(saved, Mapping):
        of_model = [(key, value) for key, value in saved.items() if key not in OPTIMIZERS]
        for key, value in of_model:
            is_inner = isinstance(value, Mapping)
            for inner, tensor in _tensors(value, name=str(key)):
                yield f"{key}/{inner}" if is_inner else inner, tensor
    elif hasattr(saved, "detach"):
        yield name, saved


FORMAT = FileFormat(
    title="torch tensors", suffixes=(".pt", ".pth"), recognizes=_recognizes, read=_read
)
