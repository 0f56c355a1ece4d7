"""A broken rule without harm is a warning; a damaged checkpoint is a finding."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import projector_export as px
from projector_export.checker.check import check
from projector_export.checker.findings import Finding
from tests.helpers.check_cases import with_cells
from tests.helpers.check_exports import Export, good_rows, good_vectors, tsv, write_checkpoint


def only_finding(path: Path) -> Finding:
    (finding,) = check(path).findings
    return finding


def test_a_byte_order_mark_is_dropped_by_the_page(tmp_path: Path):
    files = {"metadata.tsv": b"\xef\xbb\xbf" + tsv(good_rows())}
    finding = only_finding(Export(tmp_path, viewer="web app", files=files).write())
    assert (finding.code, finding.severity) == ("E06", "warning")


def test_utf_16_is_an_error(tmp_path: Path):
    files = {"metadata.tsv": tsv(good_rows()).decode().encode("utf-16")}
    finding = only_finding(Export(tmp_path, viewer="web app", files=files).write())
    assert (finding.code, finding.severity) == ("E06", "error")


def test_a_missing_line_feed_in_a_small_file_of_many_lines_is_shown(tmp_path: Path):
    files = {"metadata.tsv": tsv(good_rows())[:-1]}
    finding = only_finding(Export(tmp_path, files=files).write())
    assert (finding.code, finding.severity) == ("E04", "warning")


def test_an_absolute_path_works_until_the_folder_is_moved(tmp_path: Path):
    entry = {"metadataPath": str(tmp_path / "metadata.tsv")}
    finding = only_finding(Export(tmp_path, entry=entry).write())
    assert (finding.code, finding.severity) == ("E10", "warning")


def test_tensorboard_drops_the_cr_of_windows(tmp_path: Path):
    files = {"metadata.tsv": tsv(good_rows()).replace(b"\n", b"\r\n")}
    finding = only_finding(Export(tmp_path, files=files).write())
    assert (finding.code, finding.severity) == ("E07", "warning")


def test_a_link_out_of_the_folder_is_not_served(tmp_path: Path):
    (tmp_path / "outside.tsv").write_bytes(tsv(good_rows()))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.tsv").symlink_to(tmp_path / "outside.tsv")
    finding = only_finding(Export(tmp_path / "in", entry={"metadataPath": "link.tsv"}).write())
    assert (finding.code, finding.severity) == ("E10", "error")


@pytest.mark.parametrize("file", ["model.ckpt.index", "model.ckpt.data-00000-of-00001"])
@pytest.mark.parametrize("damage", ["cut", "changed", "emptied", "deleted"])
def test_a_damaged_checkpoint_is_e12(file: str, damage: str, tmp_path: Path):
    write_checkpoint(tmp_path, books=good_vectors())
    Export(tmp_path, entry={"tensorPath": None}).write()
    path = tmp_path / file
    raw = path.read_bytes()
    middle = len(raw) // 2
    changed = (
        raw[:middle] + bytes(byte ^ 0xFF for byte in raw[middle : middle + 8]) + raw[middle + 8 :]
    )
    if damage == "deleted":
        path.unlink()
    else:
        path.write_bytes({"cut": raw[:middle], "changed": changed, "emptied": b""}[damage])
    codes = {finding.code for finding in check(tmp_path).findings}
    assert "E12" in codes


def test_unnamed_matrices_are_counted_and_not_read(tmp_path: Path):
    write_checkpoint(tmp_path, books=good_vectors(), weights=good_vectors(9, 7))
    path = Export(tmp_path, entry={"tensorPath": None}).write()
    tensors = {tensor.name: tensor for tensor in check(path).views[0].runs[0].tensors}
    assert tensors["weights"].vectors is None
    assert (tensors["weights"].num_points, tensors["weights"].dim) == (9, 7)


def test_a_blank_among_numbers_costs_only_the_search(tmp_path: Path):
    # Sixty years get a gradient; a word would turn them into sixty values of text.
    years = [str(1900 + row) for row in range(60)]
    years[7] = ""
    finding = only_finding(Export(tmp_path, rows=with_cells("year", years)).write())
    assert (finding.code, finding.severity, finding.is_fixable) == ("W10", "warning", False)
    assert finding.message == "1 row has no value"
    assert (
        finding.viewer == "Searching this column stops with an error; its gradient is as intended."
    )


def test_a_blank_among_fifty_numbers_leaves_no_room_for_unknown(tmp_path: Path):
    # 50 distinct numbers are colored one by one; Unknown would be a 51st value, of text.
    places = [str(row % 50) for row in range(60)]
    places[50] = ""
    found = {
        finding.code: finding.is_fixable
        for finding in check(Export(tmp_path, rows=with_cells("n", places)).write()).findings
    }
    assert found == {"W10": False}


def test_an_export_that_leaves_blanks_for_a_gradient_has_no_findings(tmp_path: Path):
    years = pd.array([None, *range(1900, 1959)], dtype="Int64")
    table = {"title": [f"Book {row}" for row in range(60)], "year": years}
    export = px.export(good_vectors(60), pd.DataFrame(table), tmp_path / "map", layouts=("pca",))
    assert [finding.code for finding in export.findings] == []
    found = {finding.code: finding.is_fixable for finding in check(tmp_path / "map").findings}
    assert found == {"W10": False}
