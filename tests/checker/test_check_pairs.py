"""Without a config, the content of files decides which are vectors and which are metadata."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from projector_export.checker.check import check
from projector_export.checker.findings import Report
from projector_export.checker.pairs import kind_of
from projector_export.fixer.fix import write_fixed
from tests.helpers.article_pair import write_article_pair
from tests.helpers.check_cases import plain_pair
from tests.helpers.check_exports import NUM_ROWS, Export, good_rows, good_vectors, text_vectors, tsv

WORDS = "".join(f"word{row} 0.1 0.2 0.3 0.4\n" for row in range(9))


def codes(report: Report) -> list[str]:
    return sorted({finding.code for finding in report.findings})


def files(folder: Path, **contents: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name.replace("__", ".")).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0.1\t0.2\n0.3\t0.4\n", "vectors"),
        ("0.1,0.2,0.3\n0.3,0.4,0.5\n", "vectors"),
        ("x\ty\tz\n0.1\t0.2\t0.3\n", "vectors"),
        (WORDS, "vectors"),
        ("9 4\n" + WORDS, "vectors"),
        ("title\tyear\tpages\nOne\t1900\t90\nTwo\t1901\t120\n", "metadata"),
        ("title\tgenre\nOne\tdrama\n", "metadata"),
        ("One\nTwo\n", "metadata"),
        ("1\n2\n", "metadata"),  # a class per point
        ("", "empty"),
        ("\n \n", "empty"),
    ],
)
def test_vectors_and_metadata_are_distinguished(text: str, kind: str, tmp_path: Path):
    (tmp_path / "file.tsv").write_text(text)
    assert kind_of(tmp_path / "file.tsv") == kind


def test_a_folder_of_two_files_is_checked_as_a_pair_and_a_note_says_so(tmp_path: Path):
    write_article_pair(tmp_path, num_books=300)
    report = check(tmp_path)
    (view,) = report.views
    assert view.viewer == "upload"
    assert view.tensors[0].num_points == 300
    assert "E18" not in codes(report)
    assert view.to_dict()["notes"] == [
        "book_vecs.tsv was read as vectors and book_info.tsv as their metadata: 300 rows each"
    ]


def test_several_pairs_in_a_folder_are_matched_by_their_numbers_of_rows(tmp_path: Path):
    files(
        tmp_path,
        a__tsv=text_vectors(good_vectors(20)),
        b__tsv=text_vectors(good_vectors(30)),
        c__tsv=tsv(good_rows(30)),
        d__txt=tsv(good_rows(20)),
        notes__txt=b"Nothing that goes by rows.\n",
    )
    views = check(tmp_path).views
    paired = {view.path.name: view.tensors[0].metadata.path.name for view in views}
    assert paired == {"a.tsv": "d.txt", "b.tsv": "c.tsv"}


def test_of_two_tables_with_the_right_number_of_rows_the_one_with_the_similar_name_is_chosen(
    tmp_path: Path,
):
    files(
        tmp_path,
        books__tsv=text_vectors(good_vectors()),
        a_table__tsv=tsv(good_rows()),
        books_info__tsv=tsv(good_rows()),
    )
    assert check(tmp_path).views[0].tensors[0].metadata.path.name == "books_info.tsv"


def test_a_table_of_numbers_that_is_named_metadata_is_not_also_vectors(tmp_path: Path):
    rows = [["class", "year"], *([str(row), "1900"] for row in range(NUM_ROWS))]
    plain_pair(tmp_path, tsv(rows))
    assert [view.path.name for view in check(tmp_path).views] == ["vectors.tsv"]


def test_the_only_two_files_are_a_pair_even_if_rows_are_missing(tmp_path: Path):
    files(tmp_path, v__tsv=text_vectors(good_vectors()), m__tsv=tsv(good_rows(50)))
    assert codes(check(tmp_path)) == ["E01"]


def test_one_half_of_a_pair_finds_the_other(tmp_path: Path):
    files(tmp_path, v__tsv=text_vectors(good_vectors()), m__tsv=tsv(good_rows()))
    for name in ("v.tsv", "m.tsv"):
        report = check(tmp_path / name)
        assert report.findings == []
        assert report.views[0].path == tmp_path / "v.tsv"


def test_a_file_of_metadata_is_checked_as_metadata(tmp_path: Path):
    rows = [[*row] for row in good_rows()]
    rows[4][1] = '"The ""epic"""'
    (tmp_path / "m.tsv").write_bytes(tsv(rows))
    report = check(tmp_path / "m.tsv")
    assert codes(report) == ["W04"]
    assert report.views[0].viewer == "metadata"
    assert report.views[0].to_dict()["notes"] == [
        "m.tsv was read as metadata: it contains words, not vectors"
    ]


def test_files_in_the_wrong_order_are_swapped(tmp_path: Path):
    vectors, metadata = plain_pair(tmp_path, tsv(good_rows()))
    report = check(metadata, vectors)
    assert report.findings == []
    assert report.views[0].path == vectors
    assert "read as metadata" in report.views[0].notes[0]


def test_tables_of_numbers_next_to_a_config_are_not_vectors(tmp_path: Path):
    Export(tmp_path, files={"history.csv": b"1,0.5\n2,0.4\n", "notes.txt": b"words\n"}).write()
    report = check(tmp_path)
    assert report.findings == []
    assert [view.viewer for view in report.views] == ["TensorBoard"]


def test_the_fixed_copy_of_a_pair_has_both_configs_and_checks_clean(tmp_path: Path):
    quoted = tsv(good_rows()).replace(b"Book no. 4\t", b'"Book ""4"""\t')
    files(tmp_path / "in", v__tsv=text_vectors(good_vectors()), m__tsv=quoted)
    fixed = write_fixed(tmp_path / "in", None, tmp_path / "out")
    assert "projector_config.pbtxt and projector_config.json: added, they name the files" in (
        fixed.changes
    )
    report = check(fixed.path)
    assert report.findings == []
    assert [view.viewer for view in report.views] == ["TensorBoard", "web app"]
    assert all(view.tensors[0].num_points == NUM_ROWS for view in report.views)
    config = json.loads((tmp_path / "out" / "projector_config.json").read_text())
    assert config["embeddings"] == [
        {
            "tensorName": "v.tsv",
            "tensorShape": [NUM_ROWS, 4],
            "tensorPath": "v.tsv",
            "metadataPath": "m.tsv",
        }
    ]


def test_pairs_in_folders_below_become_runs(tmp_path: Path):
    for name, size in (("one", 20), ("two", 30)):
        plain_pair(tmp_path / "in" / name, tsv(good_rows(size)), text_vectors(good_vectors(size)))
    fixed = write_fixed(tmp_path / "in", None, tmp_path / "out")
    report = check(fixed.path)
    assert report.findings == []
    assert [run.name for run in report.views[0].shown_runs] == ["one", "two"]


def test_vectors_that_no_viewer_can_read_get_no_config(tmp_path: Path):
    vectors = text_vectors(good_vectors()).replace(b"\n", b"\tnan\n", 1)
    plain_pair(tmp_path / "in", tsv(good_rows()), vectors)
    fixed = write_fixed(tmp_path / "in", None, tmp_path / "out")
    assert fixed.changes == []
    assert not (tmp_path / "out" / "projector_config.pbtxt").exists()


def test_raw_float32_gets_its_shape_from_the_rows_of_metadata(tmp_path: Path):
    files(tmp_path / "in", v__bytes=good_vectors().tobytes(), m__tsv=tsv(good_rows()))
    pair = tmp_path / "in" / "v.bytes", tmp_path / "in" / "m.tsv"
    assert codes(check(*pair)) == ["E13"]
    fixed = write_fixed(*pair, tmp_path / "out")
    report = check(fixed.path)
    assert report.findings == []
    assert report.views[0].tensors[0].shape == good_vectors().shape


def test_two_files_with_the_same_name_are_both_copied(tmp_path: Path):
    files(tmp_path / "a", data__tsv=text_vectors(good_vectors()))
    files(tmp_path / "b", data__tsv=tsv(good_rows()))
    fixed = write_fixed(tmp_path / "a" / "data.tsv", tmp_path / "b" / "data.tsv", tmp_path / "out")
    assert check(fixed.path).findings == []
