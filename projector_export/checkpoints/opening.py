"""Find a checkpoint and open it; an unusual one with TensorFlow, if it is installed."""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError

from projector_export.checkpoints.reader import BundleReader, CheckpointError, Shape
from projector_export.native_libraries import load_tensorflow

MAX_STATE_BYTES = 1_000_000
MAX_REASON_LENGTH = 200
_STATE_PATH = re.compile(r'^\s*model_checkpoint_path:\s*"((?:[^"\\]|\\.)*)"', re.MULTILINE)


class CheckpointReader(Protocol):
    """What reads a checkpoint: see `BundleReader`."""

    shapes: dict[str, Shape]
    dtypes: dict[str, np.dtype[Any]]

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """Return a tensor of numbers."""

    def text(self, name: str) -> bytes:
        """Return a single string."""


def open_checkpoint(prefix: str) -> CheckpointReader:
    """Open a checkpoint.

    Args:
        prefix: the path without `.index`.

    Raises:
        CheckpointError: it is damaged.
    """
    try:
        return BundleReader(prefix)
    except (OSError, ValueError, IndexError, struct.error, DecodeError):
        # Old, compressed, in slices or damaged: what TensorFlow says of it counts.
        return TensorFlowReader(prefix)


class TensorFlowReader:
    """Reads every checkpoint, with TensorFlow.

    Raises:
        CheckpointError: it is damaged.
    """

    def __init__(self, prefix: str) -> None:
        load_tensorflow()
        import tensorflow as tf

        try:
            self._reader = tf.train.load_checkpoint(prefix)
            shapes = self._reader.get_variable_to_shape_map()
        except Exception as error:  # it raises of every kind for a broken file
            raise CheckpointError(_reason(error)) from error
        types = self._reader.get_variable_to_dtype_map()
        self.shapes: dict[str, Shape] = {name: tuple(shapes[name]) for name in sorted(shapes)}
        self.dtypes = {name: np.dtype(types[name].as_numpy_dtype) for name in self.shapes}

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """Return a tensor.

        Raises:
            CheckpointError: it is damaged.
        """
        try:
            return np.asarray(self._reader.get_tensor(name))
        except Exception as error:
            raise CheckpointError(_reason(error)) from error

    def text(self, name: str) -> bytes:
        """Return a single string.

        Raises:
            CheckpointError: it is damaged.
        """
        return bytes(self.numbers(name).item())


def _reason(error: Exception) -> str:
    return str(error).split("\n")[0][:MAX_REASON_LENGTH]


def latest_checkpoint(folder: Path) -> str | None:
    """Return the prefix that the folder's `checkpoint` file names, if its files are there."""
    try:
        with (folder / "checkpoint").open("rb") as file:
            state = file.read(MAX_STATE_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    named = _STATE_PATH.search(state)
    if not named or not named[1]:
        return None
    prefix = os.path.join(folder, re.sub(r"\\(.)", r"\1", named[1]))  # noqa: PTH118 - "a/" stays
    return prefix if is_file(prefix + ".index") or is_file(prefix) else None


def is_file(path: str) -> bool:
    """Whether there is such a file; a path that the system does not allow is none."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False
