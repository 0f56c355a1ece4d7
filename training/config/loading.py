"""Read a config from a YAML file and `--set`, and write it back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from projector_export.files import existing_file
from training.config.messages import refusal
from training.config.models import Config
from training.config.section import sections_in
from training.config.source import ConfigSource, as_yaml


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Read a config file and apply `key.path=value` overrides to it.

    Raises:
        InputError: the file does not exist.
        ConfigError: a key, type or value is wrong; the message names the file and line or --set,
            the key's path and what was expected.
    """
    existing_file(path, "a config file")
    source = ConfigSource(str(path), path.read_bytes())
    source.values.pop("provenance", None)  # a run writes it into its own config
    for override in overrides:
        source.override(override)
    try:
        return Config.model_validate(source.values)
    except ValidationError as error:
        raise refusal(error.errors(include_url=False)[0], source, known=key_paths()) from error


def key_paths(model: type[BaseModel] = Config, prefix: str = "") -> list[str]:
    """List every key of the config by its dotted path, those of list items without a number."""
    paths = []
    for name, field in model.model_fields.items():
        paths.append(prefix + name)
        for section in sections_in(field.annotation):
            paths += key_paths(section, f"{prefix}{name}.")
    return paths


def config_yaml(config: Config) -> str:
    """Write a config as YAML that `load_config` reads back to an equal one."""
    return as_yaml(config.model_dump())
