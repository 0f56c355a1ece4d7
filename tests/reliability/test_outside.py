"""No command reads a file that a stranger's export leads to, outside its folder."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from tests.helpers.running import exit_code

pytestmark = pytest.mark.reliability
PRIVATE = "the owner's own"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An export, and next to it private metadata that would fit."""
    rows = np.random.default_rng(0).normal(size=(9, 5)).astype(np.float32)
    px.export(rows, {"word": [f"w{row}" for row in range(9)]}, tmp_path / "map", layouts=("pca",))
    lines = "".join(f"{PRIVATE} {row}\n" for row in range(9))
    (tmp_path / "private.tsv").write_text(lines)
    return tmp_path / "map"


def lead_outside(folder: Path, how: str) -> None:
    """Make the metadata of both parts those private ones."""
    target = folder.parent / "private.tsv"
    for path in folder.glob("*/*.metadata.tsv"):
        path.unlink()
        if how == "link":
            path.symlink_to(target)
        if how == "pipe":
            os.mkfifo(path)
    if how in {"absolute", "above"}:
        written = str(target) if how == "absolute" else "../../private.tsv"
        path = folder / "upload" / "projector_config.json"
        config = json.loads(path.read_text())
        for entry in config["embeddings"]:
            entry["metadataPath"] = written
        path.write_text(json.dumps(config))
    if how == "part":
        shutil.move(folder / "upload", folder.parent / "elsewhere")
        shutil.copy(target, folder.parent / "elsewhere" / "vectors.metadata.tsv")
        (folder / "upload").symlink_to(folder.parent / "elsewhere")
        shutil.rmtree(folder / "projector")


@pytest.mark.parametrize("how", ["link", "absolute", "above", "part", "pipe"])
@pytest.mark.parametrize(
    "command",
    [
        *("neighbors map w3", "report map", "site map -o out", "site map --single-file"),
        *("plot map", "check map", "export map -o new"),
    ],
)
def test_nothing_private_is_shown_or_copied(folder, capsys, monkeypatch, how, command) -> None:
    monkeypatch.chdir(folder.parent)
    lead_outside(folder, how)
    assert exit_code([*command.split(), "-q"]) in (0, 1, 2)
    assert PRIVATE not in "".join(capsys.readouterr())
    written = [
        path for path in folder.parent.rglob("*") if path.is_file() and not path.is_symlink()
    ]
    private = {path for path in written if PRIVATE.encode() in path.read_bytes()}
    assert {path.name for path in private} <= {"private.tsv", "vectors.metadata.tsv"}
    assert {path.relative_to(folder.parent).parts[0] for path in private} <= {
        *("private.tsv", "map", "elsewhere")
    }
