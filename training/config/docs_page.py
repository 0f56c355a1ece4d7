"""Write docs/configuration.md from the config's models: `python -m training.config.docs_page`."""

from __future__ import annotations

import json
import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from training.config.models import Config
from training.config.section import OneOf, sections_in

INTRODUCTION = """\
# Configuration

One YAML file configures a run. Every key has a default, so a file contains only what differs.
`--set key.path=value` changes a key from the command line and may be repeated. Unknown keys, keys
given twice, and wrong types or values are refused, with their file and line.

`make docs` generates this page from the models in `training/config/models.py`.
"""


def configuration_page() -> str:
    """Return the whole page: a table for the top level and one for each section."""
    sections = [INTRODUCTION, _table("", Config)]
    for name, field in Config.model_fields.items():
        if model := _section(field):
            sections += [f"## `{name}`\n", f"{field.description}.\n", _table(f"{name}.", model)]
            sections += [
                f"Keys of each item of `{name}.{key}`:\n\n{_table(f'{name}.{key}.', item)}"
                for key, list_field in model.model_fields.items()
                for item in sections_in(list_field.annotation)
            ]
    return "\n".join(sections)


def _table(prefix: str, model: type[BaseModel]) -> str:
    lines = ["| key | meaning | values | default |", "|---|---|---|---|"]
    for name, field in model.model_fields.items():
        if not _section(field):
            cells = [f"`{prefix}{name}`", field.description or "", _values(field), _default(field)]
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _section(field: FieldInfo) -> type[BaseModel] | None:
    model = field.annotation
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _values(field: FieldInfo) -> str:
    bounds = [
        f"{word} {getattr(rule, name)}"
        for rule in field.metadata
        for name, word in (("ge", "from"), ("gt", "above"), ("le", "to"), ("lt", "below"))
        if getattr(rule, name, None) is not None
    ]
    for rule in field.metadata:
        if isinstance(rule, OneOf):
            return _listed(rule.names)
    kind, or_null, _ = _kind(field.annotation).partition(" or null")
    return " ".join([kind, *bounds]) + or_null


def _kind(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return _listed(arguments)
    if origin is Annotated:
        return next(_listed(rule.names) for rule in arguments if isinstance(rule, OneOf))
    if origin is list and sections_in(arguments[0]):
        return "list of sections"
    if origin is list:
        return f"list of {_kind(arguments[0])}"
    if origin in {Union, types.UnionType}:
        return " or ".join(_kind(argument) for argument in arguments)
    names = {int: "whole number", float: "number", str: "text", bool: "true or false"}
    return names.get(annotation, "null")


def _listed(choices: Iterable[str]) -> str:
    return ", ".join(f"`{choice}`" for choice in choices)


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    return "required" if value is PydanticUndefined else f"`{json.dumps(value)}`"


if __name__ == "__main__":
    print(configuration_page(), end="")  # noqa: T201
