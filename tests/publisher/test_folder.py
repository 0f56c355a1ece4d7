"""A page can be published to a folder, which is replaced at once, and only if it is a page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import projector_export as px
from projector_export.errors import RunError, UsageError
from tests.helpers.running import PROJECT, exit_code


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_folder_is_the_page_and_another_page_replaces_it_completely(exports, capsys) -> None:
    assert exit_code(["publish", "one", "--to", "public", "--yes", "-q"]) == 0
    assert capsys.readouterr().out == "the folder public\n"
    assert contents(Path("public")) == contents(Path("one/site"))
    assert exit_code(["publish", "two", "--to", "public", "--yes", "-q"]) == 0
    assert contents(Path("public")) == contents(Path("two/site"))
    assert sorted(path.name for path in Path().iterdir()) == ["one", "public", "two"]


def test_a_page_alone_can_be_published(exports) -> None:
    published = px.publish("one/site", "public")
    assert published.is_sent
    assert published.num_files == len(contents(Path("one/site")))
    assert published.num_bytes == sum(map(len, contents(Path("one/site")).values()))
    assert contents(Path("public")) == contents(Path("one/site"))


def test_it_says_what_it_sends_before_it_asks_and_needs_yes_without_a_terminal(exports) -> None:
    done = program("publish", "one", "--to", "public")
    assert done.returncode == 2
    files = contents(Path("one/site"))
    size = sum(map(len, files.values())) / 1e6
    assert done.stderr.splitlines() == [
        f"{len(files)} files, {size:.1f} MB, go to the folder public",
        "there is no page yet",
        "who can read them, with all names and metadata: only who can read that folder",
        "error: publish asks before it sends, and there is no terminal to answer in",
        "tip: add --yes",
    ]
    assert done.stdout == ""
    assert not Path("public").exists()


def test_a_dry_run_sends_nothing_and_asks_nothing(exports) -> None:
    px.publish("one", "public")
    before = contents(Path("public"))
    done = program("publish", "two", "--to", "public", "--dry-run")
    assert done.returncode == 0
    assert "they replace the page that is there" in done.stderr
    assert contents(Path("public")) == before


@pytest.mark.parametrize(("answer", "is_sent"), [("y", True), ("n", False), ("", False)])
def test_in_a_terminal_only_yes_sends(exports, answer, is_sent) -> None:
    terminal, inside = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "projector_export", "publish", "one", "--to", "public"],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=inside,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(inside)
        os.write(terminal, f"{answer}\n".encode())
        assert "send it? [y/N]" in process.stderr.read()
    os.close(terminal)
    assert process.returncode == 0
    assert Path("public").exists() == is_sent


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "projector_export", *arguments],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_folder_that_is_no_page_is_refused_and_kept(exports) -> None:
    Path("website").mkdir()
    Path("website/index.html").write_text("<h1>Mine</h1>")
    with pytest.raises(UsageError, match="website is not a page, and replacing it would delete"):
        px.publish("one", "website")
    assert contents(Path("website")) == {"index.html": b"<h1>Mine</h1>"}
    with pytest.raises(UsageError, match="is not a page"):
        px.publish("one", ".")


@pytest.mark.parametrize("name", ["CNAME", ".git/config", "notes/todo.txt"])
def test_a_page_with_files_of_others_beside_it_is_refused_and_kept(exports, name) -> None:
    px.publish("two", "public")
    mine = Path("public") / name
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    before = contents(Path("public"))
    with pytest.raises(UsageError, match=f"would delete that: {name.partition('/')[0]}"):
        px.publish("one", "public")
    assert contents(Path("public")) == before


def test_the_page_cannot_be_published_onto_itself(exports) -> None:
    with pytest.raises(UsageError, match="is the page itself"):
        px.publish("one", "one/site")


@pytest.mark.parametrize("place", ["huggingface", "github", "https://me.github.io"])
def test_a_place_that_is_misspelled_is_not_taken_for_a_folder(exports, place) -> None:
    with pytest.raises(UsageError, match="there is no place") as caught:
        px.publish("one", place)
    assert "github-pages, huggingface:USER/SPACE, or a folder" in caught.value.tip


def test_without_a_page_there_is_nothing_to_publish(exports) -> None:
    Path("empty").mkdir()
    with pytest.raises(RunError, match="empty has no page"):
        px.publish("empty", "public")
    Path("empty/index.html").write_text("<h1>Mine</h1>")
    with pytest.raises(
        RunError, match="empty is not a page that this version of projector-export wrote"
    ):
        px.publish("empty", "public")
