"""The command `check`: its output, exit codes and options, and that it starts quickly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from projector_export.checker.pages import checks_page
from projector_export.checker.rules import RULES
from projector_export.cli.check import check
from projector_export.errors import InputError, UsageError
from tests.helpers.check_cases import CASES
from tests.helpers.check_exports import (
    Export,
    bookmark,
    event_file,
    good_rows,
    good_vectors,
    tsv,
    write_checkpoint,
)

REPOSITORY = Path(__file__).parents[2]


def run(*words: object) -> Result:
    return CliRunner(catch_exceptions=False).invoke(
        check, [str(word) for word in words], env={"COLUMNS": "80"}
    )


def test_a_good_export_is_described_and_the_exit_code_is_0(tmp_path: Path):
    files = {"bookmarks.json": json.dumps([bookmark()]).encode()}
    path = Export(tmp_path, entry={"bookmarksPath": "bookmarks.json"}, files=files).write()
    result = run(path)
    assert result.exit_code == 0
    for shown in (
        "books: 60 points, 4 dimensions",
        "title: Book no. 0",
        "genre (3 values)",
        "The map",
        "no findings",
    ):
        assert shown in result.output


def test_an_error_exits_with_1_and_says_where_what_and_what_to_do(tmp_path: Path):
    result = run(CASES["W10"][0](tmp_path / "warning"))
    assert result.exit_code == 0
    assert "metadata.tsv:7 column 'genre'" in result.output.replace("\n", "")
    result = run(CASES["E01"][0](tmp_path / "error"))
    assert result.exit_code == 1
    assert "60 vectors, 58 rows of metadata" in result.output
    assert "To fix it: Write exactly one line per vector" in result.output
    assert "1 error, no warnings" in result.output


def test_strict_counts_warnings(tmp_path: Path):
    assert run(CASES["W10"][0](tmp_path), "--strict").exit_code == 1


def test_select_and_ignore_choose_by_the_codes_beginning(tmp_path: Path):
    path = CASES["E01"][0](tmp_path)
    assert run(path, "--ignore", "E01").exit_code == 0
    assert run(path, "--select", "W").exit_code == 0
    assert run(path, "--select", "E,W", "--ignore", "E02").exit_code == 1
    with pytest.raises(UsageError, match="no rule's code begins with 'X'"):
        run(path, "--select", "X")


def test_json_is_complete_and_documented(tmp_path: Path):
    result = run(CASES["E21"][0](tmp_path), "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [finding["code"] for finding in report["findings"]] == ["E21"]
    tensor = report["views"][0]["runs"][0]["tensors"][0]
    assert (tensor["num_rows"], tensor["dim"]) == (60, 4)
    assert tensor["metadata"]["columns"][2]["legend"] == [
        {"value": "1.0", "count": 30},
        {"value": "2.5", "count": 30},
    ]
    page = checks_page()
    for keys in (
        report,
        report["views"][0],
        report["views"][0]["runs"][0],
        tensor,
        tensor["metadata"],
        tensor["metadata"]["columns"][0],
        report["findings"][0],
    ):
        for key in keys:
            assert f"`{key}`" in page, key


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_rule_can_be_explained(code: str):
    result = run("--explain", code.lower())
    assert result.exit_code == 0
    assert result.output.startswith(code)
    assert "To fix it" in result.output


def test_an_unknown_rule_or_path_is_one_clear_line(tmp_path: Path):
    with pytest.raises(UsageError, match="there is no rule 'E99'"):
        run("--explain", "E99")
    with pytest.raises(InputError, match="does not exist"):
        run(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="what to check"):
        run()
    with pytest.raises(UsageError, match="both --fix and -o"):
        run(tmp_path, "--fix")


def test_fix_lists_what_was_changed_and_checks_the_copy(tmp_path: Path):
    path = CASES["W04"][0](tmp_path / "in")
    result = run(path, "--fix", "-o", tmp_path / "out", "--strict")
    assert result.exit_code == 0
    assert "fixed metadata.tsv: 1 line changed" in result.output
    assert "no findings" in result.output


def test_untrusted_text_cannot_control_the_terminal(tmp_path: Path):
    rows = good_rows()
    rows[1][0] = "\x1b[31mred\x1b[0m [bold]not bold[/bold]"
    result = run(Export(tmp_path, rows=rows).write())
    assert "\x1b" not in result.output
    assert "[bold]not" in result.output


def test_half_a_surrogate_pair_in_json_can_be_printed(tmp_path: Path):
    # JSON can contain half of a surrogate pair, which no encoding can write.
    files = {
        "b.json": json.dumps(
            [bookmark(slot="tsne", label="\ud800", tSNEPerplexity="\ud800")]
        ).encode()
    }
    entry = {
        "tensorName": "\ud800",
        "metadataPath": "\ud800",
        "bookmarksPath": "b.json",
        "tensorShape": [1, 4],
    }
    path = Export(tmp_path / "in", viewer="web app", files=files, entry=entry).write()
    for words in ([], ["--json"], ["--fix", "-o", tmp_path / "out"]):
        assert run(path, *words).exit_code == 1


def test_a_run_is_found_by_its_name(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Export(tmp_path / "logs" / "mine").write()
    assert "60 points" in run("mine").output


def test_an_empty_folder_says_what_the_viewer_says(tmp_path: Path):
    result = run(tmp_path)
    assert result.exit_code == 1
    assert "No checkpoint was found." in result.output


def test_a_log_directory_with_many_runs_shows_each_in_tensorboards_order(tmp_path: Path):
    for name, time in (("late", 9.0), ("early", 3.0)):
        Export(tmp_path / name, files={"events.out.tfevents.1": event_file(time)}).write()
    Export(tmp_path).write()
    report = json.loads(run(tmp_path, "--json").stdout)
    assert [run["name"] for run in report["views"][0]["runs"]] == ["early", "late", "."]


def test_a_run_behind_a_link_is_found_and_a_circle_of_links_ends(tmp_path: Path):
    Export(tmp_path / "far", files={"events.out.tfevents.1": event_file()}).write()
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "near").symlink_to(tmp_path / "far")
    (tmp_path / "far" / "back").symlink_to(tmp_path / "far")
    report = json.loads(run(tmp_path / "logs", "--json").stdout)
    assert [run["name"] for run in report["views"][0]["runs"]] == ["near"]


def test_the_page_of_rules_is_current():
    assert (REPOSITORY / "docs" / "checks.md").read_text("utf-8") == checks_page(), (
        "run: python -m projector_export.checker.pages > docs/checks.md"
    )


def test_a_check_without_checkpoint_imports_no_tensorflow(tmp_path: Path):
    Export(tmp_path, vectors=good_vectors()).write()
    program = (
        "import sys; from pathlib import Path; from projector_export.checker.check import check;"
        f"check(Path({str(tmp_path)!r})); print('tensorflow' in sys.modules)"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "False"


def test_views_that_look_alike_are_described_once(tmp_path: Path):
    Export(tmp_path / "run", files={"events.out.tfevents.1": event_file()}).write()
    Export(tmp_path / "upload", viewer="web app").write()
    result = run(tmp_path)
    assert result.output.count("books: 60 points") == 1
    assert "The same points, labels and colors" in result.output
    assert "The web app with" in result.output
    Export(tmp_path / "upload", viewer="web app", rows=good_rows()[:-1]).write()
    assert run(tmp_path).output.count("books: 60 points") == 2


def test_metadata_is_described_without_vectors(tmp_path: Path):
    (tmp_path / "labels.tsv").write_bytes(tsv(good_rows()))
    result = run(tmp_path / "labels.tsv")
    assert result.exit_code == 0
    assert "Only metadata" in result.output
    assert "genre (3 values)" in result.output


def test_only_what_can_be_fixed_is_counted_as_fixable(tmp_path: Path):
    path = CASES["W04"][0](tmp_path / "quotes")
    assert "1 can be fixed: --fix -o DIR writes a fixed copy" in run(path).output
    path = CASES["E01"][0](tmp_path / "rows")
    assert "can be fixed" not in run(path).output


def test_color_by_is_an_option_of_the_command(tmp_path: Path):
    path = CASES["W20"][0](tmp_path / "in")
    assert run(path).exit_code == 0
    assert run(path, "--color-by", "genre").exit_code == 1
    result = run(path, "--color-by", "genre", "--fix", "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert "columns added: genre_top_10" in result.output


def test_a_checkpoint_is_read_without_tensorflows_own_lines(tmp_path: Path):
    write_checkpoint(tmp_path, books=good_vectors())
    Export(tmp_path, entry={"tensorPath": None}).write()
    command = [sys.executable, "-m", "projector_export", "check", str(tmp_path)]
    checked = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "books: 60 points" in checked.stdout
    assert checked.stderr == ""
