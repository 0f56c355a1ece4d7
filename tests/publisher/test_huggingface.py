"""Hugging Face: what huggingface-hub sends to a server that stands in for the hub.

The client is the real one, and the server another process; tests/helpers/hub_server.py says what it
leaves out.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.helpers.hub_server import READER, WRITER
from tests.helpers.running import PROJECT

pytest.importorskip("huggingface_hub")
pytestmark = pytest.mark.slow  # each starts the program, which imports the client


class Hub:
    """The server, and the program that talks to it as a separate process, like a user's."""

    def __init__(self, address: str, log_path: Path, home: Path) -> None:
        self.address, self.log_path, self.home = address, log_path, home

    def publish(self, *arguments: str, token: str | None = WRITER, **variables: str):
        environment = {
            **{name: value for name, value in os.environ.items() if name != "HF_TOKEN"},
            "HF_ENDPOINT": self.address,
            "HF_HOME": str(self.home),
            "HF_HUB_DISABLE_XET": "1",  # the server knows only LFS
            "PYTHONPATH": str(PROJECT),
            **({} if token is None else {"HF_TOKEN": token}),
            **variables,
        }
        return subprocess.run(
            [sys.executable, "-m", "projector_export", "publish", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def files(self, space: str) -> dict[str, bytes]:
        with urllib.request.urlopen(f"{self.address}/files/{space}") as answer:
            return {name: base64.b64decode(text) for name, text in json.load(answer).items()}

    def requests(self) -> list[dict]:
        return [json.loads(line) for line in self.log_path.read_text().splitlines()]


@pytest.fixture
def hub(tmp_path) -> Iterator[Hub]:
    log_path = tmp_path / "requests.log"
    log_path.write_text("")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.hub_server", str(log_path)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        port = process.stdout.readline().strip()
        yield Hub(f"http://127.0.0.1:{port}", log_path, tmp_path / "home")
        process.kill()


def test_a_new_space_has_the_page_and_a_readme_that_makes_it_static(exports, hub) -> None:
    done = hub.publish("one", "--to", "huggingface:me/words", "--yes", "-q")
    address = f"{hub.address}/spaces/me/words"
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{address}\n"
    assert done.stderr.splitlines()[1:] == [
        "there is no page yet",
        "who can read them, with all names and metadata: everyone",
        f"it will appear at {address}",
    ]
    files = hub.files("me/words")
    page = {path.name: path.read_bytes() for path in Path("one/site").iterdir()}
    assert set(files) == {*page, "README.md", ".gitattributes"}
    told = {"index.html", "config.json.gz"}  # these say where the page is
    assert all(files[name] == page[name] for name in set(page) - told)
    picture = f"{address}/resolve/main/preview.png"
    assert f'property="og:image" content="{picture}"'.encode() in files["index.html"]
    head = yaml.safe_load(files["README.md"].decode().split("---")[1])
    assert head == {
        "title": "one",
        "emoji": "🗺️",
        "sdk": "static",
        "pinned": False,
        "tags": ["projector-export"],
        "thumbnail": picture,
    }


def test_another_page_replaces_it_in_one_commit_and_the_same_one_in_none(exports, hub) -> None:
    assert hub.publish("one", "--to", "huggingface:me/words", "--yes").returncode == 0
    again = hub.publish("one", "--to", "huggingface:me/words", "--yes")
    assert "they replace the page that is there" in again.stderr
    assert "the same page is there already" in again.stderr
    num_requests = len(hub.requests())
    assert hub.publish("two", "--to", "huggingface:me/words", "--yes").returncode == 0
    names = set(hub.files("me/words"))
    assert "two.vectors.bytes.gz" in names
    assert "one.vectors.bytes.gz" not in names
    commits = [one for one in hub.requests()[num_requests:] if "/commit/" in one["path"]]
    assert len(commits) == 1


def test_the_token_is_only_in_the_authorization_header(exports, hub) -> None:
    before = {path for path in Path().rglob("*") if path.is_file()}
    done = hub.publish("one", "--to", "huggingface:me/words", "--yes", "-v")
    assert done.returncode == 0
    assert WRITER not in done.stdout + done.stderr
    with_token = 0
    for request in hub.requests():
        headers = {name.lower(): value for name, value in request["headers"].items()}
        with_token += headers.pop("authorization", "") == f"Bearer {WRITER}"
        assert WRITER not in json.dumps([request["path"], request["body"], headers])
    assert with_token > 3
    assert all(WRITER.encode() not in content for content in hub.files("me/words").values())
    written = [*Path().rglob("*"), *hub.home.rglob("*")]
    assert all(WRITER.encode() not in path.read_bytes() for path in written if path.is_file())
    assert {path for path in Path().rglob("*") if path.is_file()} == before


def test_a_dry_run_reads_and_sends_nothing(exports, hub) -> None:
    done = hub.publish("one", "--to", "huggingface:me/words", "--dry-run")
    assert done.returncode == 0
    assert {request["method"] for request in hub.requests()} == {"GET"}


def test_a_private_space_stays_private_and_an_empty_one_is_filled(exports, hub) -> None:
    done = hub.publish("one", "--to", "huggingface:me/private", "--yes")
    assert "metadata: those who can see that private Space" in done.stderr
    assert done.returncode == 0
    assert hub.publish("one", "--to", "huggingface:me/empty", "--yes").returncode == 0
    assert "style.css" not in hub.files("me/empty")


@pytest.mark.parametrize(
    ("place", "options", "outcome"),
    [
        ("me/x", {"token": None}, (2, "you are not logged in to Hugging Face", "hf auth login")),
        ("me/x", {"token": READER}, (1, "You don't have the rights to write", "hf auth login")),
        ("me/gradio", {}, (2, "me/gradio is something else, and would be replaced", "another")),
        ("me", {}, (2, "'me' is not a Space; expected huggingface:USER/SPACE", "")),
        ("me/x", {"HF_ENDPOINT": "http://127.0.0.1:9"}, (1, "cannot be reached", "the network")),
        ("me/x", {"HF_HUB_OFFLINE": "1"}, (1, "cannot be reached", "HF_HUB_OFFLINE")),
    ],
)
def test_what_the_user_can_cause_is_one_line(exports, hub, place, options, outcome) -> None:
    code, words, tip = outcome
    done = hub.publish("one", "--to", f"huggingface:{place}", "--yes", **options)
    assert done.returncode == code, done.stderr
    lines = done.stderr.splitlines()
    errors = [line for line in lines if line.startswith("error: ")]
    assert len(errors) == 1
    assert words in errors[0]
    assert tip in lines[-1]
    assert "Traceback" not in done.stderr
    assert not [one for one in hub.requests() if "/commit/" in one["path"]]


def test_without_the_package_it_says_what_to_install(exports, hub, tmp_path) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "huggingface_hub.py").write_text("raise ImportError")
    path = os.pathsep.join([str(blocked), str(PROJECT)])
    done = hub.publish("one", "--to", "huggingface:me/words", "--yes", PYTHONPATH=path)
    assert done.returncode == 2
    assert "pip install 'projector-export[huggingface]'" in done.stderr
