"""A config's keys and values as written in YAML and `--set`, with the place of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from projector_export.errors import ConfigError

LONGEST_VALUE = 60
DEEPEST_SECTION = 20  # also stops at a section that contains itself through an alias


class _Loader(yaml.SafeLoader):
    """Safe YAML that also reads `1e-3` as a number; to YAML 1.1 it is text."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Name the line of a value that looks like a date or number but is invalid: 2020-13-45."""
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            reason = str(error).split(":")[0]
            raise yaml.constructor.ConstructorError(
                problem=f"invalid value: {reason}", problem_mark=node.start_mark
            ) from error


class _Dumper(yaml.SafeDumper):
    """Quotes text that `_Loader` would read as a number or as a line break."""

    def represent_str(self, text: str) -> yaml.ScalarNode:
        """Escape what is not printable, such as U+0085, which YAML folds into a space."""
        style = None if text.isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _Dumper.represent_str)

for _reader_or_writer in (_Loader, _Dumper):
    _reader_or_writer.add_implicit_resolver(
        "tag:yaml.org,2002:float",
        re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+"),
        list("-+0123456789"),
    )


class ConfigSource:
    """Keys and values, and where each was written.

    Attributes:
        values: sections as dicts.
    """

    def __init__(
        self,
        name: str,
        content: bytes,
        *,
        example: str = "run: starter",
        may_be_empty: bool = False,
    ) -> None:
        self._name = name
        self._places: dict[tuple[str, ...], str] = {}
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{name} is not UTF-8 at byte {error.start}") from error
        node, values = _parsed(text, name)
        if node is None and may_be_empty:
            values = {}
        elif node is None:
            raise ConfigError(f"{name} is empty", tip="configs/starter.yaml is an example")
        if not isinstance(values, dict):
            raise ConfigError(f"{name}: expected keys and values, such as `{example}`")
        if node:
            self._note_places(node, (), name, is_open={})
        self.values: dict[str, Any] = values

    def override(self, text: str) -> None:
        """Apply one `key.path=value`; the value is read as YAML."""
        dotted, equals, value = text.partition("=")
        keys = tuple(dotted.strip().split("."))
        place = f"--set {text}"
        if not equals or not all(keys):
            raise ConfigError(f"{place}: expected key.path=value, such as training.epochs=5")
        section = self.values
        for length, key in enumerate(keys[:-1], start=1):
            section = section.setdefault(key, {})
            if not isinstance(section, dict):
                raise ConfigError(f"{place}: {'.'.join(keys[:length])} is not a section")
            self._places.setdefault(keys[:length], place)
        node, section[keys[-1]] = _parsed(value, place)
        self._places = {
            path: old for path, old in self._places.items() if path[: len(keys)] != keys
        }
        self._places[keys] = place
        if node:
            self._note_places(node, keys, place, is_open={})

    def place_of(self, keys: tuple[str, ...]) -> str:
        """Return where a key, or the nearest section around it, was written."""
        for length in range(len(keys), 0, -1):
            if keys[:length] in self._places:
                return self._places[keys[:length]]
        return self._name

    def _note_places(
        self, node: yaml.Node, path: tuple[str, ...], source: str, *, is_open: dict[int, bool]
    ) -> None:
        """Remember the line of each key and list item, and refuse a key that is given twice.

        What aliases repeat is noted once: a few lines of them can stand for billions of items.
        `is_open` says of each node that was met whether its end is still to come.
        """
        if len(path) > DEEPEST_SECTION or is_open.get(id(node)):
            raise ConfigError(f"{source}: sections nested too deeply")
        if id(node) in is_open:
            return
        is_open[id(node)] = True
        for key, where, child in _children(node):
            keys, place = (*path, key), self._place(where, source)
            if keys in self._places:
                raise ConfigError(f"{place}: {'.'.join(keys)} is given twice")
            self._places[keys] = place
            self._note_places(child, keys, source, is_open=is_open)
        is_open[id(node)] = False

    def _place(self, node: yaml.Node, source: str) -> str:
        return f"{source}:{node.start_mark.line + 1}" if source == self._name else source


def _children(node: yaml.Node) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Yield the key or index of each value in a node, the node that is there, and the value's."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield str(index), item, item
    elif isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            yield str(key_node.value), key_node, value_node


def as_yaml(value: object) -> str:
    """Write sections, one key per line, as YAML that `ConfigSource` reads back."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True))


def as_written(value: object) -> str:
    """Format a value as in a config, on one line and not too long."""
    try:
        text = yaml.dump(
            value, Dumper=_Dumper, default_flow_style=True, allow_unicode=True, width=10**9
        )
    except yaml.YAMLError:
        text = repr(value)
    text = text.removesuffix("...\n").strip()
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def _parsed(text: str, place: str) -> tuple[yaml.Node | None, Any]:
    """Parse one YAML value; return its tree of nodes, which know their lines, and the value."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark and not place.startswith("--set ") else ""
        context = f"{error.context} " if str(error.problem).startswith("but ") else ""
        raise ConfigError(f"{place}{line}: not YAML: {context}{error.problem}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{place}: not YAML: {' '.join(str(error).split())}") from error
    except RecursionError as error:
        raise ConfigError(f"{place}: sections nested too deeply") from error
