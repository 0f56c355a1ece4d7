"""For a config with web addresses, the files next to it are read, or nothing could be checked."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from projector_export.checker.check import check
from projector_export.cli.check import check as check_command
from projector_export.fixer.fix import write_fixed
from tests.helpers.check_exports import NUM_ROWS, Export, good_rows, good_vectors, tsv

ADDRESS = "https://example.org/data%20sets/"
ADDRESSES = {"tensorPath": f"{ADDRESS}books.bytes", "metadataPath": f"{ADDRESS}metadata.tsv?raw=1"}


def run(*words: object) -> Result:
    return CliRunner(catch_exceptions=False).invoke(
        check_command, [str(word) for word in words], env={"COLUMNS": "200"}
    )


def test_files_next_to_the_config_are_read_instead_of_addresses_and_a_note_says_so(tmp_path: Path):
    path = Export(tmp_path, viewer="web app", entry=ADDRESSES).write()
    report = check(path)
    assert report.findings == []
    tensor = report.views[0].tensors[0]
    assert (tensor.num_points, tensor.metadata.num_rows) == (NUM_ROWS, NUM_ROWS)
    result = run(path)
    assert result.exit_code == 0
    assert f"{ADDRESS}books.bytes: books.bytes next to the config was read" in result.output
    assert f"{ADDRESS}metadata.tsv?raw=1: metadata.tsv next to the config was" in result.output


def test_problems_of_the_files_next_to_the_config_are_found(tmp_path: Path):
    path = Export(tmp_path, viewer="web app", entry=ADDRESSES, rows=good_rows(NUM_ROWS - 2)).write()
    assert [finding.code for finding in check(path).findings] == ["E01"]


def test_without_the_files_it_is_an_error_that_nothing_could_be_checked(tmp_path: Path):
    path = Export(tmp_path, viewer="web app", entry=ADDRESSES).write()
    (tmp_path / "books.bytes").unlink()
    result = run(path)
    assert result.exit_code == 1
    assert "E22 error" in result.output
    assert "no findings" not in result.output
    report = json.loads(run(path, "--json").stdout)
    assert (report["num_errors"], report["findings"][0]["code"]) == (1, "E22")
    assert report["views"][0]["notes"][0] == (
        f"{ADDRESS}books.bytes: not read; a copy next to the config would be"
    )


def test_of_two_tensors_the_one_that_was_not_read_is_a_warning(tmp_path: Path):
    path = Export(tmp_path, viewer="web app").write()
    config = json.loads(path.read_text())
    far = {"tensorName": "far", "tensorShape": [9, 4], "tensorPath": "https://example.org/x.bytes"}
    path.write_text(json.dumps({"embeddings": [*config["embeddings"], far]}))
    (finding,) = check(path).findings
    assert (finding.code, finding.severity) == ("E22", "warning")


def test_a_config_without_vectors_is_never_without_findings(tmp_path: Path):
    path = Export(tmp_path, viewer="web app", entry={"tensorPath": None}).write()
    (finding,) = check(path).findings
    assert (finding.code, finding.severity) == ("E22", "error")


def test_the_fixed_copy_keeps_the_addresses_and_includes_the_files(tmp_path: Path):
    quoted = tsv(good_rows()).replace(b"Book no. 4\t", b'"Book ""4"""\t')
    path = Export(
        tmp_path / "in", viewer="web app", entry=ADDRESSES, files={"metadata.tsv": quoted}
    ).write()
    fixed = write_fixed(path, None, tmp_path / "out")
    assert fixed.path == tmp_path / "out" / "config.json"
    assert check(fixed.path).findings == []
    assert json.loads(fixed.path.read_text()) == json.loads(path.read_text())
    assert b'Book "4"\t' in (tmp_path / "out" / "metadata.tsv").read_bytes()
    assert (tmp_path / "out" / "books.bytes").read_bytes() == good_vectors().tobytes()
