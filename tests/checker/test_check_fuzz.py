"""For any bytes, a check ends with findings, never with an exception."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projector_export.checker.check import check
from projector_export.fixer.fix import write_fixed
from tests.helpers.check_exports import (
    Export,
    bookmark,
    good_rows,
    good_vectors,
    png,
    text_vectors,
    tsv,
)

FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
GOOD = {
    "projector_config.pbtxt": b"",
    "config.json": b"",
    "books.bytes": good_vectors().tobytes(),
    "metadata.tsv": tsv(good_rows()),
    "bookmarks.json": json.dumps([bookmark(3)]).encode(),
    "sprite.png": png(8, 8),
    "vectors.tsv": text_vectors(good_vectors()),
    "checkpoint": b'model_checkpoint_path: "nowhere"\n',
}
ENTRY = {
    "bookmarksPath": "bookmarks.json",
    "sprite": {"imagePath": "sprite.png", "singleImageDim": [1, 1]},
}


def write_good(folder: Path) -> None:
    files = {name: content for name, content in GOOD.items() if content}
    Export(folder, entry=ENTRY, files=files).write()
    Export(folder, viewer="web app", entry=ENTRY, files=files).write()


def checked_and_fixed(folder: Path, output: Path) -> None:
    report = check(folder)
    json.dumps(report.to_dict())
    for finding in report.findings:
        assert finding.message
        assert finding.place.path.exists() or finding.code == "E12", finding
    write_fixed(folder, None, output)
    check(output)


def mutated(content: bytes, start: int, length: int, replacement: bytes) -> bytes:
    start %= len(content) + 1
    return content[:start] + replacement + content[start + length :]


@FEW
@given(
    st.sampled_from(sorted(GOOD)), st.integers(0, 5000), st.integers(0, 300), st.binary(max_size=40)
)
def test_a_mutated_file_gives_findings(name: str, start: int, length: int, replacement: bytes):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "in")
        write_good(folder)
        path = folder / name
        path.write_bytes(mutated(path.read_bytes(), start, length, replacement))
        checked_and_fixed(folder, Path(root, "out"))


@FEW
@given(st.sampled_from(sorted(GOOD)), st.binary(max_size=400))
def test_random_bytes_give_findings(name: str, content: bytes):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "in")
        write_good(folder)
        (folder / name).write_bytes(content)
        checked_and_fixed(folder, Path(root, "out"))


@FEW
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_a_random_pair_gives_findings(vectors: bytes, metadata: bytes):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "in")
        folder.mkdir()
        (folder / "vectors.tsv").write_bytes(vectors)
        (folder / "metadata.tsv").write_bytes(metadata)
        check(folder / "vectors.tsv", folder / "metadata.tsv")
        result = write_fixed(folder / "vectors.tsv", folder / "metadata.tsv", Path(root, "out"))
        check(result.path, result.metadata_path)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda values: (
        st.lists(values, max_size=4) | st.dictionaries(st.text(max_size=9), values, max_size=4)
    ),
    max_leaves=12,
)


@FEW
@given(st.sampled_from(sorted(bookmark(1))), JSON_VALUES)
def test_a_bookmark_with_any_value_gives_findings(key: str, value: object):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "in")
        write_good(folder)
        (folder / "bookmarks.json").write_text(json.dumps([{**bookmark(), key: value}]))
        checked_and_fixed(folder, Path(root, "out"))


@FEW
@given(
    st.sampled_from(
        ["tensorName", "tensorShape", "tensorPath", "metadataPath", "sprite", "embeddings"]
    ),
    JSON_VALUES,
)
def test_a_web_config_with_any_value_gives_findings(key: str, value: object):
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "in")
        write_good(folder)
        content = json.loads((folder / "config.json").read_text())
        if key == "embeddings":
            content[key] = value
        else:
            content["embeddings"][0][key] = value
        (folder / "config.json").write_text(json.dumps(content))
        checked_and_fixed(folder, Path(root, "out"))


@pytest.mark.parametrize("content", [b"\x00" * 90, b"\xff" * 90, b"[" * 100_000, b"{" * 100_000])
def test_awkward_bytes_in_every_file_give_findings(content: bytes, tmp_path: Path):
    for name in GOOD:
        folder = tmp_path / name / "in"
        write_good(folder)
        (folder / name).write_bytes(content)
        checked_and_fixed(folder, tmp_path / name / "out")
