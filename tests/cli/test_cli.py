"""The program as a person meets it: help, exit codes, one clear line for what went wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.helpers.planted_books import title_of, twin
from tests.helpers.running import PROJECT, exit_code


def program(*arguments: str, cwd: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "projector_export", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_help_names_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from projector_export.cli.main import program;"
        "program.main(['--help'], standalone_mode=False);"
        "heavy = {'tensorflow', 'pandas', 'numpy', 'umap', 'sklearn', 'pydantic'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    for command in ("run", "train", "export", "neighbors", "view"):
        assert f"\n  {command} " in answer.stdout


@pytest.mark.parametrize("command", ["run", "train", "export", "neighbors", "view"])
def test_every_command_s_help_fits_80_columns_and_shows_an_example(command, capsys) -> None:
    assert exit_code([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"projector-export {command} " in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_an_unknown_command_is_wrong_usage(capsys) -> None:
    assert exit_code(["fly"]) == 2
    assert "No such command 'fly'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nowhere.yaml"], "nowhere.yaml does not exist; expected a config file"),
        (["run", "."], ". is a folder; expected a config file"),
        (["neighbors", "no-such-run", "x"], "there is no run 'no-such-run' in logs/"),
        (["view", "tests"], "tests holds nothing for TensorBoard"),
        (["export", "tests"], "tests is not a run with vectors to export"),
        (["export", "README.md"], "where to? Name the folder to write with -o DIR"),
    ],
)
def test_what_a_user_causes_is_said_in_one_line(arguments, words, capsys, monkeypatch) -> None:
    monkeypatch.chdir(PROJECT)
    assert exit_code(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    first, *tips = shown.err.splitlines()
    assert first.startswith("error: ")
    assert words in first
    assert all(line.startswith("tip: ") for line in tips)
    assert len(tips) <= 1


def test_neighbors_prints_rank_similarity_and_title(planted_run, capsys) -> None:
    assert exit_code(["neighbors", str(planted_run), title_of(0).upper(), "-k", "3"]) == 0
    heading, first, *rest = capsys.readouterr().out.splitlines()
    assert heading == f"Closest to {title_of(0)}"
    rank, similarity, *title = first.split()
    assert (rank, " ".join(title)) == ("1", twin(title_of(0)))
    assert 0 < float(similarity) <= 1
    assert len(rest) == 2


def test_neighbors_as_json_of_links_least_first(planted_run, capsys) -> None:
    arguments = ["neighbors", str(planted_run), "link 76", "--table", "links", "--least", "--json"]
    assert exit_code(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["title"], answer["table"], answer["order"]) == ("Link 76", "links", "least")
    similarities = [neighbor["similarity"] for neighbor in answer["neighbors"]]
    assert similarities == sorted(similarities)
    assert len(similarities) == 10


def test_an_unknown_title_is_answered_with_near_ones(planted_run, capsys) -> None:
    assert exit_code(["neighbors", str(planted_run), "Bucher und 書 17"]) == 2
    assert title_of(17) in capsys.readouterr().err


def test_a_table_of_anybody_s_vectors_becomes_a_folder(tmp_path, capsys) -> None:
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
    assert "already there" in capsys.readouterr().err


def test_the_version_is_the_package_s() -> None:
    from projector_export import __version__

    assert program("--version").stdout.strip().endswith(__version__)


def test_force_deletes_no_folder_that_is_no_export(tmp_path, capsys) -> None:
    vectors, photos = tmp_path / "v.tsv", tmp_path / "photos"
    vectors.write_text("".join(f"{n}\t{n * n}\t1\t{-n}\n" for n in range(20)))
    photos.mkdir()
    (photos / "holiday.jpg").write_bytes(b"dear")
    assert exit_code(["export", str(vectors), "-o", str(photos), "--force"]) == 2
    assert "holds no export, and --force would delete what it holds" in capsys.readouterr().err
    assert (photos / "holiday.jpg").read_bytes() == b"dear"


def test_a_column_to_colour_by_that_is_not_there_is_refused(tmp_path, capsys) -> None:
    vectors, metadata = tmp_path / "v.tsv", tmp_path / "m.tsv"
    vectors.write_text("".join(f"{n}\t{n * n}\t1\t{-n}\n" for n in range(20)))
    metadata.write_text("word\tkind\n" + "".join(f"w{n}\tk\n" for n in range(20)))
    arguments = ["export", str(vectors), "--metadata", str(metadata), "-o", str(tmp_path / "map")]
    assert exit_code([*arguments, "--color-by", "kinds"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "error: vectors: there is no metadata column 'kinds'",
        "tip: columns are: word, kind",
    ]
    assert not (tmp_path / "map").exists()


def test_an_option_that_a_run_would_ignore_is_refused(planted_run, capsys) -> None:
    assert exit_code(["export", str(planted_run), "--layouts", "umap"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "error: --layouts is for vectors; a run goes by its config",
        "tip: change a key of it, such as --set export.max_colors=8",
    ]


@pytest.mark.slow
def test_view_prints_an_address_that_answers_and_ends_when_told_to(planted_run) -> None:
    command = [sys.executable, "-m", "projector_export", "view", str(planted_run), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as viewer:
        assert viewer.stdout is not None
        address = viewer.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address) as answer:
            assert answer.status == 200
        # Not Ctrl-C's own signal, which a job in the background of a shell ignores.
        viewer.send_signal(signal.SIGTERM)
        try:
            _, remarks = viewer.communicate(timeout=60)
        finally:
            viewer.kill()
    assert viewer.returncode == 0
    assert "stopped" in remarks
