"""`neighbors` on any export: of a run, of your own vectors, or of another tool."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import projector_export as px
from tests.helpers.planted_books import title_of, twin
from tests.helpers.running import PROJECT, exit_code

# Unit vectors at 0, 30, 60 and 90 degrees; below 50 dimensions the viewer does not change them.
ANGLES = np.radians([0, 30, 60, 90])
WORDS = ["king", "Queen (chess)", "1984", "café"]


@pytest.fixture(scope="module")
def word_map(tmp_path_factory) -> Path:
    """An export of four words."""
    folder = tmp_path_factory.mktemp("words")
    rows = np.stack([np.cos(ANGLES), np.sin(ANGLES), 0 * ANGLES, 0 * ANGLES], axis=1)
    np.save(folder / "v.npy", rows)
    table = "word\tkind\n" + "".join(f"{word}\tk\n" for word in WORDS)
    (folder / "m.tsv").write_text(table)
    vectors, metadata, output = (str(folder / name) for name in ("v.npy", "m.tsv", "map"))
    arguments = ["export", vectors, "--metadata", metadata, "-o", output, "--layouts", "none"]
    assert exit_code([*arguments, "--name", "words", "-q"]) == 0
    return folder / "map"


def found(capsys, *arguments: str) -> list[str]:
    assert exit_code(["neighbors", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_your_own_map_is_queried_by_its_labels(word_map, capsys) -> None:
    assert found(capsys, str(word_map), "king") == [
        "Closest to king",
        "   1   0.866  Queen (chess)",
        "   2   0.500  1984",
        "   3   0.000  café",
    ]


@pytest.mark.parametrize("asked", ["queen", "1984", "CAFE", "cafe (drink)"])
def test_a_label_is_found_without_case_accents_and_text_in_parentheses(
    word_map, capsys, asked
) -> None:
    heading, *_ = found(capsys, str(word_map), asked)
    assert heading.removeprefix("Closest to ") in WORDS[1:]


@pytest.mark.parametrize("folder", [".", "upload", "projector"])
def test_the_folder_for_one_viewer_is_enough(word_map, capsys, tmp_path, folder) -> None:
    shutil.copytree(word_map / folder, tmp_path / "copy")
    _, first, *_ = found(capsys, str(tmp_path / "copy"), "king")
    assert first == "   1   0.866  Queen (chess)"


def test_for_a_config_of_web_addresses_the_files_next_to_it_are_read(
    word_map, capsys, tmp_path
) -> None:
    shutil.copytree(word_map / "upload", tmp_path / "copy")
    path = tmp_path / "copy" / "projector_config.json"
    config = json.loads(path.read_text())
    for key in ("tensorPath", "metadataPath"):
        config["embeddings"][0][key] = f"https://example.org/a/{config['embeddings'][0][key]}"
    path.write_text(json.dumps(config))
    assert found(capsys, str(tmp_path / "copy"), "king")[1] == "   1   0.866  Queen (chess)"


def test_a_run_is_looked_up_in_the_logdir_that_is_named(planted_run, capsys) -> None:
    logdir = str(planted_run.parent)
    heading, first, *rest = found(
        capsys, planted_run.name, title_of(0).upper(), "-k", "3", "--logdir", logdir
    )
    assert heading == f"Closest to {title_of(0)}"
    rank, similarity, *title = first.split()
    assert (rank, " ".join(title)) == ("1", twin(title_of(0)))
    assert 0 < float(similarity) <= 1
    assert len(rest) == 2


def test_another_table_as_json_least_first(planted_run, capsys) -> None:
    arguments = [str(planted_run), "link 76", "--table", "links", "--least", "--json"]
    answer = json.loads("\n".join(found(capsys, *arguments)))
    assert (answer["label"], answer["table"], answer["order"]) == ("Link 76", "links", "least")
    similarities = [neighbor["similarity"] for neighbor in answer["neighbors"]]
    assert similarities == sorted(similarities)
    assert len(similarities) == 10


@pytest.mark.parametrize(
    ("arguments", "message", "tip"),
    [
        (["knig"], "there is no row labeled 'knig' in words", "did you mean 'king'?"),
        (["x", "--table", "word"], "has no table 'word'", "tables are: words"),
    ],
)
def test_an_unknown_name_gets_suggestions(word_map, capsys, arguments, message, tip) -> None:
    assert exit_code(["neighbors", str(word_map), *arguments]) == 2
    shown = capsys.readouterr().err.splitlines()
    assert message in shown[0]
    assert shown[1] == f"tip: {tip}"


def test_rows_are_added_and_subtracted(word_map, capsys) -> None:
    # king + 1984 point to 0 and 60 degrees, their sum to 30, where the queen is.
    assert found(capsys, str(word_map), "king", "--positive", "1984", "-k", "1") == [
        "Closest to king + 1984",
        "   1   1.000  Queen (chess)",
    ]
    # queen - king is (0.866 - 1, 0.5), at 105 degrees: 15 from café and 45 from 1984.
    arguments = ["--positive", "queen", "--negative", "KING"]
    assert found(capsys, str(word_map), *arguments) == [
        "Closest to Queen (chess) - king",
        "   1   0.966  café",
        "   2   0.707  1984",
    ]
    assert found(capsys, str(word_map), "--negative", "king", "-k", "1")[0] == "Closest to - king"


def test_only_rows_with_a_value_are_listed_as_csv_and_as_json(word_map, capsys) -> None:
    arguments = [str(word_map), "king", "--where", "word=CAFÉ", "--where", "word=1984"]
    assert found(capsys, *arguments, "--where", "kind=k", "--csv") == [
        "rank,similarity,label",
        "1,0.500000,1984",
        "2,0.000000,café",
    ]
    answer = json.loads("".join(found(capsys, *arguments, "--json")))
    assert answer["where"] == {"word": ["CAFÉ", "1984"]}
    assert (answer["positive"], answer["negative"]) == (["king"], [])
    assert (answer["table"], answer["of"]) == ("words", "words")
    assert [neighbor["label"] for neighbor in answer["neighbors"]] == ["1984", "café"]


def test_csv_runs_no_formula_and_quotes_what_needs_it(tmp_path, capsys) -> None:
    labels = ["a", '=HYPERLINK("x"),1', "+1 b", "-x", "@sum", 'say "hi", you', "plain"]
    px.export(np.eye(7), labels, tmp_path / "map", layouts=())
    text = "\n".join(found(capsys, str(tmp_path / "map"), "a", "--csv"))
    rows = list(csv.reader(text.splitlines()))
    assert [label for *_, label in rows[1:]] == [
        """'=HYPERLINK("x"),1""",
        "'+1 b",
        "'-x",
        "'@sum",
        'say "hi", you',
        "plain",
    ]
    assert {len(row) for row in rows} == {3}


def test_rows_near_a_row_of_another_table(tmp_path, capsys) -> None:
    # A topic lies on an axis; the words lie at 0, 30, 60 and 90 degrees between the first two.
    rows = np.stack([np.cos(ANGLES), np.sin(ANGLES), 0 * ANGLES, 0 * ANGLES], axis=1)
    tables = [px.Embedding("words", rows, WORDS), px.Embedding("topics", np.eye(2, 4), ["x", "y"])]
    px.export(tables, folder=tmp_path / "map", layouts=())
    shown = found(capsys, str(tmp_path / "map"), "Y", "--of", "topics", "-k", "2")
    assert shown == ["Closest to y", "   1   1.000  café", "   2   0.866  1984"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no row was given; name one with LABEL, --positive or --negative"),
        (["king", "--where", "kind"], "--where is 'kind'; expected COLUMN=VALUE"),
        (["king", "--json", "--csv"], "expected --json or --csv, not both"),
        (["king", "--where", "kind=x"], "no row of words has kind=x"),
        (["king", "--of", "topics"], "has no table 'topics'"),
    ],
)
def test_an_invalid_query_is_refused_in_one_line(word_map, capsys, arguments, message) -> None:
    assert exit_code(["neighbors", str(word_map), *arguments]) == 2
    assert message in capsys.readouterr().err.splitlines()[0]


def test_a_folder_without_an_export_says_how_to_get_one(tmp_path, capsys) -> None:
    assert exit_code(["neighbors", str(tmp_path), "king"]) == 2
    assert f"{tmp_path} has no export" in capsys.readouterr().err


def test_labels_that_do_not_fit_the_vectors_are_refused(word_map, capsys, tmp_path) -> None:
    shutil.copytree(word_map / "upload", tmp_path / "copy")
    with (tmp_path / "copy" / "words.metadata.tsv").open("a") as metadata:
        metadata.write("one more\tk\n")
    assert exit_code(["neighbors", str(tmp_path / "copy"), "king"]) == 2
    assert "words has 4 vectors but 5 labels" in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_of_books_gives_the_figures_that_the_readme_shows(starter_run, capsys) -> None:
    printed = found(capsys, str(starter_run), "War and Peace", "-k", "5")
    shown = "\n".join(f"    {line}" for line in printed)
    assert f"\n\n{shown}\n\n" in (PROJECT / "README.md").read_text("utf-8")
