"""The upload set's config, from which the page is written; its author may be a stranger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from projector_export.errors import InputError, RunError, command_line
from projector_export.export_folder import WEB_CONFIG_NAME
from projector_export.files import is_file_inside
from projector_export.page_parts import first_problem


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _Sprite(_Part):
    image_path: str


class _Table(_Part):
    tensor_name: str
    tensor_path: str = ""
    tensor_shape: tuple[int, int]
    metadata_path: str = ""
    bookmarks_path: str = ""
    sprite: _Sprite | None = None


class _Config(_Part):
    """What the page needs of the config; everything else is left to the viewer."""

    embeddings: list[_Table] = Field(min_length=1)


def read_upload_config(upload_folder: Path) -> dict[str, Any]:
    """Read the config of an upload set, with every key that it has.

    Raises:
        RunError: there is no upload set.
        InputError: the config is damaged.
    """
    path = upload_folder / WEB_CONFIG_NAME
    if not is_file_inside(path, upload_folder):
        raise RunError(
            f"{upload_folder} has no upload set to write a page from",
            tip=f"write one with: {command_line('export', upload_folder.parent)}",
        )
    content = path.read_bytes()
    try:
        _Config.model_validate_json(content)
        config: dict[str, Any] = json.loads(content)
        json.dumps(config, ensure_ascii=False).encode()
    except (ValidationError, UnicodeEncodeError) as error:
        raise InputError(
            f"{path} cannot be read: {_problem(error)}",
            tip=f"see what is wrong with: {command_line('check', upload_folder)}",
        ) from error
    return config


def _problem(error: ValidationError | UnicodeEncodeError) -> str:
    if isinstance(error, UnicodeEncodeError):
        return f"{error.object[error.start]!r} is no character"  # a half of one, as \ud800
    return first_problem(error)
