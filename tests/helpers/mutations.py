"""Damage files as accidents and attackers do: bytes, and values inside JSON."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

# What readers trip over, next to random bytes.
TOKENS = (
    *(b"", b"\0", b"\xff", b"\n", b"\r\n", b"\t", b"\t\t", b",", b";", b'"', b"'", b" ", b"\\", b":"),
    *(b"nan", b"1e999", b"-1", b"0", b"9" * 400, b"9" * 5000, b"1e-320", b"0x10", b"1_0", b"true"),
    *(b"[", b"]", b"{}", b"[]", b"null", b"[" * 3000, b'{"a":' * 3000, b"{{", b"[[", b"<", b"&#0;"),
    *(b"../../etc/passwd", b"/dev/zero", b"http://[", b"%00", b"~nobody/x", b".", b"a" * 300),
    *(b"\xed\xa0\x80", b"\\ud800", b"\xef\xbb\xbf", b"\xff\xfe", "é\u202e𝄞".encode(), b"__proto__"),
    *(b"\xff" * 4, b"\xff" * 7 + b"\x7f", b"\0" * 8, b"\x80\0\0\0", b"&a", b"*a", b"!!python/name:a"),
)  # fmt: skip
JSON_VALUES = st.recursive(
    st.sampled_from([None, True, 0, -1, 1.5, 1e308, float("nan"), 10**400, 2**63, "", "\ud800"])
    | st.sampled_from(["../../x", "/etc/passwd", "\0", "http://[", "a\tb\nc", "tsne", "1", "%00"])
    | st.text(max_size=5),
    lambda values: (
        st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3)
    ),
    max_leaves=6,
)
PLACES = st.integers(0, 2**16 - 1)  # of 2**16, from a file's start to its end


@dataclass(frozen=True, slots=True)
class ByteEdit:
    """Replace a few bytes at a place."""

    place: int
    length: int
    new: bytes

    def apply(self, content: bytes) -> bytes:
        """Return the changed content."""
        start = self.place * (len(content) + 1) >> 16
        return content[:start] + self.new + content[start + self.length :]


@dataclass(frozen=True, slots=True)
class JsonEdit:
    """Replace a value in JSON, or in one line of JSON lines; other content stays as it is."""

    place: int
    value: Any

    def apply(self, content: bytes) -> bytes:
        """Return the changed content."""
        try:
            return self._edited(content)
        except (ValueError, RecursionError):
            lines = content.splitlines(keepends=True)
            chosen = self.place % max(1, len(lines))
            try:
                return b"".join(
                    [*lines[:chosen], self._edited(lines[chosen]), b"\n", *lines[chosen + 1 :]]
                )
            except (ValueError, RecursionError, IndexError):
                return content

    def _edited(self, content: bytes) -> bytes:
        root = [copy.deepcopy(json.loads(content))]
        places = list(_places(root))
        parent, key = places[self.place % len(places)]
        parent[key] = self.value
        return json.dumps(root[0]).encode("utf-8", "surrogatepass")


def _places(value: Any) -> Any:
    """Yield each (parent, key) below a list or an object."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(items):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


BYTE_EDITS = st.builds(
    ByteEdit,
    PLACES,
    st.sampled_from([0, 0, 1, 2, 3, 4, 8, 30, 300, 10**9]),
    st.sampled_from(TOKENS) | st.binary(max_size=8),
)
JSON_EDITS = st.builds(JsonEdit, PLACES, JSON_VALUES)
EDITS = st.lists(BYTE_EDITS | JSON_EDITS, min_size=1, max_size=3)


def damaged(content: bytes, edits: list[ByteEdit | JsonEdit]) -> bytes:
    """Return a file's content after some edits."""
    for edit in edits:
        content = edit.apply(content)
    return content
