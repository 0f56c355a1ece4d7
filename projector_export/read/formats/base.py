"""The interface of a file format: how it is recognized, and what is read from it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from projector_export.arrays import Float32Matrix, as_float32, is_real
from projector_export.errors import InputError, UserFacingError
from projector_export.nearest import did_you_mean

logger = logging.getLogger(__name__)

HEAD_BYTES = 65_536  # what formats are recognized by; a line of 3,072 numbers fits
NUM_LISTED = 12
MAX_REASON_LENGTH = 200
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What a file contains.

    Attributes:
        vectors: float32 (N, D).
        metadata: N rows, the label first; None if the file has none.
    """

    vectors: Float32Matrix
    metadata: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A format that vectors are read from.

    Attributes:
        title: its name, for messages.
        suffixes: how its files are usually named; still, the content decides.
        recognizes: (path, the file's first HEAD_BYTES, or nothing for a folder) -> whether it is
            in this format. It must be cheap.
        is_folder: it is one of folders, or of files that are named by what their names begin with;
            only such paths are offered to `recognizes`, else only files.
        read: (path, the name of an array in it, or None) -> what it contains.
        read_metadata: reads the metadata alone, where that is another or a quicker way.
    """

    title: str
    suffixes: tuple[str, ...] = ()
    recognizes: Callable[[Path, bytes], bool]
    read: Callable[[Path, str | None], Source]
    read_metadata: Callable[[Path], pd.DataFrame] | None = None
    is_folder: bool = False


def choose_array(
    path: Path | str, shapes: Mapping[str, Shape], asked: str | None, *, usual: str = "embed"
) -> str:
    """Return the name of the array that is meant, of those in a file.

    Args:
        path: the file, for messages.
        shapes: name -> shape of every array that could be vectors.
        asked: the user's name for it: whole, or a part between slashes, such as a layer's name.
        usual: if no name was given, the only array with this in its name is meant.

    Raises:
        InputError: there is none, or it is not clear which; the tip lists them.
    """
    if asked is not None:
        return _named(path, shapes, asked)
    if not shapes:
        raise InputError(f"{path} contains no matrix of (rows, dimensions)")
    likely = [name for name in shapes if usual in name.lower()]
    name = next(iter(shapes)) if len(shapes) == 1 else likely[0] if len(likely) == 1 else None
    if name is None:
        raise InputError(
            f"{path} contains {len(shapes)} matrices; expected the name of one",
            tip=f"choose with --array, in Python array=: {listed(shapes)}",
        )
    if len(shapes) > 1:
        logger.info("vectors are %s; --array chooses another of %s", name, listed(shapes))
    return name


def _named(path: Path | str, shapes: Mapping[str, Shape], asked: str) -> str:
    if asked in shapes:
        return asked
    found = [name for name in shapes if f"/{asked}/" in f"/{name}/"]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"{path} contains {len(found)} arrays in {asked!r}; expected one",
            tip=f"choose one of {listed({name: shapes[name] for name in found})}",
        )
    tip = did_you_mean(asked, list(shapes))
    raise InputError(f"{path} contains no array {asked!r}", tip=f"{tip}there are {listed(shapes)}")


def listed(shapes: Mapping[str, Shape]) -> str:
    """Name arrays with their shapes, in one line."""
    named = [
        f"{name} {_shape(shape)}".rstrip() for name, shape in list(shapes.items())[:NUM_LISTED]
    ]
    more = len(shapes) - len(named)
    return ", ".join([*named, f"and {more} more"] if more > 0 else named) or "none"


def _shape(shape: Shape) -> str:
    return f"({' x '.join(map(str, shape))})" if shape else ""


def float32_matrix(path: Path | str, array: Any) -> Float32Matrix:
    """Return an array from a file as float32 (N, D), row by row in memory.

    Raises:
        InputError: it is not a matrix of real numbers.
    """
    matrix = np.asarray(array)
    if matrix.ndim != 2:
        raise InputError(
            f"{path} contains an array of shape {matrix.shape}; expected a matrix of "
            "(rows, dimensions)",
            tip="save one row per vector, such as with np.save(path, np.stack(rows))",
        )
    if not is_real(matrix.dtype):
        raise InputError(f"{path} contains a matrix of {matrix.dtype}; expected real numbers")
    return as_float32(matrix)


@contextmanager
def damage_as_input_error(path: Path | str, what: str) -> Iterator[None]:
    """Say in one line that a file is not what it seems, whatever a library raises about it.

    At damaged bytes libraries raise of every kind, from KeyError to tokenize.TokenError.

    Args:
        path: the file, for the message.
        what: what it was read as, such as "an Arrow table".

    Raises:
        InputError: the block raised anything but an error for users.
    """
    try:
        yield
    except UserFacingError:
        raise
    except MemoryError as error:
        raise InputError(f"{path} has, or claims to have, more than fits into memory") from error
    except Exception as error:
        reason = str(error).partition("\n")[0][:MAX_REASON_LENGTH] or type(error).__name__
        raise InputError(f"{path} cannot be read as {what}: {reason}") from error


def require_extra(module: str, extra: str, path: Path | str) -> Any:
    """Import a library that an optional extra installs.

    Raises:
        InputError: it is not installed; the tip has the command.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise InputError(
            f"{path} is read with {module.partition('.')[0]}, which is not installed",
            tip=f"pip install 'projector-export[{extra}]'",
        ) from error
