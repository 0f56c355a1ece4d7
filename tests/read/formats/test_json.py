"""What is said of JSON that contains no vectors."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import projector_export as px


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('{"word": {"0": "a"}, "x": {"0": 1.5}}', "neither a list of objects nor of vectors"),
        ("[]", "neither a list of objects nor of vectors"),
        ("{}", "neither a list of objects nor of vectors"),
        ("[[1.5, 2], 3]", "neither a list of objects nor of vectors"),
        ('[[1.5, 2], ["a", 3]]', "neither a list of objects nor of vectors"),
        ("[[1.5, 2], [1]]", "neither a list of objects nor of vectors"),
        ("[[1.5, 2], [1, 2, 3]]", r"vector 1 has shape \(3,\); expected \(2,\)"),
        (f"[[1, 2], [3, 1{'0' * 400}]]", "a number is too large"),
        ('[{"word": "a"}]', "has no vectors: no column of lists"),
        ("[[1.5, 2]", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
    ],
    ids=range(11),
)
def test_json_without_vectors_is_refused_in_one_line(content: str, what: str, tmp_path: Path):
    path = tmp_path / "v.json"
    path.write_text(content)
    with pytest.raises(px.InputError, match=what) as caught:
        px.read_vectors(path)
    assert "\n" not in caught.value.message


def test_json_of_vectors_is_no_metadata(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text("[[1, 2], [3, 4]]")
    with pytest.raises(px.InputError, match="is not a list of objects, one per vector"):
        px.read_metadata(tmp_path / "v.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
)


@settings(max_examples=100, deadline=None)
@given(content=JSON)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content) -> None:
    path = tmp_path_factory.mktemp("json") / "v.json"
    path.write_text(json.dumps(content))
    for read in (px.read_vectors, px.read_metadata):
        with suppress(px.InputError):
            assert len(read(path))
