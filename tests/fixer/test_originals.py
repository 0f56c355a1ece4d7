"""A fixed copy of a stranger's folder contains nothing from elsewhere on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from projector_export.errors import InputError
from projector_export.fixer.fix import write_fixed
from tests.helpers.check_exports import Export

PRIVATE = b"the owner's own\n"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "secret.txt"
    path.parent.mkdir()
    path.write_bytes(PRIVATE)
    return path


def copied(folder: Path, **options: bool) -> bytes:
    """Fix a folder; return the bytes of everything in the copy."""
    output = folder.with_name("out")
    write_fixed(folder, None, output, **options)
    return b"".join(path.read_bytes() for path in output.rglob("*") if path.is_file())


@pytest.mark.parametrize("written", ["absolute", "above", "link", "folder of links"])
def test_files_outside_are_copied_only_on_request(tmp_path, secret, caplog, written) -> None:
    name = {"absolute": str(secret), "above": "../home/secret.txt"}.get(written, "metadata.tsv")
    folder = Export(tmp_path / "in", entry={"metadataPath": name}).write()
    if written == "link":
        (folder / name).unlink()
        (folder / name).symlink_to(secret)
    if written == "folder of links":
        (folder / "more").symlink_to(secret.parent)
    assert PRIVATE not in copied(folder)
    assert "is outside the folder and was not copied; --copy-outside copies it" in caplog.text
    (tmp_path / "out").rename(tmp_path / "first")
    assert PRIVATE in copied(folder, copy_outside=True)


def test_pipes_and_devices_are_not_copied(tmp_path: Path) -> None:
    folder = Export(tmp_path / "in").write()
    os.mkfifo(folder / "pipe")
    (folder / "zeros").symlink_to("/dev/zero")
    copied(folder)
    assert {path.name for path in (tmp_path / "out").iterdir()}.isdisjoint({"pipe", "zeros"})


def test_two_links_in_a_circle_are_one_clear_line(tmp_path: Path) -> None:
    folder = Export(tmp_path / "in").write()
    for one, other in ("ab", "ba"):
        (folder / one).mkdir()
        (folder / one / "link").symlink_to(folder / other)
    with pytest.raises(InputError, match="cannot be copied"):
        write_fixed(folder, None, tmp_path / "out")
    assert not (tmp_path / "out").exists()
