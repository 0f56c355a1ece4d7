"""What an export has for its page besides the viewer's files: colorings, a tour, facts of its maps.

Exports of other programs and of older versions have none of these files, and a stranger may have
written them.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from projector_export.arrays import IntVector
from projector_export.errors import InputError
from projector_export.files import is_file_inside

COLORINGS_NAME = "colorings.json"  # what the page offers to color by
TOUR_NAME = "tour.json"  # the stops of the page's tour
MAPS_NAME = "maps.json"  # how the maps were made, and how faithful they are

Part = dict[str, Any]


class _Part(BaseModel):
    """What is read of a part; other keys are kept as they are."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)


class _Coloring(_Part):
    column: str
    labels: list[str] = []
    counts: list[int] = []
    codes: str = ""

    @model_validator(mode="after")
    def _codes_are_places(self) -> _Coloring:
        codes = base64.b64decode(self.codes, validate=True)
        if codes and max(codes) >= len(self.labels):
            raise ValueError("a code is no place in labels")
        return self


class _Stop(_Part):
    title: str
    text: str = ""
    view: dict[str, str | list[str]] = {}


class _Map(_Part):
    title: str
    made_by: str
    trustworthiness: float | None = None
    continuity: float | None = None
    neighbor_recall: float | None = None
    random_triplets: float | None = None


class _MapFacts(_Part):
    num_rows: int
    num_sampled: int
    maps: list[_Map] = []


_COLORINGS = TypeAdapter(dict[str, list[_Coloring]])
_TOUR = TypeAdapter(list[_Stop])
_MAPS = TypeAdapter(_MapFacts)


def read_colorings(folder: Path) -> dict[str, list[Part]]:
    """Read what the page offers to color by: metadata file -> colorings.

    Raises:
        InputError: the file is damaged.
    """
    return _read(folder / COLORINGS_NAME, _COLORINGS) or {}


def read_tour(folder: Path) -> list[Part]:
    """Read the stops of the tour.

    Raises:
        InputError: the file is damaged.
    """
    return _read(folder / TOUR_NAME, _TOUR) or []


def read_maps(folder: Path) -> Part:
    """Read how the maps were made and how faithful they are.

    Raises:
        InputError: the file is damaged.
    """
    return _read(folder / MAPS_NAME, _MAPS) or {}


def codes_of(coloring: Part) -> IntVector:
    """Return the places (N,) of each row's value in the labels of a coloring."""
    return np.frombuffer(base64.b64decode(coloring.get("codes", "")), np.uint8).astype(np.int64)


def written_codes(codes: IntVector) -> str:
    """Return these places as they are written: a byte each, as a column has at most 22 labels."""
    return base64.b64encode(codes.astype(np.uint8).tobytes()).decode()


def first_problem(error: ValidationError) -> str:
    """Say where in a file the first problem is, and what."""
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the file'}: {first['msg']}"


def _read(path: Path, kind: TypeAdapter[Any]) -> Any:
    if not is_file_inside(path, path.parent):
        return None
    try:
        return kind.dump_python(kind.validate_json(path.read_bytes()), exclude_unset=True)
    except ValidationError as error:
        raise InputError(
            f"{path} cannot be read: {first_problem(error)}",
            tip="write the export again, or delete the file: only the page uses it",
        ) from error
