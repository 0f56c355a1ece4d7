from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from projector_export.errors import ConfigError, JobFailedError
from training.wikipedia import download
from training.wikipedia.download import cache_folder, fetch, published_set_path
from training.wikipedia.published_sets import PublishedSet, known_sets, read_list, users_list_path

CONTENT = b'["A", {}, ["B"], [], "", 1]\n' * 40_000  # 1.1 MB, several chunks
SHA256 = hashlib.sha256(CONTENT).hexdigest()
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0d48\nsize 58925764\n"


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT, and the ways in which a server can fail."""

    requests: list[tuple[str, str | None]]
    num_cuts_left: int

    def do_GET(self):
        wanted = self.headers.get("Range")
        type(self).requests.append((self.path, wanted))
        getattr(self, "answer_" + self.path.strip("/").replace(".", "_"))(wanted)

    def answer_books_ndjson(self, wanted: str | None):
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send(CONTENT[start:], status=206 if wanted else 200)

    def answer_cut(self, wanted: str | None):
        start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted else 0
        if type(self).num_cuts_left:
            type(self).num_cuts_left -= 1
            rest = CONTENT[start:]
            self.send(rest[: len(rest) // 2], length=len(rest), status=206 if wanted else 200)
            self.close_connection = True
        else:
            self.send(CONTENT[start:], status=206 if wanted else 200)

    def answer_cut_without_range(self, _wanted: str | None):
        cut = type(self).num_cuts_left > 0
        type(self).num_cuts_left -= 1
        self.send(CONTENT[:300_000] if cut else CONTENT, length=len(CONTENT))
        self.close_connection = True

    def answer_overloaded(self, wanted: str | None):
        if type(self).num_cuts_left:
            type(self).num_cuts_left -= 1
            self.send_error(503)
        else:
            self.answer_books_ndjson(wanted)

    def answer_missing(self, _wanted: str | None):
        self.send_error(404)

    def answer_moved(self, _wanted: str | None):
        self.send_response(302)
        self.send_header("Location", "/books.ndjson")
        self.end_headers()

    def answer_pointer(self, _wanted: str | None):
        self.send(POINTER)

    def answer_page(self, _wanted: str | None):
        self.send(b"<!DOCTYPE html><p>Sign in")

    def answer_other(self, _wanted: str | None):
        self.send(CONTENT[:-1])

    def send(self, body: bytes, *, length: int | None = None, status: int = 200):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object):
        pass


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Handler.requests, Handler.num_cuts_left = [], 0
    monkeypatch.setattr(download, "SECONDS_BEFORE_RETRY", 0.01)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def published(url: str) -> PublishedSet:
    return PublishedSet("some-books", url, SHA256, len(CONTENT))


def test_a_set_is_fetched_once_and_checked(address: str, tmp_path: Path):
    path = fetch(published(f"{address}/books.ndjson"), tmp_path)
    assert path == tmp_path / "some-books.ndjson"
    assert path.read_bytes() == CONTENT
    assert fetch(published(f"{address}/books.ndjson"), tmp_path) == path
    assert Handler.requests == [("/books.ndjson", None)]
    assert [file.name for file in tmp_path.iterdir()] == ["some-books.ndjson"]


def test_a_file_put_there_by_hand_is_taken_without_a_network(tmp_path: Path):
    (tmp_path / "some-books.ndjson").write_bytes(CONTENT)
    path = fetch(published("http://127.0.0.1:9/books.ndjson"), tmp_path)
    assert path.read_bytes() == CONTENT


def test_a_redirect_is_followed(address: str, tmp_path: Path):
    assert fetch(published(f"{address}/moved"), tmp_path).read_bytes() == CONTENT


def test_a_connection_that_breaks_is_taken_up_where_it_broke(address: str, tmp_path: Path):
    Handler.num_cuts_left = 2
    assert fetch(published(f"{address}/cut"), tmp_path).read_bytes() == CONTENT
    # Of 1,120,000 bytes 560,000 come, two whole chunks of 2**18; then half of the rest, one more.
    ranges = [wanted for _, wanted in Handler.requests]
    assert ranges == [None, f"bytes={2 * 2**18}-", f"bytes={3 * 2**18}-"]


def test_a_later_run_goes_on_from_an_earlier_one(address: str, tmp_path: Path):
    Handler.num_cuts_left = download.NUM_TRIES
    with pytest.raises(JobFailedError, match="broke off"):
        fetch(published(f"{address}/cut"), tmp_path)
    partial = tmp_path / "some-books.ndjson.partial"
    fetched = partial.stat().st_size
    assert 0 < fetched < len(CONTENT)
    assert fetch(published(f"{address}/cut"), tmp_path).read_bytes() == CONTENT
    assert Handler.requests[-1] == ("/cut", f"bytes={fetched}-")
    assert not partial.exists()


def test_a_server_that_knows_no_ranges_sends_all_again(address: str, tmp_path: Path):
    Handler.num_cuts_left = 1
    path = fetch(published(f"{address}/cut_without_range"), tmp_path)
    assert path.read_bytes() == CONTENT


def test_a_whole_partial_file_needs_no_more_bytes(address: str, tmp_path: Path):
    (tmp_path / "some-books.ndjson.partial").write_bytes(CONTENT)
    assert fetch(published(f"{address}/books.ndjson"), tmp_path).read_bytes() == CONTENT


def test_a_partial_file_that_does_not_fit_is_fetched_anew(address: str, tmp_path: Path):
    (tmp_path / "some-books.ndjson.partial").write_bytes(CONTENT + b"more")
    assert fetch(published(f"{address}/books.ndjson"), tmp_path).read_bytes() == CONTENT


def test_an_overloaded_server_is_asked_again_and_a_missing_file_is_not(
    address: str, tmp_path: Path
):
    Handler.num_cuts_left = 2
    assert fetch(published(f"{address}/overloaded"), tmp_path).read_bytes() == CONTENT
    Handler.requests.clear()
    with pytest.raises(JobFailedError, match=r"/missing answered 404 Not Found"):
        fetch(published(f"{address}/missing"), tmp_path / "other")
    assert len(Handler.requests) == 1


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("pointer", "a Git LFS pointer"),
        ("page", "a web page"),
        ("other", "a file with another hash"),
    ],
)
def test_what_is_not_the_set_is_told_and_not_kept(
    address: str, tmp_path: Path, page: str, what: str
):
    with pytest.raises(JobFailedError, match=f"gave {what}, not the set some-books"):
        fetch(published(f"{address}/{page}"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_network_the_address_and_the_place_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(download, "NUM_TRIES", 1)
    url = "http://127.0.0.1:9/books.ndjson"  # the discard port, where nobody listens
    with pytest.raises(JobFailedError, match="there is no connection") as caught:
        fetch(published(url), tmp_path)
    assert caught.value.tip == (
        f"fetch {url} by hand, and put it at {tmp_path / 'some-books.ndjson'}"
    )
    assert caught.value.exit_code == 1


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_the_published_books_of_2018_are_known(home: Path):
    books = known_sets()["wikipedia-books-2018"]
    assert books.num_bytes == 58_925_764
    assert books.file_name == "wikipedia-books-2018.ndjson"
    assert books.url.startswith("https://media.")


def test_a_name_that_is_no_set_is_none(home: Path):
    assert published_set_path("books.ndjson") is None


def test_users_list_sets_of_their_own(home: Path, address: str):
    path = users_list_path()
    path.parent.mkdir(parents=True)
    path.write_text(f"my-books:\n  url: {address}/books.ndjson\n  sha256: '{SHA256}'\n")
    fetched = published_set_path("my-books")
    assert fetched == cache_folder() / "my-books.ndjson"
    assert fetched.read_bytes() == CONTENT
    assert home in fetched.parents


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[a]", "a mapping"),
        ("a: [", "not YAML"),
        ("a: {url: 'https://x/y'}", "a should have the keys url and sha256"),
        ("a: {url: 'https://x/y', sha256: x, size: 3}", "a should have the keys"),
        ("a: {url: 'file:///etc/passwd', sha256: x}", r"a\.url should begin with https"),
        ("a: {url: 'https://x/y', sha256: 12}", r"a\.sha256 should be 64"),
        (f"../a: {{url: 'https://x/y', sha256: '{SHA256}'}}", r"the name '\.\./a'"),
        (f"a: {{url: 'https://x/y', sha256: '{SHA256}', num_bytes: 0}}", r"a\.num_bytes"),
    ],
)
def test_a_bad_list_is_refused_in_one_line(tmp_path: Path, content: str, words: str):
    path = tmp_path / "sets.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=words) as caught:
        read_list(path)
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message
