"""What a config's reader is told: the place, the key, what was expected, what was meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic_core import ErrorDetails

from projector_export.errors import ConfigError
from projector_export.nearest import nearest_names
from training.config.source import ConfigSource, as_written


def refusal(details: ErrorDetails, source: ConfigSource, *, known: Sequence[str]) -> ConfigError:
    """Say what is wrong with one value or key.

    Args:
        details: what pydantic found.
        source: knows where each key was written.
        known: the dotted paths of all keys.
    """
    keys = tuple(str(part) for part in details["loc"] if part != "[key]")
    key_path, place = ".".join(keys), source.place_of(keys)
    if details["type"] in {"extra_forbidden", "invalid_key"}:
        return ConfigError(f"{place}: there is no key {key_path}", tip=_nearest_key(keys, known))
    value = as_written(details["input"])
    return ConfigError(f"{place}: {key_path} is {value}; {_expected(details)}")


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """End a sentence about an unknown name with the nearest known one, or with all."""
    close = nearest_names(name, known, limit=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"


def _nearest_key(keys: tuple[str, ...], known: Sequence[str]) -> str:
    """Name the key that was probably meant: one spelled alike, or of that name elsewhere."""
    by_name = {path.split(".")[-1]: path for path in known}
    same_name = [by_name[keys[-1]]] if keys[-1] in by_name else []
    alike = nearest_names(".".join(keys), known, limit=1)
    alike_name = [by_name[name] for name in nearest_names(keys[-1], list(by_name), limit=1)]
    nearest = [*same_name, *alike, *alike_name]
    return f"did you mean {nearest[0]}?" if nearest else "docs/configuration.md lists all keys"


def _expected(details: ErrorDetails) -> str:
    """Say what a value should have been, in words that need no Python."""
    words = {
        "int_type": "expected a whole number",
        "float_type": "expected a number",
        "string_type": "expected text",
        "list_type": "expected a list",
        "model_type": "expected a section with keys of its own",
    }
    message = details["msg"].removeprefix("Value error, ").split(" after validation")[0]
    message = re.sub(r"^(Input should be|\w+ should have)", "expected", message)
    return words.get(details["type"]) or re.sub(r"(?=(greater|less) than)", "a number ", message)
