"""`export` of your own vectors: what it chooses, logs and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.helpers.running import exit_code


def test_your_own_vectors_become_an_export(tmp_path, capsys) -> None:
    vectors, metadata = tmp_path / "v.tsv", tmp_path / "m.csv"
    vectors.write_text("".join(f"{n}\t{n * n}\t1\t{-n}\n" for n in range(20)))
    metadata.write_text("word,kind\n" + "".join(f'"w,{n}",k{n % 3}\n' for n in range(20)))
    arguments = [
        "export",
        str(vectors),
        "--metadata",
        str(metadata),
        "--color-by",
        "kind",
        "--layouts",
        "pca",
    ]
    assert exit_code([*arguments, "-o", str(tmp_path / "map")]) == 0
    assert "projector-export view" in capsys.readouterr().out
    lines = (tmp_path / "map/projector/vectors.metadata.tsv").read_text().split("\n")
    assert lines[0] == "word\tkind"
    assert sorted(lines[1:-1]) == sorted(f"w,{n}\tk{n % 3}" for n in range(20))
    assert exit_code([*arguments, "-o", str(tmp_path / "map")]) == 2
    assert "already exists" in capsys.readouterr().err


def test_the_options_of_an_embedding_are_passed_on(tmp_path, capsys) -> None:
    np.save(tmp_path / "v.npy", np.random.default_rng(0).normal(size=(40, 60)))
    table = "".join(f"w{n}\tstory {n % 2}\t{'long ' * 2 * n}\n" for n in range(40))
    (tmp_path / "m.tsv").write_text("word\tstory\ttext\n" + table)
    arguments = ["export", str(tmp_path / "v.npy"), "--metadata", str(tmp_path / "m.tsv")]
    arguments += ["-o", str(tmp_path / "map"), "--layouts", "none", "--color-by", "none", "-q"]
    options = ["--sequences", "story", "--full-text", "--reduce-to", "5", "--no-prepare-vectors"]
    assert exit_code([*arguments, *options]) == 0
    lines = (tmp_path / "map/projector/vectors.metadata.tsv").read_text().splitlines()
    assert lines[0] == "word\tstory\ttext\ttext_full\t__seq_next__"
    following = [line.split("\t")[-1] for line in lines[1:]]
    assert following == [*map(str, range(2, 40)), "", ""]
    vectors = np.fromfile(tmp_path / "map/upload/vectors.vectors.bytes", "<f4").reshape(40, 5)
    assert not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=0.1)
    assert exit_code([*arguments, "--force", "--sequences", "storie"]) == 2
    assert "did you mean 'story'" in capsys.readouterr().err


def test_force_never_deletes_a_folder_that_is_not_an_export(tmp_path, capsys) -> None:
    vectors, photos = tmp_path / "v.tsv", tmp_path / "photos"
    vectors.write_text("".join(f"{n}\t{n * n}\t1\t{-n}\n" for n in range(20)))
    photos.mkdir()
    (photos / "holiday.jpg").write_bytes(b"dear")
    assert exit_code(["export", str(vectors), "-o", str(photos), "--force"]) == 2
    assert "is not an export, and replacing it would delete its files" in capsys.readouterr().err
    assert (photos / "holiday.jpg").read_bytes() == b"dear"


def test_a_missing_column_to_color_by_is_refused(tmp_path, capsys) -> None:
    vectors, metadata = tmp_path / "v.tsv", tmp_path / "m.tsv"
    vectors.write_text("".join(f"{n}\t{n * n}\t1\t{-n}\n" for n in range(20)))
    metadata.write_text("word\tkind\n" + "".join(f"w{n}\tk\n" for n in range(20)))
    arguments = ["export", str(vectors), "--metadata", str(metadata), "-o", str(tmp_path / "map")]
    assert exit_code([*arguments, "--color-by", "kinds"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "error: vectors: there is no metadata column 'kinds'",
        "tip: did you mean 'kind'? columns are: word, kind",
    ]
    assert not (tmp_path / "map").exists()


def test_an_option_that_a_run_would_ignore_is_refused(planted_run, capsys) -> None:
    assert exit_code(["export", str(planted_run), "--layouts", "umap"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "error: --layouts is for vectors; a run uses its config",
        "tip: change the config, such as with --set export.max_colors=20",
    ]


NUM_ROWS = 60
COLUMNS = {
    "note": [f"note {row}" for row in range(NUM_ROWS)],
    "topic": [f"t{row % 3}" for row in range(NUM_ROWS)],
    "tag": [f"tag {row // 2}" for row in range(NUM_ROWS)],
}


def export_map(folder: Path, *names: str, options: tuple[str, ...] = ()) -> int:
    """Export 60 rows with the columns `names` into `folder/map`."""
    rows = np.random.default_rng(0).normal(size=(NUM_ROWS, 5))
    np.save(folder / "v.npy", rows)
    table = [["word", *names]]
    table += [[f"w{row}", *(COLUMNS[name][row] for name in names)] for row in range(NUM_ROWS)]
    (folder / "m.csv").write_text("".join(",".join(cells) + "\n" for cells in table))
    paths = [str(folder / "v.npy"), "--metadata", str(folder / "m.csv"), "-o", str(folder / "map")]
    return exit_code(["export", *paths, "--layouts", "pca", *options])


def colored_by(folder: Path) -> str:
    """Read what the bookmark of the map colors by."""
    bookmarks = (folder / "map/projector/vectors.bookmarks.json").read_text()
    return str(json.loads(bookmarks)[0]["selectedColorOptionName"])


def test_the_most_informative_column_is_chosen_and_logged(tmp_path, capsys) -> None:
    assert export_map(tmp_path, "note", "topic", "tag") == 0
    assert colored_by(tmp_path) == "topic"
    assert capsys.readouterr().err.splitlines() == [
        "60 vectors of 5 numbers",
        "vectors are colored by topic: 3 values",
        "tip: --color-by COLUMN chooses another (note, tag), or none",
    ]


def test_none_leaves_the_map_uncolored(tmp_path, capsys) -> None:
    assert export_map(tmp_path, "topic", options=("--color-by", "none")) == 0
    assert colored_by(tmp_path) == "No color map"
    assert capsys.readouterr().err == "60 vectors of 5 numbers\n"


def test_if_no_column_is_informative_the_log_says_so(tmp_path, capsys) -> None:
    assert export_map(tmp_path, "note") == 0
    assert colored_by(tmp_path) == "No color map"
    assert "not colored: every column has" in capsys.readouterr().err


def test_if_a_map_is_mostly_other_a_tip_says_what_to_do(tmp_path, capsys) -> None:
    # 30 tags of 2 rows each: nine are named, which leaves 42 of 60 rows.
    assert export_map(tmp_path, "tag", options=("--color-by", "tag")) == 0
    assert capsys.readouterr().err.splitlines()[1:] == [
        "vectors are colored by tag: 10 values, Other for 42 of 60 rows (70%)",
        "tip: --color-by chooses a column with fewer values, --max-colors keeps up to 50",
    ]


@pytest.mark.parametrize("number", ["9", "51"])
def test_a_number_of_colors_that_the_viewer_cannot_show_is_refused(
    tmp_path, capsys, number
) -> None:
    assert export_map(tmp_path, "tag", options=("--max-colors", number)) == 2
    shown = capsys.readouterr().err.splitlines()
    assert shown[0] == f"error: the number of colors is {number}; expected 10 to 50"
    assert "gray" in shown[1]
    assert not (tmp_path / "map").exists()


def test_a_folder_of_files_is_not_a_run(tmp_path, capsys) -> None:
    assert exit_code(["export", str(tmp_path), "-o", str(tmp_path / "map")]) == 2
    message, tip = capsys.readouterr().err.splitlines()
    assert message == (f"error: {tmp_path} is not a run; expected a file of vectors, or a run")
    assert tip.startswith("tip: name a file, such as vectors.npy")


def test_vectors_that_may_be_transposed_get_a_tip(tmp_path, capsys) -> None:
    np.save(tmp_path / "v.npy", np.random.default_rng(0).normal(size=(5, 60)))
    arguments = ["export", str(tmp_path / "v.npy"), "-o", str(tmp_path / "map")]
    assert exit_code([*arguments, "--layouts", "none"]) == 0
    assert "if the vectors are transposed, save vectors.T" in capsys.readouterr().err


def test_metadata_follows_vectors_or_has_an_option_and_not_both(tmp_path, capsys) -> None:
    np.save(tmp_path / "v.npy", np.eye(4))
    (tmp_path / "m.csv").write_text("word,kind\na,x\nb,x\nc,y\nd,y\n")
    vectors, metadata = str(tmp_path / "v.npy"), str(tmp_path / "m.csv")
    for number, arguments in enumerate(([metadata], ["--metadata", metadata])):
        output = ["-o", str(tmp_path / f"map{number}"), "--layouts", "none"]
        assert exit_code(["export", vectors, *arguments, *output]) == 0
        lines = (tmp_path / f"map{number}/upload/vectors.metadata.tsv").read_text().split("\n")
        assert sorted(lines[1:-1]) == ["a\tx", "b\tx", "c\ty", "d\ty"]
    capsys.readouterr()
    assert exit_code(["export", vectors, metadata, "--metadata", metadata, "-o", "x"]) == 2
    assert "METADATA is given twice" in capsys.readouterr().err


def test_metadata_with_a_run_is_refused(planted_run, capsys) -> None:
    assert exit_code(["export", str(planted_run), "words.csv"]) == 2
    assert "METADATA is for vectors; a run uses its config" in capsys.readouterr().err


def test_pictures_are_found_next_to_the_metadata_or_in_the_working_folder(
    tmp_path, capsys, monkeypatch
) -> None:
    colors = {"data/red.png": (255, 0, 0), "work/blue.png": (0, 0, 255)}
    for name, color in colors.items():
        (tmp_path / name).parent.mkdir()
        Image.new("RGB", (8, 8), color).save(tmp_path / name)
    metadata = tmp_path / "data" / "m.csv"
    cells = ["red.png", "blue.png", "none.png"]
    metadata.write_text("word,cover\n" + "".join(f"w{n},{cells[n % 3]}\n" for n in range(20)))
    np.save(tmp_path / "v.npy", np.random.default_rng(0).normal(size=(20, 8)))
    monkeypatch.chdir(tmp_path / "work")
    command = ["export", "../v.npy", "--metadata", str(metadata), "--layouts", "none"]
    assert exit_code([*command, "--color-by", "none", "--sprites", "cover", "-o", "map"]) == 0
    assert "6 of 20 pictures cannot be read and are drawn plain" in capsys.readouterr().err
    sprite = Image.open("map/site/vectors.sprite.png")
    assert [sprite.getpixel((128 * n + 64, 64))[:3] for n in range(2)] == list(colors.values())


def test_initials_need_no_column_and_a_wrong_one_is_refused(tmp_path, capsys) -> None:
    vectors = tmp_path / "v.npy"
    np.save(vectors, np.random.default_rng(0).normal(size=(20, 8)))
    command = ["export", str(vectors), "--layouts", "none", "-o", str(tmp_path / "map")]
    assert exit_code([*command, "--sprites", "initals"]) == 2
    assert "there is no metadata column 'initals' with pictures" in capsys.readouterr().err
    assert exit_code([*command, "--sprites", "initials"]) == 0
    assert (tmp_path / "map" / "site" / "vectors.sprite.png").is_file()
