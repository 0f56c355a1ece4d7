"""GitHub Pages: a commit of the branch gh-pages, pushed by the real git to a repository on disk.

A small script stands in for ssh, so that the remote has an address of GitHub; GitHub itself, which
shows the branch as a website, is not there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import projector_export as px
from projector_export.errors import JobFailedError, UsageError
from projector_export.publisher.github_pages import pages_address
from tests.helpers.running import exit_code

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

REMOTE = "git@github.com:Me/maps.git"
ADDRESS = "https://me.github.io/maps/"
PASSWORD = "s3cret"  # noqa: S105  (of no account)


def git(*arguments: str, at: Path = Path()) -> str:
    done = subprocess.run(
        ["git", "-C", str(at), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def remote(exports, tmp_path, monkeypatch) -> Path:
    """Make the working folder a clone of a bare repository, with changes not yet committed."""
    bare = tmp_path / "server" / "Me" / "maps.git"
    bare.mkdir(parents=True)
    git("init", "--bare", "--quiet", at=bare)
    ssh = tmp_path / "ssh"
    ssh.write_text(f'#!/bin/sh\nfor command; do :; done\ncd {tmp_path}/server && eval "$command"\n')
    ssh.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\nname = Me\nemail = me@example.org\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    git("init", "--quiet", "--initial-branch=main")
    # Line ends and ignored files are settings that must not change what is published.
    Path(".gitattributes").write_text("* text eol=crlf\n")
    Path(".gitignore").write_text("*.tsv\n")
    Path("code.py").write_text("print()\n")
    git("add", "code.py", ".gitignore")
    git("commit", "--quiet", "-m", "Code")
    git("remote", "add", "origin", REMOTE)
    git("push", "--quiet", "origin", "main")
    Path("code.py").write_text("print('changed')\n")
    Path("staged.py").write_text("")
    git("add", "staged.py")
    return bare


def published(bare: Path) -> dict[str, bytes]:
    names = git("ls-tree", "-r", "--name-only", "gh-pages", at=bare).splitlines()
    return {
        name: subprocess.run(
            ["git", "-C", str(bare), "cat-file", "blob", f"gh-pages:{name}"],
            capture_output=True,
            check=True,
        ).stdout
        for name in names
    }


def state_of_the_clone() -> tuple[str, ...]:
    index = Path(".git/index").read_bytes().hex()
    asked = ("status --porcelain", "branch --list", "rev-parse HEAD", "stash list")
    return (index, *(git(*words.split()) for words in asked))


def test_the_branch_has_the_page_and_the_clone_is_not_touched(remote, capsys) -> None:
    before = state_of_the_clone()
    assert exit_code(["publish", "one", "--to", "github-pages", "--yes"]) == 0
    shown = capsys.readouterr()
    assert shown.out == f"{ADDRESS}\n"
    assert f"go to the branch gh-pages of {REMOTE} (origin)" in shown.err
    assert "turn the website on at GitHub: Settings, Pages, branch gh-pages" in shown.err
    assert state_of_the_clone() == before
    files = published(remote)
    page = {path.name: path.read_bytes() for path in Path("one/site").iterdir()}
    told = {"index.html", "config.json.gz"}  # these say where the page is
    assert set(files) == {*page, ".nojekyll"}
    assert all(files[name] == page[name] for name in set(page) - told)
    assert f'property="og:image" content="{ADDRESS}preview.png"'.encode() in files["index.html"]
    assert f'property="og:url" content="{ADDRESS}"'.encode() in files["index.html"]
    assert files["index.html"].count(b'og:image"') == 1
    assert files[".nojekyll"] == b""


def test_another_page_is_another_commit_and_the_same_one_is_none(remote) -> None:
    assert px.publish("one", "github-pages").is_sent
    first = git("rev-parse", "gh-pages", at=remote)
    again = px.publish("one", "github-pages")
    assert not again.is_sent
    assert not again.place.is_new
    assert git("rev-parse", "gh-pages", at=remote) == first
    assert px.publish("two", "github-pages").is_sent
    assert git("rev-parse", "gh-pages~1", at=remote) == first
    assert "two.vectors.bytes.gz" in published(remote)
    assert "one.vectors.bytes.gz" not in published(remote)


def test_it_works_from_a_fresh_clone_and_keeps_the_domain(remote, tmp_path) -> None:
    px.publish("one", "github-pages")
    other = tmp_path / "other"
    git("clone", "--quiet", "--branch", "gh-pages", REMOTE, str(other))
    (other / "CNAME").write_text("maps.example.org\n")
    git("add", "CNAME", at=other)
    git("commit", "--quiet", "-m", "Domain", at=other)
    git("push", "--quiet", at=other)
    fresh = tmp_path / "fresh"
    git("clone", "--quiet", "--single-branch", "--branch", "main", REMOTE, str(fresh))
    done = px.publish("two", "github-pages", repository=fresh)
    assert done.place.address == "https://maps.example.org/"
    files = published(remote)
    assert files["CNAME"] == b"maps.example.org\n"
    assert b"https://maps.example.org/preview.png" in files["index.html"]
    assert git("rev-list", "--count", "gh-pages", at=remote) == "3"


def test_a_page_that_was_told_its_address_keeps_it(remote) -> None:
    own = "https://example.org/"
    assert exit_code(["site", "one", "--force", "--url", own]) == 0
    px.publish("one", "github-pages")
    assert published(remote)["index.html"] == Path("one/site/index.html").read_bytes()


def test_another_website_in_the_branch_is_refused_and_kept(remote, tmp_path) -> None:
    git("checkout", "--quiet", "--orphan", "gh-pages")
    git("rm", "-rfq", "--cached", ".")
    Path("index.html").write_text("<h1>Documentation</h1>")
    git("add", "index.html")
    git("commit", "--quiet", "-m", "Docs")
    git("push", "--quiet", "origin", "gh-pages")
    with pytest.raises(UsageError, match="has another website"):
        px.publish("one", "github-pages")
    assert set(published(remote)) == {"index.html"}


def test_a_dry_run_pushes_nothing(remote, capsys) -> None:
    assert exit_code(["publish", "one", "--to", "github-pages", "--dry-run"]) == 0
    assert f"it will appear at {ADDRESS}" in capsys.readouterr().err
    assert git("branch", "--list", at=remote) == "* main" or "gh-pages" not in git(
        "branch", "--list", at=remote
    )


def refusal(**options: object) -> tuple[str, str]:
    with pytest.raises((UsageError, JobFailedError)) as caught:
        px.publish("one", "github-pages", **options)
    assert "\n" not in caught.value.message
    return caught.value.message, caught.value.tip or ""


def test_without_a_repository_or_a_remote_it_says_what_to_do(
    exports, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    message, tip = refusal()
    assert message.endswith("is not in a git repository")
    assert "--repository" in tip
    assert refusal(repository="nowhere")[0].endswith("nowhere is not in a git repository")
    git("init", "--quiet")
    assert refusal() == (
        "the git repository has no remote 'origin'",
        "git remote add origin git@github.com:OWNER/NAME.git",
    )
    git("remote", "add", "fork", REMOTE)
    assert refusal()[1] == "choose one with --remote: fork"


def test_a_remote_that_refuses_is_one_line(remote) -> None:
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho protected >&2\nexit 1\n")
    hook.chmod(0o755)
    message, tip = refusal()
    assert message.startswith("git push failed: ")
    assert "pre-receive hook declined" in message
    assert "protected" in tip
    assert "gh-pages" not in git("branch", "--list", at=remote)


def test_a_remote_that_does_not_answer_is_one_line(remote, tmp_path) -> None:
    shutil.rmtree(remote)
    message, _ = refusal()
    assert message.startswith("git ls-remote failed: ")


def test_a_password_in_the_remote_s_address_is_never_shown(remote, capsys) -> None:
    address = f"http://me:{PASSWORD}@127.0.0.1:9/Me/maps.git"
    git("remote", "set-url", "origin", address)
    assert exit_code(["publish", "one", "--to", "github-pages", "--yes"]) == 1
    shown = capsys.readouterr()
    assert PASSWORD not in shown.out + shown.err
    assert "http://127.0.0.1:9/Me/maps.git" in shown.err


def test_without_a_name_git_says_how_to_set_one(remote) -> None:
    (Path(os.environ["HOME"]) / ".gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    message, tip = refusal()
    assert message.startswith("git commit-tree failed: ")
    assert tip.startswith("git config --global user.name")


def test_a_file_that_github_does_not_take_is_refused_before_anything_is_sent(remote) -> None:
    with Path("one/site/one.vectors.bytes.gz").open("wb") as file:
        file.truncate(101 * 2**20)
    message, tip = refusal()
    assert "one.vectors.bytes.gz has 101 MB; GitHub takes 100" in message
    assert "huggingface" in tip


@pytest.mark.parametrize(
    ("url", "domain", "address"),
    [
        ("git@github.com:Me/maps.git", "", "https://me.github.io/maps/"),
        ("https://github.com/me/maps", "", "https://me.github.io/maps/"),
        ("https://me:token@github.com/me/maps.git", "", "https://me.github.io/maps/"),
        ("ssh://git@github.com/me/Maps.git/", "", "https://me.github.io/Maps/"),
        ("git@github.com:me/me.github.io.git", "", "https://me.github.io/"),
        ("git@github.com:me/maps.git", "maps.org\n", "https://maps.org/"),
        ("git@gitlab.com:me/maps.git", "", ""),
        ("https://notgithub.com/me/maps.git", "", ""),
        ("/srv/github.com/me/maps.git", "", ""),
        ("ssh://git@ssh.github.com:443/me/maps.git", "", "https://me.github.io/maps/"),
    ],
)
def test_the_address_is_where_github_shows_the_branch(url, domain, address) -> None:
    assert pages_address(url, domain) == address
