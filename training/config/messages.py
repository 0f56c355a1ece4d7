"""Error messages for YAML files: the place, the key, what was expected, the nearest name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic_core import ErrorDetails

from projector_export.errors import ConfigError
from projector_export.nearest import nearest_names
from training.config.source import ConfigSource, as_written

ALL_KEYS_TIP = "docs/configuration.md lists all keys"


def refusal(
    details: ErrorDetails,
    source: ConfigSource,
    *,
    known: Sequence[str],
    all_keys_tip: str = ALL_KEYS_TIP,
) -> ConfigError:
    """Describe one wrong value or key.

    Args:
        details: what pydantic found.
        source: knows where each key was written.
        known: the dotted paths of all keys.
        all_keys_tip: where to read about the keys, for a key that resembles none of them.
    """
    keys = tuple(str(part) for part in details["loc"] if part != "[key]")
    key_path, place = ".".join(keys), source.place_of(keys)
    if details["type"] in {"extra_forbidden", "invalid_key"}:
        tip = _did_you_mean_key(keys, known) or all_keys_tip
        return ConfigError(f"{place}: there is no key {key_path}", tip=tip)
    if details["type"] == "missing":
        return ConfigError(f"{place}: {key_path} is missing")
    value = as_written(details["input"])
    return ConfigError(f"{place}: {key_path} is {value}; {_expected(details)}")


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """End a sentence about an unknown name: with the nearest known one, or with all of them."""
    close = nearest_names(name, known, limit=1)
    return f"; did you mean {close[0]!r}?" if close else f"; choose from {', '.join(known)}"


def _did_you_mean_key(keys: tuple[str, ...], known: Sequence[str]) -> str:
    """Suggest the key that was probably meant: the same name elsewhere, or a similar one; or ""."""
    by_name = {path.split(".")[-1]: path for path in reversed(known)}
    same_name = [by_name[keys[-1]]] if keys[-1] in by_name else []
    similar_path = nearest_names(".".join(keys), known, limit=1)
    similar_name = [by_name[name] for name in nearest_names(keys[-1], list(by_name), limit=1)]
    nearest = [*same_name, *similar_path, *similar_name]
    return f"did you mean {nearest[0]}?" if nearest else ""


def _expected(details: ErrorDetails) -> str:
    """Describe what was expected, without Python's or pydantic's terms."""
    expected = {
        "int_type": "expected a whole number",
        "float_type": "expected a number",
        "string_type": "expected text",
        "list_type": "expected a list",
        "model_type": "expected a section with keys",
        "dict_type": "expected a section with keys",
    }
    message = details["msg"].removeprefix("Value error, ").split(" after validation")[0]
    message = re.sub(r"^(Input should be|\w+ should have)", "expected", message)
    return expected.get(details["type"]) or re.sub(r"(?=(greater|less) than)", "a number ", message)
