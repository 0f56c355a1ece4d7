"""Base classes for sections of YAML files: strict models, and names from a registry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import core_schema


class Section(BaseModel):
    """A part of a config: frozen, with strict types and no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def sections_in(annotation: Any) -> list[type[BaseModel]]:
    """List the sections that a key contains: itself, or the items of a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [section for part in get_args(annotation) for section in sections_in(part)]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Restricts a string to the names of a registry."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check the name after its type."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, name: str) -> str:
        if name not in self.names:
            *others, last = map(repr, self.names)
            raise ValueError(f"expected {', '.join(others)} or {last}")
        return name
