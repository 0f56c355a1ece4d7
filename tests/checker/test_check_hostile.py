"""Checking a stranger's folder takes bounded memory, and reads nothing outside it."""

from __future__ import annotations

import os

import pytest

from projector_export.checker.check import check
from projector_export.errors import InputError
from tests.helpers.check_exports import Export


def test_gigabytes_of_zeros_are_refused_before_they_fill_the_memory(tmp_path) -> None:
    (tmp_path / "vectors.tsv").write_text("1\t2\t3\n4\t5\t6\n")
    (tmp_path / "metadata.tsv").touch()
    os.truncate(tmp_path / "metadata.tsv", 10 * 2**30)  # takes no room on the disk
    with pytest.raises(InputError, match=r"metadata.tsv has a line of more than 64 MB; expected"):
        check(tmp_path / "vectors.tsv", tmp_path / "metadata.tsv")


@pytest.mark.parametrize("target", ["/etc/passwd", "../passwd"])
def test_metadata_outside_is_a_finding_and_not_read(tmp_path, target) -> None:
    (tmp_path / "passwd").write_text("confidential\tx\n" * 9)
    folder = Export(tmp_path / "in", entry={"metadataPath": target}).write()
    report = check(folder)
    assert [finding.code for finding in report.findings] == ["E10"]
    assert "confidential" not in str(report.to_dict())


def test_a_pipe_and_a_device_are_not_opened(tmp_path) -> None:
    folder = Export(tmp_path / "in").write()
    (folder / "metadata.tsv").unlink()
    os.mkfifo(folder / "metadata.tsv")
    assert [finding.code for finding in check(folder).findings] == ["E10"]
    (folder / "metadata.tsv").unlink()
    (folder / "metadata.tsv").symlink_to("/dev/zero")
    assert [finding.code for finding in check(folder).findings] == ["E10"]
