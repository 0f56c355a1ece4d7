"""In a fixed copy everything is fixed that needs no guess; the original is not changed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from projector_export.checker.check import check
from projector_export.checker.findings import Report
from projector_export.errors import InputError, RunError
from projector_export.fixer.fix import write_fixed
from tests.helpers.check_cases import CASES, plain_pair, with_cells
from tests.helpers.check_exports import (
    DIM,
    NUM_ROWS,
    Export,
    bookmark,
    good_rows,
    good_vectors,
    text_vectors,
    tsv,
)

FIXED = "E02 E04 E05 E06 E07 E09 E10 E13 E14 E15 E18 E19 E20 E21 W03 W04 W05 W06 W07 W08 W10 W11 W15 W18 W19 W20".split()


def fixed(path: Path | tuple[Path, Path], output: Path, *, copy_outside: bool = False) -> Report:
    pair = path if isinstance(path, tuple) else (path, None)
    result = write_fixed(*pair, output, copy_outside=copy_outside)
    assert result.changes
    return check(result.path, result.metadata_path)


def codes(report: Report) -> list[str]:
    return sorted({finding.code for finding in report.findings})


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("code", FIXED)
def test_the_copy_is_fixed_and_the_original_is_not_changed(code: str, tmp_path: Path):
    path = CASES[code][0](tmp_path / "in")
    before = contents(tmp_path / "in")
    assert codes(fixed(path, tmp_path / "out", copy_outside=code == "E10")) == []
    assert contents(tmp_path / "in") == before


@pytest.mark.parametrize("code", ["E01", "E12", "E16", "E17", "W09", "W12", "W17"])
def test_what_would_be_a_guess_is_copied_as_it_is(code: str, tmp_path: Path):
    path = CASES[code][0](tmp_path / "in")
    assert isinstance(path, Path)
    assert write_fixed(path, None, tmp_path / "out").changes == []
    assert contents(tmp_path / "out") == contents(tmp_path / "in")


@pytest.mark.parametrize("viewer", ["TensorBoard", "web app"])
def test_a_good_export_is_not_changed(viewer: str, tmp_path: Path):
    path = Export(tmp_path / "in", viewer=viewer).write()
    assert write_fixed(path, None, tmp_path / "out").changes == []


def test_a_tab_and_a_line_break_in_quotes_become_blanks(tmp_path: Path):
    rows = (
        tsv(good_rows())
        .replace(b"Book no. 4\t", b'"Book\tno. ""4"""\t')
        .replace(b"Book no. 9\t", b'"Book\nno. 9"\t')
    )
    report = fixed(plain_pair(tmp_path / "in", rows), tmp_path / "out")
    assert codes(report) == []
    lines = (tmp_path / "out" / "metadata.tsv").read_text().splitlines()
    assert lines[5] == 'Book no. "4"\tsatire'
    assert lines[10] == "Book no. 9\tdrama"


def test_an_uncolorable_column_gets_a_twin_of_its_nine_most_frequent_values(tmp_path: Path):
    # place 0 comes twenty times, place 1 to 8 ten times, fifty others twice.
    values = ["place 0"] * 20 + [f"place {n}" for n in range(1, 9) for _ in range(10)]
    values += [f"place {n}" for n in range(9, 59) for _ in "ab"]
    rows = [[row[0], value] for row, value in zip(good_rows(200), ["place", *values], strict=True)]
    path = Export(tmp_path / "in", vectors=good_vectors(200), rows=rows).write()
    (finding,) = check(path).findings
    assert finding.code == "W01"
    assert finding.message.endswith("to color by: 'place' (59 values)")
    report = fixed(path, tmp_path / "out")
    assert codes(report) == []
    metadata = report.views[0].runs[0].tensors[0].metadata
    assert [column.name for column in metadata.columns] == ["title", "place", "place_top_10"]
    assert metadata.columns[2].legend[:2] == [("place 0", 20), ("place 1", 10)]
    assert metadata.columns[2].legend[-1] == ("Other", 100)


def test_the_format_of_word2vec_becomes_vectors_and_labels(tmp_path: Path):
    vectors = good_vectors()
    lines = [f"{NUM_ROWS} {DIM}"] + [
        f"word{row} " + " ".join(f"{value:.6f}" for value in vector)
        for row, vector in enumerate(vectors)
    ]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "words.txt").write_text("\n".join(lines) + "\n")
    assert codes(check(tmp_path / "in" / "words.txt")) == ["E09", "W01"]
    write_fixed(tmp_path / "in" / "words.txt", None, tmp_path / "out")
    report = check(tmp_path / "out" / "words.txt", tmp_path / "out" / "metadata.tsv")
    tensor = report.views[0].runs[0].tensors[0]
    assert (tensor.num_rows, tensor.dim) == (NUM_ROWS, DIM)
    assert tensor.metadata.columns[0].first_cells[:2] == ["word0", "word1"]
    np.testing.assert_allclose(tensor.vectors.matrix, vectors, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "name"), [(">f4", "big-endian"), ("<f8", "float64"), ("<f2", "float16")]
)
def test_numbers_of_another_type_become_float32(kind: str, name: str, tmp_path: Path):
    raw = good_vectors().astype(kind).tobytes()
    path = Export(tmp_path / "in", viewer="web app", files={"books.bytes": raw}).write()
    assert codes(check(path)) == ["E13"]
    report = fixed(path, tmp_path / "out")
    assert codes(report) == []
    matrix = report.views[0].runs[0].tensors[0].vectors.matrix
    np.testing.assert_allclose(matrix, good_vectors(), rtol=1e-2 if kind == "<f2" else 1e-6)


def test_a_bookmark_keeps_its_layout_when_it_moves_to_the_umap_slot(tmp_path: Path):
    files = {"b.json": json.dumps([bookmark(slot="tsne")]).encode()}
    path = Export(tmp_path / "in", entry={"bookmarksPath": "b.json"}, files=files).write()
    fixed(path, tmp_path / "out")
    state = json.loads((tmp_path / "out" / "b.json").read_text())[0]
    assert state["selectedProjection"] == "umap"
    assert state["projections"][2]["umap-0"] == 1.0
    assert state["projections"][2]["umap-1"] == -2.0
    assert "tsne-0" not in state["projections"][2]


def test_a_sprite_keeps_each_points_tile(tmp_path: Path):
    picture = Image.new("RGB", (12, 5))  # 12 x 5 tiles of one pixel, each of its own color
    picture.putdata([(point, 0, 0) for point in range(NUM_ROWS)])
    (tmp_path / "in").mkdir()
    picture.save(tmp_path / "in" / "sprite.png")
    sprite = {"imagePath": "sprite.png", "singleImageDim": [1, 1]}
    path = Export(tmp_path / "in", entry={"sprite": sprite}).write()
    assert codes(fixed(path, tmp_path / "out")) == []
    with Image.open(tmp_path / "out" / "sprite.png") as grid:
        assert grid.size == (8, 8)
        assert [grid.getpixel((point % 8, point // 8))[0] for point in range(NUM_ROWS)] == list(
            range(NUM_ROWS)
        )


def test_a_column_of_numbers_with_blanks_keeps_its_gradient(tmp_path: Path):
    years = [str(1900 + row) for row in range(NUM_ROWS)]
    years[7] = ""
    path = Export(tmp_path / "in", rows=[*map(list, with_cells("year", years))]).write()
    result = write_fixed(path, None, tmp_path / "out")
    assert result.changes == []
    column = check(tmp_path / "out").views[0].runs[0].tensors[0].metadata.columns[2]
    assert column.is_gradient


def test_an_existing_folder_is_not_changed(tmp_path: Path):
    path = CASES["E07"][0](tmp_path / "in")
    (tmp_path / "out").mkdir()
    with pytest.raises(RunError, match="already exists"):
        write_fixed(path, None, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_copy_inside_the_original_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="is inside"):
        write_fixed(tmp_path, None, tmp_path / "out")


def test_links_are_copied_as_files_and_their_targets_are_not_changed(tmp_path: Path):
    folder = tmp_path / "in"
    Export(
        folder, rows=[[cell.replace("no. 5", "no.  5") for cell in row] for row in good_rows()]
    ).write()
    (folder / "metadata.tsv").rename(tmp_path / "far.tsv")
    (folder / "metadata.tsv").symlink_to(tmp_path / "far.tsv")
    (folder / "nowhere").symlink_to(tmp_path / "gone")
    before = (tmp_path / "far.tsv").read_bytes()
    assert codes(fixed(folder, tmp_path / "out", copy_outside=True)) == []
    assert (tmp_path / "far.tsv").read_bytes() == before


def test_links_in_a_circle_are_one_clear_line(tmp_path: Path):
    folder = Export(tmp_path / "in").write()
    (folder / "back").symlink_to(folder)
    with pytest.raises(InputError, match="cannot be copied"):
        write_fixed(folder, None, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def column_of(cells: list[str], folder: Path) -> list[str]:
    """Return the cells of a column `code`, next to title and genre, from a fixed copy."""
    rows = with_cells("code", [*cells, *["7"] * (NUM_ROWS - len(cells))])
    result = write_fixed(Export(folder / "in", rows=rows).write(), None, folder / "out")
    assert result.changes
    lines = (folder / "out" / "metadata.tsv").read_text().splitlines()[1:]
    return [line.split("\t")[2] for line in lines[: len(cells)]]


def test_a_few_numbers_with_blanks_get_unknown_like_in_an_export(tmp_path: Path):
    assert column_of(["1", "", "1.50"], tmp_path) == ["1", "Unknown", "1.5"]
    assert codes(check(tmp_path / "out")) == []


def test_numbers_that_javascript_would_round_become_text_and_keep_their_digits(tmp_path: Path):
    # JavaScript cannot represent 2^53 + 1, and shows 9007199254740992.
    cells = column_of(["9007199254740993", "1.0"], tmp_path)
    assert cells == ["9007199254740993\u2060", "1.0\u2060"]
    assert codes(check(tmp_path / "out")) == []


def test_a_twin_keeps_unknown_apart_from_other_even_if_it_is_rare(tmp_path: Path):
    # Eleven towns and one blank: with Unknown and Other, eight towns are kept.
    towns = [f"town {row % 11}" for row in range(NUM_ROWS)]
    towns[0] = ""
    rows = with_cells("place", towns)
    write_fixed(Export(tmp_path / "in", rows=rows).write(), None, tmp_path / "out")
    column = check(tmp_path / "out").views[0].runs[0].tensors[0].metadata.columns[3]
    legend = dict(column.legend)
    assert (column.name, len(legend), legend["Unknown"]) == ("place_top_10", 10, 1)


def test_a_cell_that_is_padded_at_a_chunks_end_is_never_an_empty_one(tmp_path: Path):
    # Blanks in an empty cell would be read as 0: the title gets them, although years vary more.
    rows = [["title", "year"], *([f"Book {row % 900} é" * 30, str(row)] for row in range(4_000))]
    for row in rows[1::3]:
        row[1] = ""
    pair = plain_pair(tmp_path / "in", tsv(rows), text_vectors(good_vectors(4_000)))
    result = write_fixed(*pair, tmp_path / "out")
    assert result.changes
    fixed_rows = (tmp_path / "out" / "metadata.tsv").read_bytes().split(b"\n")[1:-1]
    assert {row.split(b"\t")[1] for row in fixed_rows[::3]} == {b""}
    assert not {"E05"} & set(codes(check(result.path)))
